"""docker-compose.yaml, as far as it can be judged without containers."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from honcho.environ import parse_procfile

ROOT = Path(__file__).parents[3]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yaml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
JOBS = {"databases", "migrate"}
OURS = {name for name, service in SERVICES.items() if "build" in service}


def test_it_is_what_the_compose_specification_allows():
    schema = json.loads((ROOT / "tests/schemas/compose-spec.json").read_text())
    jsonschema.Draft201909Validator(schema).validate(COMPOSE)


def test_it_runs_the_same_processes_as_the_procfile():
    procfile = parse_procfile((ROOT / "deploy/Procfile").read_text())
    assert set(procfile.processes) == OURS - JOBS


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_images_are_pinned_to_a_version(name: str):
    image, _, version = SERVICES[name]["image"].partition(":")
    assert image
    assert version.count(".") >= 1
    assert "latest" not in version


@pytest.mark.parametrize("name", sorted(OURS))
def test_our_processes_have_no_rights_that_they_do_not_need(name: str):
    service = SERVICES[name]
    assert service["user"] not in ("", "0", "root")
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["env_file"] == "config.env"


def test_only_the_job_that_makes_databases_is_told_the_password_of_the_superuser():
    told = {name for name in OURS if SERVICES[name]["environment"].get("PGPASSWORD")}
    assert told == {"databases"}
    assert all(SERVICES[name]["environment"]["POSTGRES_PASSWORD"] == "" for name in OURS)


@pytest.mark.parametrize("name", sorted(OURS - JOBS))
def test_no_process_starts_before_the_databases_are_migrated(name: str):
    assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_whoever_is_waited_for_says_whether_it_is_healthy():
    waited_for = {
        other
        for service in SERVICES.values()
        for other, how in service.get("depends_on", {}).items()
        if how["condition"] == "service_healthy"
    }
    assert waited_for >= {"postgres", "rabbitmq", "redis", "gateway"}
    assert all("healthcheck" in SERVICES[name] for name in waited_for)


def test_what_must_survive_lies_in_named_volumes():
    mounted = {volume.partition(":")[0] for name in ("postgres", "rabbitmq") for volume in SERVICES[name]["volumes"]}
    assert mounted == set(COMPOSE["volumes"])


def test_every_server_that_a_process_needs_is_one_of_these():
    hosts = {value for key, value in SERVICES["core"]["environment"].items() if key.endswith("_HOST")}
    assert hosts == {"postgres", "rabbitmq", "redis"}
    assert hosts <= set(SERVICES)


def test_the_image_gets_every_package_and_nothing_else():
    dockerfile = (ROOT / "deploy/Dockerfile").read_text()
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "bench"}
    assert all(f"COPY {package} {package}\n" in dockerfile for package in packages)
    assert "\nUSER 10001\n" in dockerfile
    assert "COPY . " not in dockerfile
