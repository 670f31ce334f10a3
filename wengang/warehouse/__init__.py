"""The warehouse: built aside from the lake by dbt, checked, and published by one rename."""

from wengang.months.built import built_for
from wengang.warehouse.build import BuildResult, build, code_now, plan_periods
from wengang.warehouse.publish import publish

__all__ = ["BuildResult", "build", "built_for", "code_now", "plan_periods", "publish"]
