"""The workbook of the month: a cover, the province, a sheet a section by unit, counties, trends with charts, data quality, parameters,
what is restated, notes, and an index of the figures.

Every number is a row of report_figures or of a published table, in 万元 or, in the twin of the same shape, in yuan; only changes against
another month are subtracted here. The same report gives the same bytes.
"""

from wengang.reports.workbook.book import write_unit_workbook, write_workbook
from wengang.reports.workbook.writer import Shape

__all__ = ["Shape", "write_unit_workbook", "write_workbook"]
