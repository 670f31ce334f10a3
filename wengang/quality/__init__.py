"""The gate before the report: Great Expectations decides, SQL lists the offending rows."""

from wengang.quality.beside import Validator
from wengang.quality.validate import Result, Verdict, validate

__all__ = ["Result", "Validator", "Verdict", "validate"]
