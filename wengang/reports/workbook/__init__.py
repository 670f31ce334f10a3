"""The workbook of the month: a cover, a sheet a section by unit, trends with charts, data quality, parameters and notes.

Nothing is computed: every number is a row of report_figures or of a published table. The same report gives the same bytes.
"""

from wengang.reports.workbook.book import write_workbook

__all__ = ["write_workbook"]
