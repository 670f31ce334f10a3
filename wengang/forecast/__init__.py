"""The fund's path: what is projected from the ledger, inside a build and in a what-if."""

from wengang.forecast.build_tables import back_tables, project

__all__ = ["back_tables", "project"]
