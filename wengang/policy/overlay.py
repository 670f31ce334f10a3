"""What-if: rows put over those in force; a breach of a national cap or floor is listed, not refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from wengang.policy.bounds import breaches
from wengang.policy.load import read_parameters
from wengang.policy.resolve import PolicySet
from wengang.policy.rows import Document, ParameterRow, PolicyError
from wengang.policy.tables import HEADERS, OPTIONAL, Findings

SCENARIO_DOCUMENT = "SCENARIO"


@dataclass(frozen=True)
class Breach:
    """A value that breaks a national cap or floor on some days."""

    row: ParameterRow
    bound: ParameterRow
    first_day: dt.date
    last_day: dt.date


@dataclass(frozen=True)
class Overlay:
    """A set with a scenario's rows over it, and the bounds that it breaks."""

    policy: PolicySet
    breaches: tuple[Breach, ...]


def overlay(policy: PolicySet, rows: Iterable[Mapping[str, str]], name: str = "scenario") -> Overlay:
    """Lay rows (columns of parameters.csv; only parameter, effective_from and value must be given) over a set.

    On its days a scenario's row goes before every other of its jurisdiction with as many conditions, whatever their
    start. Raises PolicyError for rows that are faulty in themselves or name no parameter.
    """
    findings = Findings()
    table: list[tuple[int, dict[str, str]]] = []
    for number, given in enumerate(rows, 1):
        columns = (*HEADERS["parameters.csv"], *OPTIONAL["parameters.csv"])
        cells = {column: (given.get(column) or "").strip() for column in columns}
        cells["jurisdiction"] = cells["jurisdiction"] or policy.jurisdiction
        cells["basis"] = cells["basis"] or "assumption"
        cells["document_id"] = cells["document_id"] or SCENARIO_DOCUMENT
        cells["confidence"] = cells["confidence"] or "D"
        cells["reason"] = cells["reason"] or f"情景假设：{name}"
        table.append((number, cells))
    known = {document.document_id for document in policy.documents} | {SCENARIO_DOCUMENT}
    laid = read_parameters(table, known, findings, layer=1)
    if findings.faults:
        raise PolicyError.of(findings.faults, name)
    documents = policy.documents
    if all(document.document_id != SCENARIO_DOCUMENT for document in documents):
        documents += (Document(0, SCENARIO_DOCUMENT, "本系统", "", None, f"情景：{name}", ""),)
    combined = replace(
        policy,
        documents=documents,
        parameter_rows=policy.parameter_rows + tuple(laid),
        notes=policy.notes + tuple(findings.notes),
    )
    return Overlay(combined, tuple(Breach(*found) for found in breaches(combined.parameter_rows)))
