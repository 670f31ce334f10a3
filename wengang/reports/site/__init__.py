"""The month as web pages: a folder that opens in a browser without a server, and asks nothing of any other."""

from wengang.reports.site.build import write_site

__all__ = ["write_site"]
