"""From the published tables to what people read. No report computes: every figure is a row of a table."""

from wengang.reports.draft import draft, render
from wengang.reports.figures import Signing

__all__ = ["Signing", "draft", "render"]
