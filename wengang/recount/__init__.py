"""The independent second path: headline figures counted again from the lake's files, with no model and no macro of the first."""

from wengang.recount.count import recount, recount_tables

__all__ = ["recount", "recount_tables"]
