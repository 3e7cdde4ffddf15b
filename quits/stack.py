"""Quits as services on this machine: databases, migrations, then all processes of the Procfile, until Ctrl-C."""

import os
import socket
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.error import URLError

from honcho.environ import parse_procfile  # type: ignore[import-untyped]

from budget_service import settings as budget_settings
from common.settings import Environment, SettingsRefused
from core_service import settings as core_settings
from gateway import settings as gateway_settings
from notify_service import settings as notify_settings
from quits import configuration, databases
from quits.errors import CannotStart
from quits.processes import Processes
from stats_service import settings as stats_settings

PROCFILE = Path("deploy/Procfile")
READERS = (gateway_settings, core_settings, budget_settings, stats_settings, notify_settings)
LOOK_EVERY_S = 0.3
READY_TIMEOUT_S = 3
PATIENCE_S = 60
ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 -- where nobody listens on everything


def run(settings: dict[str, str], say: Callable[[str], None]) -> None:
    """Start everything and return once everything has stopped; raises CannotStart."""
    host, port = _address(settings)
    _check(settings)
    _check_port(host, port)
    urls = configuration.database_urls(settings)
    databases.ensure(urls, configuration.admin_url(settings), say)
    databases.bring_up_to_date(urls, say)
    say("Starting the services …")
    processes = Processes(lambda: _announce(f"http://{host}:{port}", settings, say))
    environment = {**settings, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{settings.get('PATH', os.defpath)}"}
    for name, command in parse_procfile(PROCFILE.read_text()).processes.items():
        processes.add_process(name, command, env=environment)
    processes.loop()
    if failed := [name for name, status in processes.statuses.items() if status]:
        raise CannotStart(f"Ended with an error: {', '.join(failed)}; what they said stands above.")


def _address(settings: dict[str, str]) -> tuple[str, int]:
    environment = Environment(settings)
    host, port = environment.text("QUITS_HOST", "127.0.0.1"), environment.port("QUITS_PORT", 8000)
    environment.secret("FLOWER_BASIC_AUTH")
    configuration.check(environment)
    return ANY_ADDRESS.get(host, host), port


def _check(settings: dict[str, str]) -> None:
    for reader in READERS:
        try:
            reader.read(settings)
        except SettingsRefused as refusal:
            raise configuration.refused(refusal) from None


def _check_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotStart(
                f"Port {port} on {host} cannot be used ({error.strerror}): stop what listens there, or choose another "
                f"with QUITS_PORT={port + 1}."
            ) from error


def _announce(url: str, settings: dict[str, str], say: Callable[[str], None]) -> None:
    give_up_at = time.monotonic() + PATIENCE_S
    while not (is_ready := _is_ready(url)) and time.monotonic() < give_up_at:
        time.sleep(LOOK_EVERY_S)
    if not is_ready:
        say(f"Not everything is ready yet: {url}/readyz says what is missing.")
        return
    flower = f"http://{settings.get('FLOWER_ADDRESS') or '127.0.0.1'}:{settings.get('FLOWER_PORT') or 5555}"
    say(f"\nQuits is ready: {url} (the workers: {flower}). Ctrl-C stops everything.\n")


def _is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=READY_TIMEOUT_S) as answer:  # noqa: S310 -- our own address
            return bool(answer.status == 200)  # noqa: PLR2004
    except (URLError, OSError):
        return False
