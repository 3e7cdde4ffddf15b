"""A PostgreSQL server that a test starts for itself, on a port of its own, and kills as it likes."""

import os
import signal
import subprocess
import time
from pathlib import Path

import psycopg2

from quits import postgres, unprivileged
from tests.servers import free_port, is_listening, wait_until

START_TIMEOUT_S = 60.0


class PostgresCluster:
    """A server with the programs of the embedded kind, with its data in `folder`; whoever reaches it is trusted."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._inner = folder / "server"
        self._log = folder / "postgres.log"
        self._programs = postgres._programs()
        self._process: subprocess.Popen[bytes] | None = None
        self._inner.mkdir()
        self._account = unprivileged.choose(self._programs / "postgres", self._inner)
        self._run(
            "initdb", "-D", self._inner / "data", "--username=postgres", "--auth=trust", "--locale=C", "-E", "UTF8"
        )
        self.start()

    @property
    def admin_url(self) -> str:
        """The superuser's address."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start the server and return once it answers; what its killed predecessor left behind goes away by itself."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._answers():
            if self._process is None or self._process.poll() is not None:
                self._process = self._launch()
            assert time.monotonic() < deadline, self._log.read_text()
            time.sleep(0.1)

    def kill(self) -> None:
        """Kill the server with SIGKILL and make sure that it and its children are dead."""
        assert self._process
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()
        wait_until(lambda: not is_listening(self.port), "PostgreSQL is dead")

    def _launch(self) -> subprocess.Popen[bytes]:
        settings = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": 200,
            "shared_buffers": "32MB",
        }
        words = [f"--{name}={value}" for name, value in settings.items()]
        with self._log.open("ab") as log:
            return self._account.start([self._programs / "postgres", "-D", self._inner / "data", *words], log)

    def _answers(self) -> bool:
        try:
            psycopg2.connect(self.admin_url, connect_timeout=5).close()
        except psycopg2.OperationalError:
            return False
        return True

    def _run(self, program: str, *words: str | Path) -> None:
        with self._log.open("ab") as log:
            status = self._account.start([self._programs / program, *words], log).wait(START_TIMEOUT_S)
        assert status == 0, self._log.read_text()
