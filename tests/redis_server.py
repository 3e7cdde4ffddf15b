"""A Redis that a test starts for itself, kills and freezes as it likes."""

import os
import shutil
import signal
from pathlib import Path

import pytest

from tests.servers import Process, free_port, is_listening, wait_until


class RedisServer:
    """A Redis server that keeps nothing on disk, on a port of its own."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._process: Process | None = None
        self.start()

    def start(self) -> None:
        """Start the server, empty, and return once it takes connections."""
        program = shutil.which("redis-server")
        if program is None:
            pytest.skip("Redis is not installed")
        command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = Process(command, {}, self._folder / "redis.log")
        wait_until(lambda: is_listening(self.port), "Redis listens")

    def kill(self) -> None:
        """Kill the server and make sure that it is dead; what it held is lost."""
        assert self._process
        self._process.kill()
        wait_until(lambda: not is_listening(self.port), "Redis is dead")

    def freeze(self) -> None:
        """Stop the server in mid-air: it keeps what it holds and answers nobody."""
        assert self._process
        os.kill(self._process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen server go on."""
        assert self._process
        os.kill(self._process.pid, signal.SIGCONT)
