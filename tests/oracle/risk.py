"""Risk rules (风控规则): predicates and amounts at stake (人社部发〔2024〕40号 六; 甘人社通〔2024〕165号 四).

A lead here is (rule, subject kind, subject, amount): ids, evidence and the status given by people are not calculated.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import Any

from . import benefits, expansion, fund, refund, skill
from .params import Subject
from .reconciliations import reconciliations
from .world import (
    ZERO,
    Case,
    Known,
    Row,
    add_months,
    due_of_person_month,
    due_of_row,
    exact,
    half_up,
    month_of,
    yuan,
)

REFERENCE = Path(__file__).resolve().parents[2] / "seeds" / "reference"
Lead = tuple[str, str, Decimal]  # subject kind, subject, amount


ALL_BUT_FUNERAL = ("benefit", "medical", "pension", "price_subsidy", "allowance", "one_off")


def paid_benefits(known: Known, kinds: tuple[str, ...] = ALL_BUT_FUNERAL) -> dict[str, list[Row]]:
    """Payments of some kinds that were paid, by person; "a benefit" without more is any but the funeral grant (see the README's readings)."""

    def index() -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for row in benefits.payments(known.rows("benefit_payments")):
            if row["benefit_kind"] in kinds:
                found.setdefault(row["person_id"], []).append(row)
        return found

    return known.remember(("paid_benefits", kinds), index)


def amount_of(rows: Iterable[Row]) -> Decimal:
    return sum((row["amount"] for row in rows), ZERO)


def checks(known: Known, *kinds: str) -> dict[str, list[Row]]:
    """Cross-checks of some kinds, by person."""
    found: dict[str, list[Row]] = {}
    for row in known.rows("cross_checks"):
        if row["check_kind"] in kinds:
            found.setdefault(row["person_id"], []).append(row)
    return found


def after(check: Row, month: dt.date) -> bool:
    """A month "after the month of the check's event_date and not after its end_date"."""
    return month > month_of(check["event_date"]) and (check["end_date"] is None or month <= check["end_date"])


def insured_at(known: Known, person: str, month: dt.date) -> set[str]:
    """Employers at which a person's due of a month is above 0."""
    employers = known.personal_contributions().get(person, {}).get(month, {})
    return {employer for employer, rows in employers.items() if due_of_person_month(rows) > 0}


def _months_lead(
    known: Known, suspicious: Callable[[str, dt.date], bool], kinds: tuple[str, ...] = ALL_BUT_FUNERAL
) -> Iterator[Lead]:
    for person, rows in paid_benefits(known, kinds).items():
        hit = [row for row in rows if suspicious(person, row["benefit_month"])]
        if hit:
            yield "person", person, amount_of(hit)


def r01(case: Case, known: Known) -> Iterator[Lead]:
    """R01: "due > 0 at an employer in m and in the month before ...; or a cross-check employed_elsewhere covering m and begun before m"."""
    elsewhere = checks(known, "employed_elsewhere")

    def suspicious(person: str, month: dt.date) -> bool:
        both = insured_at(known, person, month) & insured_at(known, person, add_months(month, -1))
        return bool(both) or any(after(check, month) for check in elsewhere.get(person, []))

    return _months_lead(known, suspicious)


def _after_check(*kinds: str) -> Callable[[Case, Known], Iterator[Lead]]:
    def rule(case: Case, known: Known) -> Iterator[Lead]:
        found = checks(known, *kinds)
        return _months_lead(known, lambda p, m: any(after(check, m) for check in found.get(p, [])))

    return rule


def r03(case: Case, known: Known) -> Iterator[Lead]:
    """R03: "a benefit (not funeral) paid for a month after the month of death"; a death has no end."""
    deaths = checks(known, "death")
    return _months_lead(
        known, lambda p, m: any(m > month_of(c["event_date"]) for c in deaths.get(p, [])), ALL_BUT_FUNERAL
    )


def r05(case: Case, known: Known) -> Iterator[Lead]:
    """R05, by person."""
    sums: dict[str, Decimal] = {}
    for person, _, amount in r05_by_claim(known):
        sums[person] = sums.get(person, ZERO) + amount
    return (("person", person, amount) for person, amount in sums.items())


def r05_by_claim(known: Known) -> Iterator[tuple[str, str, Decimal]]:
    """R05: one month under two claims (the smaller claim's months), or benefit_elsewhere covering it (the months); person, claim, amount."""
    elsewhere = checks(known, "benefit_elsewhere")
    starts = {row["claim_no"]: row["start_month"] for row in known.rows("benefit_claims")}
    for person, rows in paid_benefits(known).items():
        covered = {
            row["benefit_month"]
            for row in rows
            for c in elsewhere.get(person, [])
            if month_of(c["event_date"]) <= row["benefit_month"]
            and (c["end_date"] is None or row["benefit_month"] <= c["end_date"])
        }
        for number in sorted({row["claim_no"] for row in rows if row["benefit_month"] in covered}):
            here = [row for row in rows if row["benefit_month"] in covered and row["claim_no"] == number]
            yield person, number, amount_of(here)
        # month by month, each later claim is compared with the first; of the two the smaller sum over their months is at stake
        paid: dict[dt.date, dict[str, Decimal]] = {}
        for row in rows:
            if row["benefit_month"] not in covered:
                of_month = paid.setdefault(row["benefit_month"], {})
                of_month[row["claim_no"]] = of_month.get(row["claim_no"], ZERO) + row["amount"]
        pairs: dict[tuple[str, str], tuple[Decimal, Decimal]] = {}
        for month, of_month in paid.items():
            first, *later = sorted(of_month, key=lambda c: (starts.get(c, month), c))
            for claim in later:
                a, b = pairs.get((first, claim), (ZERO, ZERO))
                pairs[first, claim] = (a + of_month[first], b + of_month[claim])
        for (_, later_claim), pair in pairs.items():
            yield person, later_claim, min(pair)


def r06(case: Case, known: Known) -> Iterator[Lead]:
    """R06: ">= risk_group_join persons joined in one month, left in one month after <= 13 months, >= half of them claimed"."""
    least = case.params.number("risk_group_join", known.end)
    events: dict[tuple[str, str], list[Row]] = {}
    for row in sorted(known.rows("headcount_changes"), key=lambda r: r["change_date"]):
        events.setdefault((row["employer_id"], row["person_id"]), []).append(row)
    groups: dict[str, dict[tuple[dt.date, dt.date], set[str]]] = {}
    for (employer, person), rows in events.items():
        for i, row in enumerate(rows):
            left = next((r for r in rows[i + 1 :] if r["change_kind"] == "decrease"), None)
            if row["change_kind"] == "increase" and left is not None:
                span = (month_of(row["change_date"]), month_of(left["change_date"]))
                if span[1] <= add_months(span[0], 13):
                    groups.setdefault(employer, {}).setdefault(span, set()).add(person)
    claims: dict[tuple[str, str], set[str]] = {}
    for row in known.rows("benefit_claims"):
        claims.setdefault((row["last_employer_id"], row["person_id"]), set()).add(row["claim_no"])
    for employer, spans in groups.items():
        members: set[str] = set()
        for persons in spans.values():
            claimed = {p for p in persons if (employer, p) in claims}
            if len(persons) >= least and 2 * len(claimed) >= len(persons):
                members |= claimed
        if members:
            numbers = set().union(*(claims[employer, p] for p in members))
            paid = [r for p in members for r in paid_benefits(known).get(p, []) if r["claim_no"] in numbers]
            yield "employer", employer, amount_of(paid)


def r07(case: Case, known: Known) -> Iterator[Lead]:
    """R07: "joined, claimed after 12 or 13 paid months, and joined the same employer again within 12 months of the claim's start"."""
    joined: dict[tuple[str, str], list[dt.date]] = {}
    for row in known.rows("headcount_changes"):
        if row["change_kind"] == "increase":
            joined.setdefault((row["employer_id"], row["person_id"]), []).append(row["change_date"])
    at_stake: dict[str, Decimal] = {}
    for claim in known.rows("benefit_claims"):
        person, employer, start = claim["person_id"], claim["last_employer_id"], claim["start_month"]
        days = joined.get((employer, person), [])
        first = max((d for d in days if d < start), default=None)
        again = any(start <= month_of(d) <= add_months(start, 12) for d in days)
        if first is None or not again:
            continue
        paid = [
            m
            for m, employers in known.personal_contributions().get(person, {}).items()
            if month_of(first) <= m < start
            and sum((known.received(row) for row in employers.get(employer, [])), ZERO) > 0
        ]
        if len(paid) in (12, 13):
            rows = [r for r in paid_benefits(known).get(person, []) if r["claim_no"] == claim["claim_no"]]
            at_stake[person] = at_stake.get(person, ZERO) + amount_of(rows)
    return (("person", person, amount) for person, amount in at_stake.items())


def r08(case: Case, known: Known) -> Iterator[Lead]:
    """R08: strict review over one a year; "or a training subsidy for the same occupation and level paid after ours"."""
    for a in skill.decide(case, known.period):
        lines = [line for line in skill.lines_of(known, a.row["application_no"]) if line["result"] == "paid"]
        late = False
        if lines and a.certificate is not None:
            first = min(line["paid_on"] for line in lines)
            subsidies = skill.training_subsidies(known, a.row["person_id"], a.occupation or "", a.level or "")
            late = any(s["paid_on"] > first for s in subsidies)
        strict = a.outcomes["skill.review_over_year"] == refund.UNKNOWN and a.decision in (
            "eligible",
            "review",
        )
        if late:
            yield "application", a.row["application_no"], amount_of(lines)
        elif strict:
            yield "application", a.row["application_no"], a.amount


def r10(case: Case, known: Known) -> Iterator[Lead]:
    """R10: "skill.certificate fails"; "the application's amount by its level, else 0"."""
    for a in skill.decide(case, known.period):
        if a.outcomes["skill.certificate"] == refund.FAIL:
            yield (
                "application",
                a.row["application_no"],
                skill.amount_of_level(case, a.level, a.row["applied_on"]),
            )


def refunds(case: Case, known: Known) -> Iterator[tuple[int, refund.Decision, list[Row]]]:
    for year in refund.shown_years(case, known.period):
        for employer, d in refund.standing(case, known.period, year).items():
            yield year, d, refund.lines_of(known, employer, year)


def applications(case: Case, known: Known) -> Iterator[tuple[str, str, Decimal, list[Row]]]:
    """Applications of both programmes: programme, number, amount decided, bank lines."""
    for a in skill.decide(case, known.period):
        number = a.row["application_no"]
        yield "skill_subsidy", number, a.amount, skill.lines_of(known, number)
    for b in expansion.decide(case, known.period):
        number = b.row["application_no"]
        yield "job_expansion", number, b.amount, expansion.lines_of(known, number)


def r11(case: Case, known: Known) -> Iterator[Lead]:
    """R11: "paid for Y and: status now deregistered, revoked or sanctioned; or the decision is ineligible or out_of_scope"."""
    for _, d, lines in refunds(case, known):
        paid, now = refund.total(lines, "paid"), known.register().get(d.employer_id)
        bad_now = now is not None and (
            now["registry_status"] in ("deregistered", "revoked") or refund.is_sanctioned(known, now["uscc"])
        )
        if paid > 0 and (bad_now or d.decision in ("ineligible", "out_of_scope")):
            yield "employer", d.employer_id, paid


def r12(case: Case, known: Known) -> Iterator[Lead]:
    """R12: users' shares not paid within `dispatch_pass_on_days` of the first payment, once the firm was paid anything."""
    days = int(case.params.number("dispatch_pass_on_days", known.end))
    for _, d, lines in refunds(case, known):
        to_firm = [
            line["paid_on"]
            for line in lines
            if line["result"] == "paid" and line["payee_id"] == d.employer_id
        ]
        if not to_firm or known.end <= min(to_firm) + dt.timedelta(days=days):
            continue
        still_open = ZERO
        for share in d.shares:
            if share.kind == "user":
                paid = refund.total([line for line in lines if line["payee_id"] == share.uscc], "paid")
                still_open += max(ZERO, share.amount - paid)
        if still_open > 0:
            yield "employer", d.employer_id, still_open


def r13(case: Case, known: Known) -> Iterator[Lead]:
    """R13: persons dispatched to excluded users; "ratio × their premium"."""
    for year in refund.shown_years(case, known.period):
        base_year = year - 1
        for employer, d in refund.standing(case, known.period, year).items():
            # "After the window the decisions of its last calendar month stand"
            then = case.known(min(known.period, month_of(d.own.window.last)))
            basis = d.own.params.text("contribution_basis", d.own.day)
            excluded = d.own.params.items("excluded_user_unit_types", d.own.day)
            premium, months = ZERO, 0
            for month, persons in then.contributions()[employer].items():
                for person, rows in persons.items():
                    assignment = refund.assignment_of(then, employer, person, month)
                    if assignment is None or assignment["user_unit_type"] not in excluded:
                        continue
                    months += month.year == base_year and person in refund.insured_counts(then).get(
                        employer, {}
                    ).get(month, ())
                    premium += sum(
                        (
                            r["employer_paid"] + r["person_paid"]
                            for r in rows
                            if refund.in_base(then, basis, base_year, r)
                        ),
                        ZERO,
                    )
            if months and d.row is not None and d.row["is_dispatch"]:
                yield "employer", employer, half_up(exact(premium) * (d.ratio or Fraction(0)), 2)


def r14(case: Case, known: Known) -> Iterator[Lead]:
    """R14: "insured in the newest fee month < (1 − refund_headcount_drop_max) × average insured of B"; the refund."""
    drop = case.params.number("refund_headcount_drop_max", known.end)
    counts = refund.insured_counts(known)
    # "the newest fee month <= the period in which any employer has anyone insured (0 if this one has nobody)"
    newest = max(
        (m for months in counts.values() for m, p in months.items() if p and m <= known.period), default=None
    )
    for _, d, _lines in refunds(case, known):
        insured = len(counts.get(d.employer_id, {}).get(newest, ())) if newest else 0
        below = newest is not None and insured < (1 - drop) * d.measures.average
        if d.decision in ("eligible", "review") and below:
            yield "employer", d.employer_id, d.amount


def r15(case: Case, known: Known) -> Iterator[Lead]:
    """R15: "a returned line with no later paid line for the same payee and programme year"; the line."""
    lines = sorted(
        known.rows("programme_payments"), key=lambda r: (r["paid_on"], r["batch_no"], str(r["line_no"]))
    )
    for i, line in enumerate(lines):
        if line["result"] != "returned":
            continue
        who = ("programme", "payee_id", "on_behalf_of", "programme_year")
        again = any(r["result"] == "paid" and all(r[c] == line[c] for c in who) for r in lines[i + 1 :])
        if not again:
            kind = "employer" if line["programme"] == "refund" else "application"
            yield kind, line["on_behalf_of"] or line["payee_id"], line["amount"]


def r17(case: Case, known: Known) -> Iterator[Lead]:
    """R17: "recoverable > 0"; the recoverable."""
    for year, d, lines in refunds(case, known):
        over = refund.total(lines, "paid") - refund.repaid(known, "refund", d.employer_id, year) - d.amount
        if over > 0:
            yield "employer", d.employer_id, over
    for programme, number, amount, lines in applications(case, known):
        over = refund.total(lines, "paid") - refund.repaid(known, programme, number, None) - amount
        if over > 0:
            yield "application", number, over


def r18(case: Case, known: Known) -> Iterator[Lead]:
    """R18: mean monthly base a head beside the median of the industry division (>= 10 employers), else the province's; of fee month = period."""
    factor = case.params.number("risk_base_factor", known.end)
    means: dict[str, Fraction] = {}
    for employer, months in known.contributions().items():
        rows = [
            r
            for rows in months.get(known.period, {}).values()
            for r in rows
            if r["pay_kind"] in ("normal", "deferred") and due_of_row(r) > 0
        ]
        heads = len({r["person_id"] for r in rows})
        if heads:
            means[employer] = exact(sum((r["pay_base"] for r in rows), ZERO)) / heads
    divisions: dict[str, list[Fraction]] = {}

    def division(employer: str) -> str:
        row = known.register().get(employer)
        digits = "".join(c for c in (row["industry_code"] if row else "") if c.isdigit())[:2]
        return digits

    for employer, mean in means.items():
        divisions.setdefault(division(employer), []).append(mean)
    for employer, mean in means.items():
        peers = divisions[division(employer)] if division(employer) else []
        middle = median(peers if len(peers) >= 10 else means.values())
        if mean * factor < middle or mean > middle * factor:
            yield "employer", employer, ZERO


def r19(case: Case, known: Known) -> Iterator[Lead]:
    """R19: "a mismatch of a reconciliation; a payment for a year or subject without a decision"; the difference."""
    province = case.params.jurisdiction[:2] + "0000"
    total = ZERO
    for row in reconciliations(case, known.period):
        if row["outcome"] == "mismatch":
            total += abs(row["difference"])
    # a year's decisions stand also when the report no longer shows them
    paid_years = {
        line["programme_year"] for line in known.rows("programme_payments") if line["programme"] == "refund"
    }
    decided = {
        (year, employer)
        for year, (first, _) in case.params.all_windows("refund").items()
        if year in paid_years and first <= known.end
        for employer in refund.standing(case, known.period, year)
    }
    decided_applications = {(programme, number) for programme, number, _, _ in applications(case, known)}
    for line in known.rows("programme_payments"):
        if line["result"] != "paid":
            continue
        if line["programme"] == "refund":
            known_subject = (line["programme_year"], line["on_behalf_of"] or line["payee_id"]) in decided
        else:
            known_subject = (line["programme"], line["payee_id"]) in decided_applications
        total += ZERO if known_subject else line["amount"]
    if total:
        yield "fund", province, total


def _ceiling(years: int) -> int:
    """ "ceilings 12 / 18 / 24 months for 1–<5, 5–<10, >=10 years"."""
    return 0 if years < 1 else 12 if years < 5 else 18 if years < 10 else 24


def _own_entitlement(case: Case, known: Known, claim: Row, before: Row | None) -> int | None:
    """Months that a claim's own premium gives: "by years paid ...; the province's schedule ... under that ceiling".

    "Own count = fee months with the personal part received > 0, after the start of the claim before and before this one's"; what the
    agency counted stands "where it is there and not below our own count". "Where counted_months is missing and the person was insured in
    the earliest fee month delivered, recomputed months are unknown".
    """
    person, start = claim["person_id"], claim["start_month"]
    own = skill.insured_months(known, person, add_months(start, -1))
    if before is not None:
        own -= skill.insured_months(known, person, min(before["start_month"], add_months(start, -1)))
    counted = claim.get("counted_months")
    if counted is None:
        insured = refund.insured_counts(known)
        earliest = min((m for months in known.contributions().values() for m in months), default=None)
        if any(person in months.get(earliest, ()) for months in insured.values()):
            return None
    years = max(own, counted or 0) // 12
    if years < 1:
        return 0
    values = case.params.of(Subject(claim["region_code"]))
    months = values.number("benefit_months_first_year", start)
    months += (years - 1) * values.number("benefit_months_per_further_year", start)
    return min(int(months), _ceiling(years))


def entitlements(case: Case, known: Known) -> dict[str, int | None]:
    """Return the months of each claim, None where unknown.

    "The months of that earlier claim's entitlement that were not drawn are added; together at most 24": "those recomputed for the claim
    before, less the distinct months paid under it".
    """
    drawn = {number: len(_months_drawn(rows)) for number, rows in _claim_payments(known).items()}
    by_person: dict[str, list[Row]] = {}
    for claim in sorted(known.rows("benefit_claims"), key=lambda c: (c["start_month"], c["claim_no"])):
        by_person.setdefault(claim["person_id"], []).append(claim)
    found: dict[str, int | None] = {}
    for claims in by_person.values():
        before: Row | None = None
        for claim in claims:
            months = _own_entitlement(case, known, claim, before)
            if before is not None:
                earlier = found[before["claim_no"]]
                left = None if earlier is None else max(0, earlier - drawn.get(before["claim_no"], 0))
                months = None if months is None or left is None else min(_ceiling(10), months + left)
            found[claim["claim_no"]] = months
            before = claim
    return found


def _months_drawn(rows: Iterable[Row]) -> list[dt.date]:
    return sorted({row["benefit_month"] for row in rows if row["benefit_kind"] == "benefit"})


def retirement_months(person: str) -> list[dt.date]:
    """Return the months in which a person may reach the statutory age: two for a woman whose 50 or 55 cannot be told.

    Men 60 to 63 and women of 55 to 58, "one month for every four of birth months from 1965-01 and 1970-01"; women of 50 to 55, "one for
    every two from 1975-01".
    """
    if len(person) != 18 or not person[16].isdigit():
        return []
    try:
        born = dt.date(int(person[6:10]), int(person[10:12]), int(person[12:14]))
    except ValueError:
        return []
    men, women = [(60, 63, 1965, 4)], [(55, 58, 1970, 4), (50, 55, 1975, 2)]
    found = []
    for age, highest, year, step in men if int(person[16]) % 2 else women:
        since = (born.year - year) * 12 + born.month - 1
        later = 0 if since < 0 else since // step + 1
        found.append(add_months(month_of(born), min(age * 12 + later, highest * 12)))
    return found


def _claim_payments(known: Known) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for rows in paid_benefits(known).values():
        for row in rows:
            found.setdefault(row["claim_no"], []).append(row)
    return found


def r20(case: Case, known: Known) -> Iterator[Lead]:
    """R20, by person."""
    return (("person", person, amount) for person, _, amount in r20_by_claim(case, known))


def r20_by_claim(case: Case, known: Known) -> Iterator[tuple[str, str, Decimal]]:
    """R20: "months paid under a claim beyond the recomputed months (restarted clock, carried months, to retirement)"; those months.

    "Who has drawn all months less than one year before the statutory age goes on drawing until it", "up to and with the month in which
    the age is reached".
    """
    payments, entitled = _claim_payments(known), entitlements(case, known)
    for claim in known.rows("benefit_claims"):
        rows, most = payments.get(claim["claim_no"], []), entitled[claim["claim_no"]]
        if most is None:
            continue
        months = _months_drawn(rows)
        beyond = set(months[most:])
        if beyond and most > 0:
            last = months[most - 1]
            until = [m for m in retirement_months(claim["person_id"]) if last <= m < add_months(last, 12)]
            beyond = {m for m in beyond if m > max(until, default=last)}
        amount = amount_of(row for row in rows if row["benefit_month"] in beyond)
        if amount:
            yield claim["person_id"], claim["claim_no"], amount


def standards() -> tuple[dict[str, str], list[dict[str, str]]]:
    """Wage class of each county, and the monthly standards by class and first day (reference data of the product)."""
    with (REFERENCE / "regions.csv").open(encoding="utf-8") as lines:
        classes = {r["region_code"]: r["wage_class"] for r in csv.DictReader(lines) if r["wage_class"]}
    with (REFERENCE / "benefit_standards.csv").open(encoding="utf-8") as lines:
        return classes, list(csv.DictReader(lines))


def standard_of(region: str, month: dt.date) -> Decimal | None:
    """Monthly standard of a county in a month; None where it is not known."""
    classes, rows = standards()
    text = month.isoformat()
    for s in rows:
        in_force = s["effective_from"] <= text <= (s["effective_to"] or "9999-12-31")
        if in_force and s["wage_class"] == classes.get(region):
            return Decimal(s["monthly_standard"])
    return None


def r21(case: Case, known: Known) -> Iterator[Lead]:
    """R21: "a monthly benefit above the county's standard"; the excess."""
    for person, payments in paid_benefits(known, ("benefit",)).items():
        excess = ZERO
        for row in payments:
            standard = standard_of(row["region_code"], row["benefit_month"])
            if standard is not None:
                excess += max(ZERO, row["amount"] - standard)
        if excess:
            yield "person", person, excess


def r22(case: Case, known: Known) -> Iterator[Lead]:
    """R22: "one claim, one month, kind benefit, Σ paid > the standard and more than one positive line"; the second (and any further)."""
    claims = {c["claim_no"]: c["monthly_standard"] for c in known.rows("benefit_claims")}
    for person, rows in paid_benefits(known, ("benefit",)).items():
        months: dict[tuple[str, dt.date], list[Row]] = {}
        for row in sorted(rows, key=lambda r: (r["paid_on"], r["payment_no"])):
            months.setdefault((row["claim_no"], row["benefit_month"]), []).append(row)
        second = ZERO
        for (claim, month), lines in months.items():
            standard = standard_of(lines[0]["region_code"], month)
            standard = claims.get(claim) if standard is None else standard
            positive = [row for row in lines if row["amount"] > 0]
            if standard is not None and len(positive) > 1 and amount_of(lines) > standard:
                second += amount_of(positive[1:])
        if second:
            yield "person", person, second


def r23(case: Case, known: Known) -> Iterator[Lead]:
    """R23: "benefit paid for the stop month or later"; those months."""
    stops = {c["claim_no"]: c["stop_month"] for c in known.rows("benefit_claims") if c["stop_month"]}
    for person, rows in paid_benefits(known).items():
        late = [r for r in rows if r["claim_no"] in stops and r["benefit_month"] >= stops[r["claim_no"]]]
        if late:
            yield "person", person, amount_of(late)


def r24(case: Case, known: Known) -> Iterator[Lead]:
    """R24: "Σ of a month's dues differs from base × rate by more than 0.01 a person"; the normal rows of every month known."""
    for employer, months in known.contributions().items():
        at_stake = ZERO
        for month, persons in months.items():
            rows = [r for rs in persons.values() for r in rs if r["pay_kind"] in ("normal", "deferred")]
            if month > known.period or not rows or not case.params.has("premium_rate_total", month):
                continue
            due = sum((due_of_row(r) for r in rows), ZERO)
            base = sum((r["pay_base"] for r in rows), ZERO)
            gap = abs(exact(due) - exact(base) * case.params.number("premium_rate_total", month))
            if gap > Fraction(len({r["person_id"] for r in rows}), 100):
                at_stake += half_up(gap, 2)
        if at_stake:
            yield "employer", employer, at_stake


# R16 (shared account or phone) is left to the product's own tests: the rules leave open what one lead of it covers.
RULES: dict[str, Callable[[Case, Known], Iterable[Lead]]] = {
    "R01": r01,
    "R02": _after_check("pension"),
    "R03": r03,
    "R04": _after_check("imprisonment"),
    "R05": r05,
    "R06": r06,
    "R07": r07,
    "R08": r08,
    "R09": _after_check("flexible_employment_subsidy", "business_owner"),
    "R10": r10,
    "R11": r11,
    "R12": r12,
    "R13": r13,
    "R14": r14,
    "R15": r15,
    "R17": r17,
    "R18": r18,
    "R19": r19,
    "R20": r20,
    "R21": r21,
    "R22": r22,
    "R23": r23,
    "R24": r24,
}


def all_rules() -> dict[str, Callable[[Case, Known], Iterable[Lead]]]:
    """Return the rules of this module and those of `risk_audit`."""
    from .risk_audit import RULES as AUDIT_RULES

    return RULES | AUDIT_RULES


def risk_leads(case: Case, period: dt.date) -> list[dict[str, Any]]:
    """Leads of a period: rule, subject and amount at stake."""
    known = case.known(period)
    return [
        {
            "period": period,
            "rule_id": rule,
            "subject_kind": kind,
            "subject_id": subject,
            "amount_at_stake": yuan(amount),
        }
        for rule, leads in all_rules().items()
        for kind, subject, amount in sorted(leads(case, known))
    ]


__all__ = ["fund", "risk_leads"]
