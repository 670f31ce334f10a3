"""A believable made-up province, written by the contract of the sources: for trying, testing and measuring."""

from wengang.sample.province import SampleReport, write_sample

__all__ = ["SampleReport", "write_sample"]
