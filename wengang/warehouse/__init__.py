"""The warehouse: built aside from the lake by dbt, checked, and published by one rename."""

from wengang.months.built import built_for
from wengang.warehouse.build import BuildResult, build, plan_periods, today
from wengang.warehouse.publish import publish

__all__ = ["BuildResult", "build", "built_for", "plan_periods", "publish", "today"]
