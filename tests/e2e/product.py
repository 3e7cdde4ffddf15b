"""The product as it is really started: all in one process, or as services on servers of their own."""

import os
import secrets
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.e2e.api import Api
from tests.postgres_server import PostgresCluster
from tests.redis_server import RedisServer
from tests.servers import Process, RabbitNode, broker_environment, free_port, wait_until
from tests.stack import SECTIONS, server_settings

READY = "Quits is ready"
START_TIMEOUT_S = 120.0
DEAD = "ZX"


class Product(Process):
    """A running Quits that is ready for use."""

    def __init__(self, command: str, settings: Mapping[str, str], folder: Path) -> None:
        self.settings = settings
        self.api = Api(f"http://127.0.0.1:{settings['QUITS_PORT']}")
        log = folder / f"{command}-{secrets.token_hex(4)}.log"
        super().__init__([sys.executable, "-m", "quits", command], settings, log)
        wait_until(lambda: READY in self.output.read_text() or not self.is_alive(), READY, START_TIMEOUT_S)
        assert self.is_alive(), self.output.read_text()

    def stop(self) -> None:
        """End it in order, at the latest by force."""
        if self.is_alive():
            self.terminate()


def embedded_settings(folder: Path) -> dict[str, str]:
    """Return the settings of an embedded Quits with its data in `folder`."""
    return {"QUITS_PORT": str(free_port()), "QUITS_DATA_DIR": str(folder / "data"), "QUITS_RATE_LIMITS": "off"}


class Services(Product):
    """Quits as services; a test that kills one of its servers starts it again."""

    def __init__(self, folder: Path, rabbit: RabbitNode, postgres: PostgresCluster, redis: RedisServer) -> None:
        self.rabbit, self.postgres, self.redis = rabbit, postgres, redis
        super().__init__("stack", _service_settings(rabbit, postgres, redis), folder)

    def program(self, words: str) -> int:
        """Return the process id of the one line of the Procfile whose command holds these words."""
        return min(pid for pid in self._descendants() if words in _command(pid) and os.getsid(pid) == pid)

    def children(self, pid: int) -> list[int]:
        """Return the processes that a program has started."""
        return sorted(child for child, parent in _parents().items() if parent == pid)

    def _descendants(self) -> set[int]:
        parents = _parents()
        found = {self.pid}
        while more := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= more
        return found - {self.pid}


def _service_settings(rabbit: RabbitNode, postgres: PostgresCluster, redis: RedisServer) -> dict[str, str]:
    settings = server_settings("quits_e2e")
    for section in SECTIONS:
        settings |= {f"{section}_POSTGRES_HOST": "127.0.0.1", f"{section}_POSTGRES_PORT": str(postgres.port)}
    return {
        **settings,
        **broker_environment(rabbit.new_vhost()),
        "POSTGRES_ADMIN_URL": postgres.admin_url,
        "JWT_SECRET_KEY": secrets.token_urlsafe(48),
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FLASK_ENV": "development",
        "QUITS_HOST": "127.0.0.1",
        "QUITS_PORT": str(free_port()),
        "QUITS_RATE_LIMITS": "off",
        "QUITS_GATEWAY_WORKERS": "1",
        "REDIS_HOST": "127.0.0.1",
        "REDIS_PORT": str(redis.port),
        "FLOWER_PORT": str(free_port()),
        "FLOWER_BASIC_AUTH": f"operator:{secrets.token_urlsafe(48)}",
    }


def kill(pid: int, *, group: bool = False) -> None:
    """Kill a process, or all that it leads, with SIGKILL and make sure that it is dead."""
    (os.killpg if group else os.kill)(pid, signal.SIGKILL)
    wait_until(lambda: not is_alive(pid), f"process {pid} is dead")


def is_alive(pid: int) -> bool:
    """Return whether this process still runs."""
    return _stat(pid)[0] not in DEAD


def _parents() -> dict[int, int]:
    pids = [int(path.name) for path in Path("/proc").glob("[0-9]*")]
    return {pid: int(_stat(pid)[1]) for pid in pids}


def _stat(pid: int) -> list[str]:
    """Return state, parent and so on; a process that is gone is dead and has no parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ["X", "0"]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""
