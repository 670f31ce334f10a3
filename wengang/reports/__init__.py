"""From the published tables to what people read. No report computes: every figure is a row of a table."""

from wengang.reports.figures import Signing
from wengang.reports.package import draft, render

__all__ = ["Signing", "draft", "render"]
