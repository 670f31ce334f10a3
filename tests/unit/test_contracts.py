"""The contracts as data: sound as shipped, and refused with a name where they are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from wengang.contracts import FOLDER, heading_key, load_contracts, read_contract, source_of
from wengang.core.errors import ContractError

SOURCES = {
    "employers": "snapshot",
    "enterprise_size": "snapshot",
    "contributions": "event",
    "headcount_changes": "event",
    "dispatch_assignments": "snapshot",
    "dispatch_agreements": "event",
    "certificates": "snapshot",
    "skill_applications": "event",
    "training_subsidies": "event",
    "benefit_claims": "event",
    "benefit_payments": "event",
    "programme_payments": "event",
    "notice_objections": "event",
    "review_outcomes": "event",
    "fund_ledger": "event",
    "sanctions": "snapshot",
    "cross_checks": "event",
    "expansion_applications": "event",
    "hiring_subsidies": "event",
    "deferrals": "event",
    "employer_lists": "snapshot",
    "occupation_lists": "snapshot",
    "recoveries": "event",
}


def test_all_sources_and_their_kinds() -> None:
    contracts = load_contracts()
    assert {n: c.kind for n, c in contracts.items()} == SOURCES
    assert {n for n, c in contracts.items() if c.required == "every_period"} == {"contributions"}
    assert {n for n, c in contracts.items() if c.required == "once"} == {"employers", "fund_ledger"}
    by = {n: c.state_by for n, c in contracts.items() if c.state_by}
    assert by == {"employers": "region_code", "employer_lists": "list_id", "occupation_lists": "list_id"}
    assert all((c.validity is not None) == (c.kind == "event") for c in contracts.values())


@pytest.mark.parametrize(
    ("source", "key"),
    [
        ("contributions", ("employer_id", "person_id", "fee_month", "pay_kind", "voucher_no")),
        ("enterprise_size", ("uscc", "data_year")),
        ("review_outcomes", ("programme", "subject_id", "programme_year", "decided_on")),
        ("training_subsidies", ("person_id", "occupation_code", "level", "paid_on")),
        ("cross_checks", ("person_id", "check_kind", "event_date")),
    ],
)
def test_keys(source: str, key: tuple[str, ...]) -> None:
    assert load_contracts()[source].key == key


def test_a_column_keeps_its_first_heading() -> None:
    """Columns that occur in several sources are headed alike unless the source says otherwise."""
    contracts = load_contracts()
    persons = {
        c.column("person_id").heading
        for c in contracts.values()
        if "person_id" in [x.name for x in c.columns]
    }
    assert persons == {"社会保障号码"}
    assert contracts["benefit_claims"].column("region_code").lb101 == "AAB301"
    assert contracts["fund_ledger"].column("region_code").heading == "统筹区"
    assert contracts["benefit_payments"].column("paid_on").heading == "发放日期"
    assert contracts["programme_payments"].column("paid_on").heading == "拨付日期"


def test_headings_are_compared_without_blanks_width_and_case() -> None:
    assert (
        heading_key(" *金额（元）\u3000")
        == heading_key("金额(元)（必填）")
        == heading_key("金\u200b额")
        == "金额"
    )
    assert heading_key("金额（万元）") == "金额(万元)"
    assert heading_key("ＡＡＢ 001") == "aab001"


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("employers.csv", "employers"),
        ("contributions__620100.csv.gz", "contributions"),
        ("contributions__1__2.txt", "contributions"),
        ("contribution.csv", None),
        ("employers_1.csv", None),
    ],
)
def test_source_of_a_file_name(name: str, source: str | None) -> None:
    assert source_of(name, load_contracts()) == source


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: DataContract", "kind: Other", "ODCS"),
        ('value: "snapshot"', 'value: "daily"', "kind"),
        ('value: "AAB998"', 'value: "列入日期"', "列入日期"),
        ("name: removed_on", "name: listed_on", "listed_on"),
        ('value: "day"', 'value: "tag"', "类型"),
        ("primaryKey: true", "primaryKey: false", "primaryKey"),
        ("schema:", "tables:", "schema"),
        ("schema:", "schema: [", "读不出来"),
    ],
)
def test_a_faulty_contract_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (FOLDER / "sanctions.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "sanctions.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ContractError) as caught:
        read_contract(path)
    assert said in str(caught.value) and "sanctions.yaml" in str(caught.value)


def test_a_contract_must_bear_its_files_name(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text(
        (FOLDER / "sanctions.yaml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    with pytest.raises(ContractError):
        load_contracts(tmp_path)
