"""The warehouse: built aside from the lake by dbt, checked, and published by one rename."""

from wengang.warehouse.build import BuildResult, build, built_for, plan_periods
from wengang.warehouse.publish import publish

__all__ = ["BuildResult", "build", "built_for", "plan_periods", "publish"]
