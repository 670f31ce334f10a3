"""The month's review list as a workbook that a person fills in; it is delivered back as the source `review_outcomes`."""

from wengang.reviews.workbook import ReviewItem, review_items, write_review_workbook

__all__ = ["ReviewItem", "review_items", "write_review_workbook"]
