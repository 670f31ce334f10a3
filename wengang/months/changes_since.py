"""What has come and been set since a month was published, input by input, so that a restatement can be taken one step at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from wengang import __version__
from wengang.core.errors import PublicationError
from wengang.core.journal import read_journal
from wengang.core.periods import Period
from wengang.core.settings import Settings
from wengang.lake.deliveries import Delivery, LakeState, read_lake
from wengang.months.published import PUBLICATIONS, latest_revision
from wengang.policy import ParameterRow, PolicySet, ProgrammeRow, load_policy, of_record

Slot = tuple[Period, str]
CODE_CAUSE, CODE_ARROW = "code ", " → "


@dataclass(frozen=True)
class Since:
    """The inputs of a published month as they were and as they are, and the causes between them in the order of their coming.

    A cause is a file (its sha256), a parameter row (`parameter@start`) or a window (`refund_window@2024`).
    """

    old_state: LakeState
    new_state: LakeState
    old_policy: PolicySet
    new_policy: PolicySet
    files: dict[str, set[Slot]]
    rows: dict[str, set[tuple[object, ...]]]

    @property
    def causes(self) -> list[str]:
        """Return names of all causes, in order."""
        return [*self.files, *self.rows]

    def after(self, steps: int) -> tuple[LakeState, PolicySet]:
        """Return deliveries and parameters as they would be had only the first causes come."""
        done = set(self.causes[:steps])
        slots = {s for name, of_name in self.files.items() if name in done for s in of_name}
        pending = {s for of_name in self.files.values() for s in of_name} - slots
        deliveries = [d for d in self.new_state.deliveries if slot(d) not in pending]
        deliveries += [d for d in self.old_state.deliveries if slot(d) in pending]
        state = LakeState(tuple(sorted(deliveries, key=lambda d: d.seq)), self.new_state.manifest_faults)
        not_yet = {key for name, keys in self.rows.items() if name not in done for key in keys}
        policy = replace(
            self.new_policy,
            parameter_rows=merged(
                self.old_policy.parameter_rows, self.new_policy.parameter_rows, not_yet, parameter_key
            ),
            programme_rows=merged(
                self.old_policy.programme_rows, self.new_policy.programme_rows, not_yet, window_key
            ),
        )
        return state, policy


def slot(delivery: Delivery) -> Slot:
    """Return the place that a file takes: a redelivery of the name takes it over."""
    return delivery.period, delivery.file_name


def parameter_key(row: ParameterRow) -> tuple[object, ...]:
    """Return what makes a parameter's row one row."""
    return row.parameter, row.jurisdiction, row.effective_from, row.applies_to


def window_key(row: ProgrammeRow) -> tuple[object, ...]:
    """Return what makes a window one row."""
    return row.programme, row.jurisdiction, row.programme_year, row.applies_to


def merged(
    old: Iterable[Any], new: Iterable[Any], keep_old: set[tuple[object, ...]], key: Any
) -> tuple[Any, ...]:
    """Return the new rows, those of some keys as they were."""
    return (*(r for r in new if key(r) not in keep_old), *(r for r in old if key(r) in keep_old))


def published_record(settings: Settings, period: Period) -> dict[str, Any]:
    """Return the journal's record of the newest published revision; raises PublicationError where there is none."""
    revision = latest_revision(settings, period)
    for record in read_journal(settings.journal_dir / PUBLICATIONS):
        if record["period"] == str(period) and record["revision"] == revision and "deliveries" in record:
            return record
    raise PublicationError("no_record", place=str(settings.journal_dir / PUBLICATIONS), period=period)


def since_published(settings: Settings, period: Period) -> Since:
    """Compare the inputs of a month's newest published revision with those of today."""
    record = published_record(settings, period)
    old_state = read_lake(settings, record["deliveries"]).through(period)
    new_state = read_lake(settings).through(period)
    old_policy = of_record(record["policy"], settings.jurisdiction)
    new_policy = load_policy(settings.policy, settings.jurisdiction)
    return Since(
        old_state,
        new_state,
        old_policy,
        new_policy,
        changed_files(old_state, new_state),
        {
            **changed_windows(old_policy, new_policy, period),
            **changed_parameters(old_policy, new_policy, period),
        },
    )


def code_cause(published: Mapping[str, Any], digest: str) -> str:
    """Name the cause of figures that other code made: version and models of the report (its manifest's `code`), and those of today."""
    before = f"{published.get('version')}@{str(published.get('models_sha256'))[:12]}"
    return f"{CODE_CAUSE}{before}{CODE_ARROW}{__version__}@{digest[:12]}"


def changed_files(old: LakeState, new: LakeState) -> dict[str, set[Slot]]:
    """Name the files that came since, in the order of their coming: of several under one name the one in force."""
    before, now = by_slot(old), by_slot(new)
    moved = {s for s in {*before, *now} if standing(before.get(s, [])) != standing(now.get(s, []))}
    found: dict[str, set[Slot]] = {}
    for place, last in sorted(
        ((s, last_word(before.get(s, []), now.get(s, []))) for s in moved), key=lambda x: x[1].seq
    ):
        found.setdefault(last.sha256 or last.file_name, set()).add(place)
    return found


def by_slot(state: LakeState) -> dict[Slot, list[Delivery]]:
    """Group the deliveries by the place that they take, in order."""
    found: dict[Slot, list[Delivery]] = {}
    for delivery in state.deliveries:
        found.setdefault(slot(delivery), []).append(delivery)
    return found


def standing(deliveries: Iterable[Delivery]) -> list[tuple[str, str]]:
    """Return what a place's deliveries amount to."""
    return [(d.sha256, d.status) for d in deliveries]


def last_word(before: list[Delivery], now: list[Delivery]) -> Delivery:
    """Return the delivery that a place's change is named after: the file in force where it is another, else the last to come."""
    in_force = [d for d in now if d.is_current]
    if in_force and in_force[-1].sha256 not in {d.sha256 for d in before if d.is_current}:
        return in_force[-1]
    return (now or before)[-1]


def changed_parameters(old: PolicySet, new: PolicySet, period: Period) -> dict[str, set[tuple[object, ...]]]:
    """Name the parameter rows that changed and bear on days up to the month's end, the latest start first.

    In this order a row that takes over from an earlier one stands before that one is closed, so that no day is without a value.
    """
    end = period.last_day

    def stretches(policy: PolicySet) -> set[tuple[object, ...]]:
        return {
            (s.parameter, s.valid_from, min(s.valid_to, end), s.value, s.document_id, s.article)
            for s in policy.stretches()
            if s.valid_from <= end
        } | {
            (r.parameter, *parameter_key(r), min(r.effective_to, end), *words(r))
            for _, r in policy.applying_rows
            if r.effective_from <= end
        }

    moved = {name for name, *_ in stretches(old) ^ stretches(new)}
    before, now = ({parameter_key(r): r for r in p.parameter_rows} for p in (old, new))
    keys = [
        k
        for k in {*before, *now}
        if k[0] in moved and k[2] <= end and content(before.get(k)) != content(now.get(k))  # type: ignore[operator]
    ]
    found: dict[str, set[tuple[object, ...]]] = {}
    for key in sorted(sorted(keys, key=str), key=lambda k: k[2], reverse=True):  # type: ignore[arg-type,return-value]
        found.setdefault(f"{key[0]}@{key[2]}", set()).add(key)
    return found


def content(row: ParameterRow | None) -> tuple[object, ...] | None:
    """Return what a parameter's row says and until when; None: there is none."""
    return (row.effective_to, *words(row)) if row else None


def words(row: ParameterRow) -> tuple[object, ...]:
    """Return what a parameter's row says, apart from its days."""
    return row.value, row.basis, row.document_id, row.article


def changed_windows(old: PolicySet, new: PolicySet, period: Period) -> dict[str, set[tuple[object, ...]]]:
    """Name the windows begun by the month's end that changed."""

    def windows(policy: PolicySet) -> set[tuple[object, ...]]:
        return {
            (*window_key(w), w.window_from, w.window_to, w.document_id, w.article)
            for w in policy.windows
            if w.window_from <= period.last_day
        }

    found: dict[str, set[tuple[object, ...]]] = {}
    for programme, jurisdiction, year, applies_to, *_ in sorted(windows(old) ^ windows(new), key=str):
        key = (programme, jurisdiction, year, applies_to)
        found.setdefault(f"{programme}_window@{year}", set()).add(key)
    return found
