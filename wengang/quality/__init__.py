"""The gate before the report: Great Expectations decides, SQL lists the offending rows."""

from wengang.quality.validate import Result, Verdict, validate
from wengang.quality.validator import Validator

__all__ = ["Result", "Validator", "Verdict", "validate"]
