"""Runs `quits.processes` on the commands in its arguments and says when all have been started."""

import sys

from quits.processes import Processes

processes = Processes(lambda: print("all started", flush=True))  # noqa: T201
for number, command in enumerate(sys.argv[1:]):
    processes.add_process(f"program{number}", command)
processes.loop()
print("statuses", processes.statuses, flush=True)  # noqa: T201
