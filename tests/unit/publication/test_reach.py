"""What a changed file or parameter can touch, followed through the models as they are."""

from __future__ import annotations

import pytest

from wengang.publication.reach import parameter_sections, source_sections
from wengang.settings import Settings
from wengang.warehouse.dbt import Dbt


@pytest.fixture(scope="module")
def manifest(tmp_path_factory):
    return Dbt(Settings(home=tmp_path_factory.mktemp("home"))).manifest


# By the rules: the refund reads premium, claims, register and ledger; the subsidy reads no dispatch agreement; a training subsidy touches
# nothing of the refund; what the fund must pay rests on decisions, its ledger on none.
@pytest.mark.parametrize(
    ("source", "touched", "untouched"),
    [
        ("contributions", {"refund", "skill", "premium", "risk", "fund_plan"}, {"benefits"}),
        ("benefit_payments", {"benefits", "skill", "risk"}, {"refund", "premium", "fund"}),
        ("dispatch_agreements", {"refund"}, {"skill", "benefits", "premium"}),
        ("training_subsidies", {"skill"}, {"refund", "benefits", "premium", "fund"}),
        ("fund_ledger", {"fund", "fund_plan", "refund", "skill"}, {"benefits", "premium"}),
    ],
)
def test_a_source_touches_what_reads_it(manifest, source, touched, untouched):
    found = source_sections(manifest, source)
    assert touched <= found
    assert not untouched & found


@pytest.mark.parametrize(
    ("parameter", "touched", "untouched"),
    [
        ("refund_ratio_sme", {"refund"}, {"skill", "benefits", "premium"}),
        ("skill_amount_3", {"skill"}, {"refund", "benefits", "premium"}),
        ("premium_rate_reference", {"premium"}, {"refund", "skill", "benefits"}),
        ("reserve_months_min", {"refund", "skill", "fund"}, {"benefits", "premium"}),
        ("skill_subsidy_window", {"skill"}, {"refund", "benefits", "premium"}),
    ],
)
def test_a_parameter_touches_what_speaks_of_it(manifest, parameter, touched, untouched):
    found = parameter_sections(manifest, parameter)
    assert touched <= found
    assert not untouched & found
