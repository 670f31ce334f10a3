"""What of the installation can be held without an engine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import yaml

from wengang.settings import ROOT

COMPOSE = ROOT / "docker-compose.yml"
SERVICES = {"postgres", "api-server", "scheduler", "dag-processor", "triggerer", "worker", "pages"}


def test_it_is_a_compose_file():
    check = Path(sys.executable).parent / "check-jsonschema"
    done = subprocess.run(
        [str(check), "--builtin-schema", "vendor.compose-spec", str(COMPOSE)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_services_are_healthy_unprivileged_and_without_a_secret_in_sight():
    content = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    assert set(content["services"]) >= SERVICES
    for name, service in content["services"].items():
        assert service["cap_drop"] == ["ALL"], name
        if name != "prepare":
            assert service["healthcheck"]["test"], name
        if name != "pages":  # its image runs as an account without rights
            assert service["user"].split(":")[0] not in {"0", "root"}, name
        given = service.get("environment", {})
        keys = [k for k in given if "PASSWORD" in k or "SECRET" in k or "FERNET" in k or "CONN" in k]
        assert all(k.endswith(("_FILE", "_CMD")) for k in keys), name
        assert all(str(p).startswith("127.0.0.1:") for p in service.get("ports", [])), name
    assert all(s["file"].startswith("./secrets/") for s in content["secrets"].values())


def test_files_that_it_names_exist():
    content = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    build = content["services"]["worker"]["build"]
    assert (ROOT / build["dockerfile"]).exists()
    for script in ("database-url", "broker-url"):
        assert (ROOT / "docker" / script).stat().st_mode & 0o111
