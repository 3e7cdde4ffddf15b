"""Quits started for a measurement, both ways, and a Quits that runs already."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from bench import cpu, launch
from bench.load import Server
from bench.progress import say
from bench.quits_rest import Quits

_START_TIMEOUT_S = 180


@contextmanager
def embedded() -> Iterator[Quits]:
    """Give Quits in one process with a PostgreSQL of its own, on a free port and in a new folder that is removed."""
    port = launch.free_port()
    data_dir = launch.scratch("embedded") / launch.unique_name()
    environment = {"QUITS_PORT": str(port), "QUITS_DATA_DIR": str(data_dir), "QUITS_RATE_LIMITS": "off"}
    command = [sys.executable, "-m", "quits", "up"]
    try:
        with launch.started(
            "embedded", command, lambda: launch.answers(port, "/readyz"), environment, _START_TIMEOUT_S
        ) as pid:
            groups = {"app": cpu.application(pid), "postgres": cpu.own_database(data_dir)}
            yield Quits("quits embedded", Server("127.0.0.1", port, cpu.Meter(groups)))
    finally:
        shutil.rmtree(data_dir, ignore_errors=True)


@contextmanager
def services(url: str, databases: str) -> Iterator[Quits]:
    """Give Quits as services by `make stack`, which reads `config.env`; `url` is where its gateway will listen.

    `databases` is a pattern of the whole names of its databases on the PostgreSQL server.
    """
    port = urlsplit(url).port or 80
    if launch.accepts("127.0.0.1", port):
        raise launch.NotStarted(f"port {port} is taken: is the stack running already? Then give --pid")
    environment = {"QUITS_RATE_LIMITS": "off"}
    with launch.started(
        "services", ["make", "stack"], lambda: launch.answers(port, "/readyz"), environment, _START_TIMEOUT_S
    ) as pid:
        yield attached(url, pid, databases)


def attached(url: str, pid: int, databases: str) -> Quits:
    """Return services that run already; `pid` is the process that all of theirs descend from.

    The broker's and the cache's processor time is the whole servers': nothing else may use them meanwhile.
    """
    address = urlsplit(url)
    groups = {
        "app": cpu.application(pid),
        "postgres": cpu.database_backends(databases),
        "broker": cpu.named("beam.smp"),
        "redis": cpu.named("redis-server"),
    }
    if not Path(f"/proc/{pid}").exists():
        say(f"there is no process {pid}: the services' own processor time will be missing")
    return Quits("quits services", Server(address.hostname or "127.0.0.1", address.port or 80, cpu.Meter(groups)))
