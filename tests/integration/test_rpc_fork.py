"""A caller's connections and the processes that it forks."""

import os
import subprocess
import sys
from pathlib import Path

from common.settings import Broker
from tests.contract.example import make_example
from tests.servers import ROOT, broker_environment
from tests.services import worker_of


def test_parent_and_child_call_on_connections_of_their_own(broker: Broker, server_folder: Path) -> None:
    worker = worker_of(make_example, broker, server_folder)
    try:
        spoken = subprocess.run(
            [sys.executable, "-m", "tests.integration.forking_caller"],
            cwd=ROOT,
            env={**os.environ, **broker_environment(broker)},
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        ).stdout
    finally:
        worker.kill()
    assert sorted(spoken.splitlines()) == [
        "afterwards heard its own words",
        "before heard its own words",
        "child has a connection of its own",
        "child heard its own words",
        "parent heard its own words",
        "parent kept its connection",
    ]
