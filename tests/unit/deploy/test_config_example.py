"""config.env.example names every setting that any code reads, and nothing that nobody does."""

import ast
import re
import secrets
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from dotenv import dotenv_values

from budget_service import settings as budget_settings
from common.settings import SettingsRefused
from core_service import settings as core_settings
from gateway import settings as gateway_settings
from notify_service import settings as notify_settings
from stats_service import settings as stats_settings

ROOT = Path(__file__).parents[3]
EXAMPLE = (ROOT / "config.env.example").read_text()
NAMES = re.findall(r"^#?([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)=", EXAMPLE, re.MULTILINE)
PACKAGES = (
    "common",
    "gateway",
    "core_service",
    "budget_service",
    "stats_service",
    "notify_service",
    "quits",
    "deploy",
)
READERS = (gateway_settings, core_settings, budget_settings, stats_settings, notify_settings)
NAME = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+")
READING = {"text", "number", "port", "switch", "secret", "password", "get"}
# Read by Flask's own commands, by the image of PostgreSQL.
READ_BY_OTHERS = {"FLASK_APP", "POSTGRES_PASSWORD"}
# Made by a process for its children, read by PostgreSQL's client library.
NO_SETTINGS = {"PROMETHEUS_MULTIPROC_DIR", "PGPASSWORD"}


class Recorder(dict[str, str]):
    """Settings that note which of them are asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def get(self, name: str, default: object = None) -> None:
        """Note the question; nothing is set."""
        self.asked.add(name)


def test_every_setting_is_named_once():
    assert sorted(NAMES) == sorted(set(NAMES))


def test_every_setting_that_code_reads_is_in_the_example():
    assert (read_in_code() | read_by_services()) - NO_SETTINGS <= set(NAMES)


def test_every_setting_in_the_example_is_read_by_somebody():
    assert set(NAMES) - READ_BY_OTHERS <= read_in_code() | read_by_services()


def test_a_copy_without_secrets_of_its_own_is_refused_and_every_placeholder_is_named():
    values = {name: value or "" for name, value in dotenv_values(stream=StringIO(EXAMPLE)).items()}
    refused = ""
    for reader in READERS:
        with pytest.raises(SettingsRefused) as refusal:
            reader.read(values)
        refused += str(refusal.value)
    placeholders = {name for name, value in values.items() if "change-me" in value}
    # The first is refused where the databases are made, the second where Flower starts.
    unread = {"POSTGRES_PASSWORD", "FLOWER_BASIC_AUTH"}
    assert {name for name in placeholders if not re.search(rf"\b{name}\b", refused)} == unread


def test_a_copy_with_secrets_of_its_own_is_accepted():
    filled = re.sub(r"change-me[\w-]*", lambda _: secrets.token_urlsafe(48), EXAMPLE)
    values = {name: value or "" for name, value in dotenv_values(stream=StringIO(filled)).items()}
    for reader in READERS:
        assert reader.read(values)


def read_in_code() -> set[str]:
    """Return the settings whose names stand where code reads a setting."""
    paths = (path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    in_python = {name for path in paths for name in _read_in(ast.parse(path.read_text()))}
    scripts = (ROOT / "deploy/Procfile", ROOT / "docker-compose.yaml")
    return in_python | {name for script in scripts for name in re.findall(r"\{(QUITS_[A-Z_]+):", script.read_text())}


def _read_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in READING:
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str) and NAME.fullmatch(first.value):
                yield first.value


def read_by_services() -> set[str]:
    """Return the settings that the gateway and the services ask for at their start."""
    recorder = Recorder()
    for reader in READERS:
        with pytest.raises(SettingsRefused):
            reader.read(recorder)
    return recorder.asked
