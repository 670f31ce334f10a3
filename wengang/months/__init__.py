"""The state of a month, one answer for each question."""
