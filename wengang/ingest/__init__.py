"""The intake: extracts as delivered, through their contract, into the lake."""

from wengang.ingest.folder import FileOutcome, IngestResult, Reason, ingest, waiting_bytes

__all__ = ["FileOutcome", "IngestResult", "Reason", "ingest", "waiting_bytes"]
