"""The command line: what is wrong is said in one sentence, and nothing is started."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from common import migrate
from quits import cli


def quits(*words: str, **environment: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(cli.main, list(words), env=environment)


@pytest.mark.parametrize("words", [[], ["--help"], *([command, "--help"] for command in cli.main.commands)])
def test_every_command_explains_itself(words: list[str]):
    said = quits(*words).output
    assert said.startswith("Usage:")


@pytest.mark.parametrize(
    ("words", "environment", "named"),
    [
        (["up"], {"QUITS_PORT": "eighty"}, "QUITS_PORT"),
        (["up"], {"QUITS_PORT": "65536"}, "QUITS_PORT"),
        (["up"], {"QUITS_RATE_LIMITS": "sometimes"}, "QUITS_RATE_LIMITS"),
    ],
)
def test_a_wrong_setting_is_named_and_nothing_starts(words: list[str], environment: dict[str, str], named: str):
    result = quits(*words, **environment)
    assert result.exit_code == 1
    assert named in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_certificate_is_worth_nothing_without_its_key(tmp_path: Path):
    certificate = tmp_path / "server.crt"
    certificate.touch()
    result = quits("up", "--certificate", str(certificate))
    assert result.exit_code == 1
    assert "--key" in result.stderr


def test_an_unknown_service_is_refused_with_the_known_ones():
    result = quits("relay", "moon")
    assert result.exit_code == 2
    assert all(service in result.stderr for service in migrate.PACKAGES)


def test_the_gateway_has_no_dead_letters():
    """It subscribes to nothing."""
    assert quits("dlq", "list", "gateway").exit_code == 2
