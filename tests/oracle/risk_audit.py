"""Risk rules R25 to R36, from the table of predicates: frauds that auditors publish, and money paid before its notice."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from fractions import Fraction

from . import refund, skill
from .expansion import decide as decide_expansion
from .params import Subject
from .risk import ALL_BUT_FUNERAL, Lead, amount_of, checks, paid_benefits, refunds
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
)

KINDS = {
    "11": "government",
    "12": "public_institution",
    "51": "social_organisation",
    "53": "foundation",
    "52": "social_service",
    "91": "enterprise",
    "93": "enterprise",
    "92": "individual_business",
    "31": "law_firm",
}
PREMIUMS = ("medical", "pension", "price_subsidy")
NORMAL = ("normal", "deferred")


def is_person_number(text: str) -> bool:
    """Return whether a code is a citizen number (GB 11643): a day of birth in it, and the right check digit."""
    if len(text) != 18 or not text[:17].isdigit():
        return False
    try:
        born = dt.date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(c) * w for c, w in zip(text[:17], weights, strict=True))
    return 1900 <= born.year <= 2100 and "10X98765432"[total % 11] == text[17]


def r25(case: Case, known: Known) -> Iterator[Lead]:
    """R25: "the credit code's kind contradicts the unit type"; the refund."""
    amounts: Counter[str] = Counter()
    for _, d, _lines in refunds(case, known):
        amounts[d.employer_id] += d.amount  # type: ignore[assignment]
    for employer, row in known.register().items():
        kind = KINDS.get(row["uscc"][:2])
        judged = row["unit_type"] not in ("accounting_firm", "other") and not is_person_number(row["uscc"])
        if judged and kind and kind != row["unit_type"]:
            yield "employer", employer, Decimal(amounts[employer])


def _filing(known: Known, uscc: str, base_year: int) -> Row | None:
    """Return the filing from which a size was taken: the unit's own, or its parent's parent's …; None in a circle."""
    seen: set[str] = set()
    while uscc not in seen:
        seen.add(uscc)
        row = refund.size_row(known, uscc, base_year)
        if row is None or not row["parent_uscc"] or row["parent_uscc"] == uscc:
            return row
        uscc = row["parent_uscc"]
    return None


def r26(case: Case, known: Known) -> Iterator[Lead]:
    """R26: "filed medium, small or micro, large by the 2017 standard on the same row's indicators"; the difference of the ratios."""
    for year, d, _lines in refunds(case, known):
        if d.size_class != "sme" or d.size_source not in ("filed", "parent") or d.row is None:
            continue
        row = _filing(known, d.row["uscc"], year - 1)
        if row is None or row["filed_size"] not in ("medium", "small", "micro"):
            continue
        units = [e for e in known.employers_of(row["uscc"]) if e["unit_type"] == "enterprise"]
        if not units or refund.by_standard(row, units[0]["industry_code"]) != "large":
            continue
        # "Jurisdiction is the subject's own region": the ratio that this unit would have as a large one
        day = d.own.day
        values = case.params.of(refund.subject_of(known, d.row, "large", day))
        large = half_up(exact(d.measures.base) * values.number("refund_ratio_large", day), 2)
        yield "employer", d.employer_id, max(ZERO, d.amount - large) if d.amount > 0 else ZERO


def _benefit_of(known: Known, person: str, claim_no: str) -> Decimal:
    return amount_of(
        r for r in paid_benefits(known, ("benefit",)).get(person, []) if r["claim_no"] == claim_no
    )


def _reasons(case: Case, known: Known, claim: Row) -> list[str]:
    """Return `layoff_claim_reasons` at the period's end in the claim's region: "Jurisdiction is the subject's own region"."""
    p = case.params.of(Subject(claim["region_code"]))
    return p.items("layoff_claim_reasons", p.carried("layoff_claim_reasons", known.end))


def r27(case: Case, known: Known) -> Iterator[Lead]:
    """R27: "the newest decrease of the person at that employer within 60 days of unemployed_on has a reason outside ..."."""
    decreases: dict[tuple[str, str], list[Row]] = {}
    for row in known.rows("headcount_changes"):
        if row["change_kind"] == "decrease":
            decreases.setdefault((row["employer_id"], row["person_id"]), []).append(row)
    for claim in known.rows("benefit_claims"):
        reasons = _reasons(case, known, claim)
        near = [
            row
            for row in decreases.get((claim["last_employer_id"], claim["person_id"]), [])
            if abs((row["change_date"] - claim["unemployed_on"]).days) <= 60
        ]
        if near and claim["reason"] in reasons:
            newest = max(near, key=lambda r: r["change_date"])
            if newest["reason"] not in reasons:
                yield "person", claim["person_id"], _benefit_of(known, claim["person_id"], claim["claim_no"])


def r28(case: Case, known: Known) -> Iterator[Lead]:
    """R28: "the claim's reason lies outside layoff_claim_reasons and benefit was paid"."""
    for claim in known.rows("benefit_claims"):
        reasons = _reasons(case, known, claim)
        paid = _benefit_of(known, claim["person_id"], claim["claim_no"])
        if claim["reason"] not in reasons and paid > 0:
            yield "person", claim["person_id"], paid


def r29(case: Case, known: Known) -> Iterator[Lead]:
    """R29: "medical, pension or price_subsidy paid twice for one person and month within a claim"; the second."""
    for person, rows in paid_benefits(known, PREMIUMS).items():
        seen: set[tuple[str, str, dt.date]] = set()
        second = ZERO
        for row in sorted(rows, key=lambda r: (r["paid_on"], r["payment_no"])):
            key = (row["claim_no"], row["benefit_kind"], row["benefit_month"])
            if row["amount"] > 0:
                second += row["amount"] if key in seen else ZERO
                seen.add(key)
        if second:
            yield "person", person, second


def r30(case: Case, known: Known) -> Iterator[Lead]:
    """R30: premium or price subsidy "for a month without a benefit paid for it under the claim"; "the month itself and the one after are free"."""
    for person, rows in paid_benefits(known, ALL_BUT_FUNERAL).items():
        months: dict[tuple[str, dt.date], tuple[Decimal, Decimal]] = {}
        for row in rows:
            premium, benefit = months.get((row["claim_no"], row["benefit_month"]), (ZERO, ZERO))
            premium += row["amount"] if row["benefit_kind"] in PREMIUMS else ZERO
            benefit += row["amount"] if row["benefit_kind"] == "benefit" else ZERO
            months[row["claim_no"], row["benefit_month"]] = (premium, benefit)
        found = sum(
            (
                premium
                for (_, month), (premium, benefit) in months.items()
                if premium > 0 and benefit <= 0 and known.period > add_months(month, 1)
            ),
            ZERO,
        )
        if found:
            yield "person", person, found


def _received(known: Known, rows: Iterable[Row]) -> Decimal:
    return sum((known.received(row) for row in rows), ZERO)


def _in_the_roll(kind: str) -> Callable[[Case, Known], Iterator[Lead]]:
    def rule(case: Case, known: Known) -> Iterator[Lead]:
        ratios = {(d.employer_id, year - 1): d.ratio for year, d, _ in refunds(case, known)}
        premiums: dict[str, dict[int, Decimal]] = {}
        for person, found in checks(known, kind).items():
            for month, employers in known.personal_contributions().get(person, {}).items():
                ends = [
                    None if kind == "death" else c["end_date"]
                    for c in found
                    if month > month_of(c["event_date"])
                ]
                if month > known.period or not any(end is None or month <= end for end in ends):
                    continue
                for employer, rows in employers.items():
                    received = _received(known, rows)
                    if received > 0:
                        years = premiums.setdefault(employer, {})
                        years[month.year] = years.get(month.year, ZERO) + received
        for employer, years in premiums.items():
            shares = (
                half_up(exact(v) * (ratios.get((employer, y)) or Fraction(0)), 2) for y, v in years.items()
            )
            yield "employer", employer, sum(shares, ZERO)

    return rule


def r33(case: Case, known: Known) -> Iterator[Lead]:
    """R33: "due > 0 in normal rows of two employers in >= 3 consecutive fee months"; "ratio × the smaller ... premium ... over B"."""
    ratios = {(d.employer_id, year): d.ratio for year, d, _ in refunds(case, known)}
    years = {year for _, year in ratios}
    for person, months in known.personal_contributions().items():
        both: dict[tuple[str, str], set[dt.date]] = {}
        for month, employers in months.items():
            owing = sorted(
                e
                for e, rows in employers.items()
                if sum((due_of_row(r) for r in rows if r["pay_kind"] in NORMAL), ZERO) > 0
            )
            if month <= known.period:
                for i, first in enumerate(owing):
                    for second in owing[i + 1 :]:
                        both.setdefault((first, second), set()).add(month)
        for pair, shared in both.items():
            if not any({m, add_months(m, 1), add_months(m, 2)} <= shared for m in shared):
                continue
            at_stake = ZERO
            for year in years:
                if all((e, year) in ratios for e in pair):
                    premium = {
                        e: sum(
                            (_received(known, r.get(e, [])) for m, r in months.items() if m.year == year - 1),
                            ZERO,
                        )
                        for e in pair
                    }
                    smaller = min(pair, key=lambda e: (premium[e], ratios[e, year] or Fraction(1)))
                    at_stake += half_up(exact(premium[smaller]) * (ratios[smaller, year] or Fraction(0)), 2)
            yield "person", person, at_stake


def r34(case: Case, known: Known) -> Iterator[Lead]:
    """R34: "applied after the day of death, pension or imprisonment of the person"; an entry that had ended does not count."""
    found = checks(known, "death", "pension", "imprisonment")
    for a in skill.decide(case, known.period):
        applied = a.row["applied_on"]
        if any(
            c["event_date"] < applied
            and (c["check_kind"] == "death" or c["end_date"] is None or applied <= c["end_date"])
            for c in found.get(a.row["person_id"], [])
        ):
            yield "application", a.row["application_no"], a.amount


def r35(case: Case, known: Known) -> Iterator[Lead]:
    """R35: ">= risk_certificate_batch applications of persons of one employer ...; or >= 5 × that many of one issuer"."""
    batch = (
        case.params.number("risk_certificate_batch", known.end)
        if case.params.has("risk_certificate_batch", known.end)
        else 10
    )
    certificates = {row["cert_no"]: row for row in known.rows("certificates")}
    by_group: dict[tuple[str, ...], set[str]] = {}
    amounts: dict[str, Decimal] = {}
    for a in skill.decide(case, known.period):
        cert = certificates.get(a.row["cert_no"])
        if cert is None:
            continue
        number, kind = (
            a.row["application_no"],
            (cert["occupation_code"], cert["level"], str(cert["issued_on"])),
        )
        amounts[number] = a.amount
        applied = month_of(a.row["applied_on"])
        for month in (applied, add_months(applied, -1)):
            for employer, rows in (
                known.personal_contributions().get(a.row["person_id"], {}).get(month, {}).items()
            ):
                if due_of_person_month(rows) > 0:
                    by_group.setdefault(("employer", employer, *kind), set()).add(number)
        if cert.get("issuer_name"):
            by_group.setdefault(("issuer", cert["issuer_name"], *kind), set()).add(number)
    raised = set()
    for group, numbers in by_group.items():
        if len(numbers) >= (batch if group[0] == "employer" else 5 * batch):
            raised |= numbers
    return (("application", number, amounts[number]) for number in raised)


def _early(
    lines: list[Row], cleared: Callable[[dt.date], Decimal | None], delivered: set[dt.date]
) -> Decimal:
    """Sum, month by month, what was paid above the amount cleared in that period; months before the first delivery are not judged."""
    paid: dict[dt.date, Decimal] = {}
    for line in lines:
        if line["result"] == "paid":
            month = month_of(line["paid_on"])
            paid[month] = paid.get(month, ZERO) + line["amount"]
    so_far, early = ZERO, ZERO
    for month in sorted(paid):
        so_far += paid[month]
        limit = cleared(month) if month in delivered else None
        if limit is not None:
            early += min(paid[month], max(ZERO, so_far - limit))
    return early


def r36(case: Case, known: Known) -> Iterator[Lead]:
    """R36: "a payment dated before the end of the month after the first notice of that amount"; above the amount cleared then."""
    delivered = set(known.months_delivered())
    # a payment stays early when later reports no longer show its year, or its application was voided
    noticed = {
        (year, employer)
        for month in delivered
        for year in refund.shown_years(case, month)
        for employer in refund.standing(case, month, year)
    }
    for year, employer in sorted(noticed):
        first = case.params.all_windows("refund")[year][0]

        def cleared(
            month: dt.date, employer: str = employer, year: int = year, first: dt.date = first
        ) -> Decimal | None:
            if year not in refund.shown_years(case, month) or employer not in refund.standing(
                case, month, year
            ):
                return None
            if refund.objection_state(case.known(month), "refund", employer, first):
                return ZERO
            return refund.noticed_before(case, month, year).get(employer, ZERO)

        early = _early(refund.lines_of(known, employer, year), cleared, delivered)
        if early > 0:
            yield "employer", employer, early
    for programme, decide in (("skill_subsidy", skill.decide), ("job_expansion", decide_expansion)):
        for number in sorted({a.row["application_no"] for m in delivered for a in decide(case, m)}):  # type: ignore[operator]

            def before(month: dt.date, number: str = number, decide: Callable = decide) -> Decimal | None:  # type: ignore[type-arg]
                if all(a.row["application_no"] != number for a in decide(case, month)):
                    return None
                earlier = [a for m in delivered if m < month for a in decide(case, m)]
                eligible = (
                    a.amount
                    for a in earlier
                    if a.row["application_no"] == number and a.decision == "eligible"
                )
                return max(eligible, default=ZERO)

            lines = [
                r
                for r in known.rows("programme_payments")
                if (r["programme"], r["payee_id"]) == (programme, number)
            ]
            early = _early(lines, before, delivered)
            if early > 0:
                yield "application", number, early


RULES: dict[str, Callable[[Case, Known], Iterable[Lead]]] = {
    "R25": r25,
    "R26": r26,
    "R27": r27,
    "R28": r28,
    "R29": r29,
    "R30": r30,
    "R31": _in_the_roll("death"),
    "R32": _in_the_roll("pension"),
    "R33": r33,
    "R34": r34,
    "R35": r35,
    "R36": r36,
}
