"""The intake: extracts as delivered, through their contract, into the lake."""

from wengang.extracts.landing import FileOutcome, IngestResult, Reason, ingest, waiting_bytes

__all__ = ["FileOutcome", "IngestResult", "Reason", "ingest", "waiting_bytes"]
