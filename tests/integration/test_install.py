"""The way to a first start on a machine that lacks something: one sentence says what."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOO_OLD = "echo 3.10; exit 1"
WITHOUT_VENV = 'case "$2" in *ensurepip*) exit 1;; *) echo 3.12;; esac'
BROKEN = "exit 127"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what installs, with a lock file that names nothing."""
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    (tmp_path / "requirements.lock").write_text("# nothing\n")
    return tmp_path


def install(checkout: Path, pythons: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the installation where `pythons` are all the Pythons there are: shell scripts by name."""
    commands = checkout / "bin"
    commands.mkdir()
    for name, script in pythons.items():
        (commands / name).write_text(f"#!/bin/sh\n{script}\n")
        (commands / name).chmod(0o755)
    return subprocess.run(
        ["/bin/sh", "deploy/install.sh", "requirements.lock"],
        cwd=checkout,
        env={"PATH": str(commands)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("pythons", [{}, {"python3": TOO_OLD}, {"python3.12": BROKEN, "python": TOO_OLD}])
def test_a_machine_without_a_new_enough_python_is_told_so(checkout, pythons):
    result = install(checkout, pythons)
    assert result.returncode == 1
    assert result.stderr.startswith("Quits needs Python 3.11 or newer and found none")
    assert result.stderr.count("\n") == 1


def test_a_python_without_venv_is_told_by_the_name_of_its_package(checkout):
    result = install(checkout, {"python3": WITHOUT_VENV})
    assert result.returncode == 1
    assert "apt install python3.12-venv" in result.stderr
    assert result.stderr.count("\n") == 1


def test_an_older_python_with_venv_is_taken_rather_than_a_newer_one_without(checkout):
    result = install(checkout, {"python3.13": WITHOUT_VENV, "python3.11": 'echo "3.11 runs $*"'})
    assert "runs deploy/install.py requirements.lock" in result.stdout


def test_nothing_is_installed_while_the_lock_file_stays_the_same(checkout):
    python = checkout / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    digest = hashlib.sha256((checkout / "requirements.lock").read_bytes()).hexdigest()
    (checkout / ".venv/requirements.lock.sha256").write_text(digest)
    result = install(checkout, {})
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
