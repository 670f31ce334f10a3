"""The intake: extracts as delivered, through their contract, into the lake."""

from wengang.ingest.folder import ingest, waiting_bytes
from wengang.ingest.results import FileOutcome, IngestResult
from wengang.months.complete import Reason

__all__ = ["FileOutcome", "IngestResult", "Reason", "ingest", "waiting_bytes"]
