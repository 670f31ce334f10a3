"""What of the installation can be held without an engine."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import yaml

from wengang.core.settings import ROOT

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


def test_secrets_are_files_that_only_those_who_need_them_see():
    content = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    declared = set(content["secrets"])
    used = {name: set(service.get("secrets", [])) for name, service in content["services"].items()}
    assert set().union(*used.values()) == declared
    assert used["postgres"] == {"postgres_password"} and used["redis"] == {"redis_password"}
    assert used["pages"] == set()  # what faces the readers knows no secret
    for line in (ROOT / ".gitignore", ROOT / ".dockerignore"):
        assert any(entry.strip("/ ") == "secrets" for entry in line.read_text(encoding="utf-8").splitlines())
    # every command that a secret is read by names a declared one
    text = COMPOSE.read_text(encoding="utf-8") + "".join(
        (ROOT / "docker" / name).read_text(encoding="utf-8") for name in ("database-url", "broker-url")
    )
    assert set(re.findall(r"/run/secrets/(\w+)", text)) == declared


def test_nobody_may_write_but_where_the_work_lies():
    content = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    writable = {"airflow", "home", "postgres"}
    for name, service in content["services"].items():
        assert "no-new-privileges:true" in service["security_opt"], name
        assert not service.get("privileged") and not service.get("network_mode"), name
        image = service["image"]
        assert ":" in image and not image.endswith(":latest"), name
        if name not in {"postgres", "redis"}:
            assert service["read_only"] is True, name
        for volume in service.get("volumes", []):
            place = volume.split(":")[0]
            assert "docker.sock" not in volume
            assert volume.endswith(":ro") or place in writable, volume
    assert {v for v in content["services"]["pages"]["volumes"] if not v.endswith(":ro")} == set()
    # the database and the queue are reached from inside alone
    assert content["networks"]["inside"]["internal"] is True
    for name in ("postgres", "redis"):
        assert (
            content["services"][name]["networks"] == ["inside"] and "ports" not in content["services"][name]
        )


def test_the_pages_are_served_without_the_rest_of_the_package():
    text = (ROOT / "docker" / "pages.conf").read_text(encoding="utf-8")
    aliases = re.findall(r"(?:alias|root)\s+(\S+);", text)
    assert aliases == ["/srv/wengang/published/$1/$2/site/$3"]
    assert "unsafe-inline" not in text and "default-src 'none'" in text


def test_the_image_runs_as_an_account_without_rights():
    lines = (ROOT / "docker" / "Dockerfile").read_text(encoding="utf-8").splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users and users[-1].split(":")[0] not in {"0", "root"}
    assert not any("secrets" in line for line in lines if line.startswith(("COPY", "ADD")))
