"""What the tests ask of an embedded database server, and of its process."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import NullPool, create_engine, text

PID_FILE = "server/data/postmaster.pid"


def query(url: str, statement: str) -> list[object]:
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        result = connection.execute(text(statement))
        return list(result.scalars()) if result.returns_rows else []


def note(url: str, word: str) -> None:
    query(url, "CREATE TABLE IF NOT EXISTS notes (word text UNIQUE)")
    query(url, f"INSERT INTO notes VALUES ('{word}')")


def words(url: str) -> list[object]:
    return query(url, "SELECT word FROM notes ORDER BY word")


def server_id(folder: Path) -> int:
    return int((folder / PID_FILE).read_text().splitlines()[0])


def is_alive(process_id: int) -> bool:
    return Path(f"/proc/{process_id}/cwd").exists()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


def kill(parent: subprocess.Popen[str]) -> None:
    parent.kill()
    parent.communicate()


def server_owner(folder: Path) -> int:
    return (folder / "server/data").stat().st_uid
