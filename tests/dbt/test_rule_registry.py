"""Programmes and rules are registered once, in the `meta:` beside their models."""

from __future__ import annotations

from pathlib import Path

import pytest

from wengang.core.settings import ROOT, Settings
from wengang.devtools.rule_registry import registered, risk_models
from wengang.policy import load_policy
from wengang.policy.registry import registry
from wengang.warehouse.dbt_runner import Dbt


@pytest.fixture(scope="module")
def manifest(tmp_path_factory):
    return Dbt(Settings(home=tmp_path_factory.mktemp("home"))).manifest


@pytest.fixture(scope="module")
def models(manifest):
    return [n for n in manifest.nodes.values() if str(n.resource_type) == "model"]


def test_every_model_in_a_folder_of_rules_is_registered_under_its_name(models):
    rules = {r["model"]: r for r in registered(models, "rule")}
    for model in models:
        path = Path(model.original_file_path)
        if path.parent.name != "rules" or model.name in risk_models(models):
            continue
        assert model.name in rules, f"{path}: no config.meta.rule"
        assert rules[model.name]["id"].replace(".", "_") == model.name


def test_what_a_rule_names_is_known(models):
    policy = load_policy(ROOT / "seeds" / "policy", "620000")
    documents = {d.document_id for d in policy.documents}
    programmes = {p["id"]: p for p in registered(models, "programme")}
    windows = {f"{p['area']}_window" for p in programmes.values()}
    for rule in registered(models, "rule"):
        assert rule["id"].split(".")[0] == programmes[rule["programme"]]["area"]
        assert rule["document_id"] in documents, rule["id"]
        assert set(rule["parameters"]) <= set(registry()) | windows, rule["id"]
        assert all(rule[k] for k in ("title_zh", "title_en", "question_zh", "question_en", "article"))


def test_rules_stand_in_the_order_of_the_rules_table(models):
    found: dict[str, list[str]] = {}
    for rule in registered(models, "rule"):
        found.setdefault(rule["programme"], []).append(rule["id"].partition(".")[2])
    assert found["refund"][:5] == ["unit_type", "insured", "paid_months", "no_arrears", "layoff_rate"]
    assert found["refund"][-8:] == [
        "not_sanctioned", "size_known", "dispatch_confirmed", "fund_reserve", "window", "notice", "base", "review",
    ]  # fmt: skip
    assert found["skill_subsidy"] == [
        "certificate", "issuer", "applied_in_time", "insured_months", "status", "once_per_level", "not_below_received",
        "training_subsidy", "yearly_cap", "alive", "review_over_year", "fund_reserve", "window", "notice", "review",
    ]  # fmt: skip
