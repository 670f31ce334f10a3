"""Random parameter folders that keep to the rules: `write_random(folder, seed)`.

Every parameter that the page of the parameters names gets rows of nation, province, cities and counties, for some units only, over days
that overlap; each row has an article of its own, so that a citation tells which row was taken.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
import shutil
from pathlib import Path

from .nasty import SEEDS, UNIT_TYPES

PLACES = ("000000", "620000", "620000", "620100", "620900", "621000", "620102", "621024")
DAYS = (
    "2023-06-01",
    "2024-05-01",
    "2024-05-31",
    "2024-06-01",
    "2024-07-15",
    "2024-08-31",
    "2024-12-01",
    "2024-12-31",
)
COVERED = (
    "enterprise;social_organisation;foundation;social_service;law_firm;accounting_firm;individual_business"
)
CONDITIONS = (
    *("list=growth", "list=frozen", "list=trade", "list=never", "is_dispatch=yes", "size_class=large", "size_class=sme"),
    *("industry=C", "industry=51", "industry=F", "industry=K", "industry=70", "industry=I"),
    *(f"unit_type={kind}" for kind in sorted(set(UNIT_TYPES) - {"other"})),
)  # fmt: skip
# What a parameter may be; the first is that of everyone, always.
REFUND = {
    "refund_unit_types": (COVERED, "enterprise;government", "enterprise;social_service;foundation", COVERED),
    "refund_min_months_paid": ("12", "0", "6", "11"),
    "refund_paid_months_until": ("base_year", "decision"),
    "refund_arrears_rule": ("no_arrears", "months_only"),
    "layoff_numerator": ("claims", "net_reduction", "separations", "either"),
    "layoff_denominator": ("average", "opening", "cumulative"),
    "refund_layoff_rate_max": ("0.055", "0.2", "0.5", "0.333333"),
    "refund_small_headcount": ("30", "3", "4", "2"),
    "refund_small_headcount_basis": ("year_average", "year_end", "year_start", "decision_month"),
    "refund_small_layoff_rate_max": ("0.2", "0.25", "0.5"),
    "average_insured_basis": ("insured_months", "calendar_year"),
    "refund_heads_kept_min": ("none", "0.5", "0.9", "1"),
    "refund_suspended": ("no", "yes"),
    "layoff_claim_reasons": ("employer_termination;economic_layoff;contract_expiry;dismissal_for_cause;other", "economic_layoff", "none"),
    "attrition_reasons": ("retirement;death", "death", "none", "retirement;death;transfer_out"),
    "layoff_reasons": ("employer_termination;economic_layoff", "economic_layoff;other"),
    "contribution_basis": ("belonging_month", "receipt_date"),
    "excluded_user_unit_types": ("government;public_institution", "none", "enterprise"),
    "refund_exclude_sanctioned": ("yes", "no"),
    "refund_excluded_registry": ("revoked;deregistered", "abnormal", "none"),
    "refund_ratio_large": ("0.3", "0.27", "0.5", "0.333333"),
    "refund_ratio_sme": ("0.6", "0.55", "0.5", "0.345678"),
    "refund_amount_min": ("none", "100", "300.5"),
    "refund_amount_max": ("none", "500", "999.99"),
    "size_headcount_large": ("300", "4", "3", "none"),
    "size_headcount_basis": ("average", "year_end"),
    "non_enterprise_size": ("sme", "large", "foundation:large;social_organisation:large", "none"),
    "dispatch_ratio_basis": ("firm", "user"),
    "notice_working_days": ("5",),
    "refund_payment_until": ("none", "2024-08-31", "2024-12-31", "2024-08-30"),
}  # fmt: skip
DECIDES_SIZE = {
    "refund_unit_types", "average_insured_basis", "size_headcount_large", "size_headcount_basis", "non_enterprise_size",
}  # fmt: skip
SKILL = {
    "skill_amount_5": ("1000", "900", "333.33"),
    "skill_amount_4": ("1500", "1400"),
    "skill_amount_3": ("2000", "1999.99"),
    "skill_in_province_only": ("no", "yes"),
    "skill_apply_within_months": ("12", "6"),
    "skill_insured_measured_at": ("issue", "application"),
    "skill_min_insured_months": ("12", "3", "6"),
    "skill_unit_types": ("enterprise", "enterprise;law_firm;foundation"),
    "skill_max_per_year": ("3", "1", "2"),
    "skill_scarce_extra": ("0", "1", "2"),
    "skill_parameters_by": ("applied_on", "issued_on"),
    "skill_review_over_per_year": ("1", "2"),
}
EXPANSION = {
    "expansion_unit_types": ("enterprise", COVERED),
    "expansion_person_kinds": ("graduate;recent_graduate;registered_youth", "graduate;registered_youth"),
    "expansion_min_months": ("3", "2", "1"),
    "expansion_other_insurances": ("yes", "no"),
    "expansion_amount": ("1500", "1000", "1200.5"),
    "expansion_funding_when_closed": ("none", "employment_fund"),
}
# Bounds: the nation's, for everyone and for a list alone.
CAPS = {
    "refund_ratio_large": ("0.5", "0.5", "0.9"),
    "refund_ratio_sme": ("0.6", "0.6", "0.9"),
    "skill_amount_5": ("1000", "", ""),
    "expansion_amount": ("1500", "1500", "1800"),
}
WINDOWS = {
    "refund": {2023: ("2023-01-01", "2023-12-31"), 2024: ("2024-04-28", "2024-12-31")},
    "skill_subsidy": {2023: ("2023-01-01", "2023-12-31"), 2024: ("2024-04-28", "2024-12-31")},
    "job_expansion": {2024: ("2024-01-01", "2024-12-31")},
}


class Folder:
    """Rows of one random folder."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.parameters: list[dict[str, str]] = []
        self.programmes: list[dict[str, str]] = []
        with (SEEDS / "documents.csv").open(encoding="utf-8-sig", newline="") as file:
            self.documents = [row["document_id"] for row in csv.DictReader(file)]
        self._starts: set[tuple[str, str]] = set()

    def row(
        self, name: str, place: str, applies_to: str, days: tuple[str, str], value: str, basis: str = "fixed"
    ) -> None:
        """Add a row; no two rows of a parameter begin on one day, so that none are of equal standing."""
        start = dt.date.fromisoformat(days[0])
        while (name, str(start)) in self._starts:
            start += dt.timedelta(days=1)
        if days[1] and str(start) > days[1]:
            return
        self._starts.add((name, str(start)))
        self.parameters.append(
            {
                "parameter": name,
                "jurisdiction": place,
                "applies_to": applies_to,
                "effective_from": str(start),
                "effective_to": days[1],
                "value": value,
                "basis": basis,
                "document_id": self.random.choice(self.documents),
                "article": f"第{len(self.parameters)}条",
                "confidence": self.random.choice("ABCD"),
                "reason": "",
            }
        )

    def condition(self, name: str, programme: str) -> str:
        """None, one or two conditions that may stand there."""
        r = self.random
        if programme == "skill_subsidy":
            return ""
        barred = name in DECIDES_SIZE or programme == "job_expansion"
        fit = [c for c in CONDITIONS if not (barred and c.startswith("size_class"))]
        first = r.choice(fit)
        others = [c for c in fit if c.split("=")[0] != first.split("=")[0]]
        return "&".join(r.choice(((), (first,), (first,), (first, r.choice(others)))))

    def fill(self, programme: str, values: dict[str, tuple[str, ...]]) -> None:
        """Give each parameter of a programme its rows."""
        r = self.random
        for name, choices in values.items():
            common = choices[0] if r.random() < 0.6 or name == "refund_suspended" else r.choice(choices)
            self.row(name, "620000", "", ("2022-04-01", r.choice(("", "2025-12-31"))), common)
            if name in CAPS:
                everyone, listed_condition = CAPS[name][0], "list=growth"
                self.row(name, "000000", "", ("2022-03-01", ""), everyone, "cap")
                if CAPS[name][2]:
                    self.row(name, "000000", listed_condition, ("2022-03-02", ""), CAPS[name][2], "cap")
                    if r.random() < 0.6:
                        days = (r.choice(DAYS), r.choice(("", "2024-11-30")))
                        self.row(name, r.choice(PLACES[1:]), listed_condition, days, CAPS[name][2])
            if name == "refund_suspended" and r.random() < 0.5:
                self.row(name, "620000", f"list=never&industry={r.choice('CFI')}", ("2024-05-02", ""), "yes")
            for _ in range(r.choice((0, 1, 1, 2, 3))):
                days = (r.choice(DAYS), r.choice(("", "", "2024-06-30", "2024-12-15", "2024-12-31")))
                self.row(name, r.choice(PLACES), self.condition(name, programme), days, r.choice(choices))

    def fund(self) -> None:
        """The province's fund, premium and risk parameters as shipped, but a formula and limits of their own, with gaps."""
        own = {"reserve_formula", "reserve_months_min"} | set(REFUND) | set(SKILL) | set(EXPANSION)
        with (SEEDS / "parameters.csv").open(encoding="utf-8-sig", newline="") as file:
            self.parameters += [row for row in csv.DictReader(file) if row["parameter"] not in own]
        r = self.random
        last = r.choice(("2024-06-30", "2024-12-31", "2025-12-31"))
        self.row("reserve_formula", "620000", "", ("2023-02-01", last), r.choice(("previous_year", "previous_year", "rolling_12")))  # fmt: skip
        self.row("reserve_months_min", "620000", "", ("2023-02-01", "2024-05-20"), r.choice(("12", "10")))
        self.row("reserve_months_min", "620000", "", ("2024-06-10", r.choice(("", "2024-08-01"))), r.choice(("12.5", "6", "9")))  # fmt: skip

    def window(self, programme: str, place: str, applies_to: str, year: int, first: str, last: str) -> None:
        """Add a window."""
        self.programmes.append(
            {
                "programme": programme,
                "jurisdiction": place,
                "applies_to": applies_to,
                "programme_year": str(year),
                "window_from": first,
                "window_to": last,
                "document_id": self.random.choice(self.documents),
                "article": "",
                "basis": "fixed",
                "reason": "",
            }
        )

    def windows(self) -> None:
        """Windows of the province, and of some cities and some units."""
        r = self.random
        for programme, years in WINDOWS.items():
            for year, (first, last) in years.items():
                self.window(programme, "000000", "", year, first, last)
                end = r.choice((last, last, f"{year}-11-15", f"{year}-08-31"))
                self.window(programme, "620000", "", year, first, end)
                starts = iter(r.sample(("05-03", "05-15", "06-01", "07-01", "08-05", "03-01"), 4))
                for place in r.sample(("620100", "620900", "621000", "621024"), 2):
                    self.window(programme, place, "", year, f"{year}-{next(starts)}", r.choice((last, f"{year}-08-31", f"{year}-10-20")))  # fmt: skip
                if programme != "skill_subsidy" and r.random() < 0.7:
                    pool = ["list=growth", "is_dispatch=yes", "unit_type=law_firm", "industry=C"]
                    if programme == "refund":
                        pool += ["size_class=large", "size_class=sme&list=trade"]
                    self.window(programme, r.choice(("620000", "620100")), r.choice(pool), year, f"{year}-{next(starts)}", last)  # fmt: skip

    def write(self, folder: Path) -> None:
        """Write the three files."""
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(SEEDS / "documents.csv", folder / "documents.csv")
        for name, rows in (("parameters", self.parameters), ("programmes", self.programmes)):
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)


def write_random(folder: Path, seed: int) -> None:
    """Write a random folder of parameters."""
    made = Folder(seed)
    for programme, values in (("refund", REFUND), ("skill_subsidy", SKILL), ("job_expansion", EXPANSION)):
        made.fill(programme, values)
    made.fund()
    made.windows()
    made.write(folder)
