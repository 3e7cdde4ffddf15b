"""Embedded database servers that end with their test."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from quits.postgres import PostgresServer
from tests.integration.embedded.server import (
    PID_FILE,
    is_alive,
    kill,
    server_id,
)

ROOT = Path(__file__).parents[3]
PARENT = """
import sys, time
from pathlib import Path
from quits.postgres import PostgresServer
server = PostgresServer(Path(sys.argv[1]), lambda text: None)
server.start()
server.ensure_databases(["core"])
print(server.url("core"), flush=True)
time.sleep(600)
"""


@pytest.fixture
def said() -> list[str]:
    """What the servers of a test said."""
    return []


@pytest.fixture
def server_on(said: list[str]) -> Iterator[Callable[[Path], PostgresServer]]:
    """Make servers that are stopped when the test is over."""
    made: list[PostgresServer] = []

    def make(folder: Path) -> PostgresServer:
        made.append(PostgresServer(folder, said.append))
        return made[-1]

    yield make
    for server in made:
        server.stop()


@pytest.fixture
def start_in_another_process() -> Iterator[Callable[[Path], tuple[subprocess.Popen[str], str]]]:
    """Start a server in a process of its own, and return that with the URL of `core`; nothing outlives the test."""
    parents: list[tuple[subprocess.Popen[str], Path]] = []

    def start(folder: Path) -> tuple[subprocess.Popen[str], str]:
        command = [sys.executable, "-c", PARENT, folder]
        parent = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        parents.append((parent, folder))
        assert parent.stdout is not None
        return parent, parent.stdout.readline().strip()

    yield start
    for parent, folder in parents:
        if parent.poll() is None:
            kill(parent)
        if (folder / PID_FILE).exists() and is_alive(server_id(folder)):
            os.kill(server_id(folder), signal.SIGKILL)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an empty database `core`, shut down in order."""
    server = PostgresServer(tmp_path_factory.mktemp("template"), lambda text: None)
    server.start()
    server.ensure_databases(["core"])
    server.stop()
    return server.folder


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    """A copy of the template: making a database anew takes longer than most tests."""
    return shutil.copytree(template, tmp_path / "postgres")
