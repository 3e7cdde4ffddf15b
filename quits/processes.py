"""honcho's processes, looked after a little better: one that dies is started again, and all are stopped in order.

honcho sends its signal to whole process groups, which would kill a worker's pool in the middle of its tasks; here only
the program itself is told, and what it leaves behind is killed once it has ended.
"""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from multiprocessing.synchronize import Event
from typing import Any

from honcho.manager import Manager  # type: ignore[import-untyped]
from honcho.process import Popen, Process  # type: ignore[import-untyped]

PATIENCE_S = 20.0
RESTART_PAUSE_S = 1.0
LOOK_EVERY_S = 1.0
# A program that ends so soon, so often in a row, will not run at all.
SHORT_LIFE_S = 10.0
MOST_SHORT_LIVES = 3


class Program(Process):  # type: ignore[misc]
    """One line of the Procfile; runs in a process of honcho's that hears no signals."""

    def __init__(self, *args: Any, stopping: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stopping = stopping
        self._short_lives = 0
        self._owner = os.getpid()

    def run(self, events: Any = None, ignore_signals: bool = False) -> None:  # noqa: FBT001, FBT002 -- honcho's signature
        """Start the program and pass on what it says, again and again until it is to stop."""
        self._events = events
        threading.Thread(target=self._end_with_owner, daemon=True).start()
        status = self._run_once()
        while not self._stopping.is_set() and self._is_worth_another_try():
            self._send_message(f"ended with {status}, starting again\n".encode())
            self._stopping.wait(RESTART_PAUSE_S)
            status = self._run_once()
        self._send_message({"returncode": status}, type="stop")

    def _run_once(self) -> int:
        started_at = time.monotonic()
        child = self._child = Popen(self.cmd, env=self.env, cwd=self.cwd)
        self._send_message({"pid": child.pid}, type="start")
        # A handler, unlike SIG_IGN, is not passed on to the program when it is started again.
        signal.signal(signal.SIGINT, _do_nothing)
        signal.signal(signal.SIGTERM, _do_nothing)
        # What a killed program leaves behind would hold its output open for ever.
        threading.Thread(target=_clear_after, args=(child,), daemon=True).start()
        for line in iter(child.stdout.readline, b""):
            self._send_message(line)
        is_short = time.monotonic() - started_at < SHORT_LIFE_S
        self._short_lives = self._short_lives + 1 if is_short else 0
        return int(child.wait())

    def _end_with_owner(self) -> None:
        """Do not go on without who started all this: the next start would find the ports taken."""
        while os.getppid() == self._owner:
            time.sleep(LOOK_EVERY_S)
        self._stopping.set()
        os.kill(self._child.pid, signal.SIGTERM)

    def _is_worth_another_try(self) -> bool:
        return self._short_lives < MOST_SHORT_LIVES


class Processes(Manager):  # type: ignore[misc]
    """All programs together; `on_started` is called on a thread once they have been started."""

    def __init__(self, on_started: Callable[[], None]) -> None:
        super().__init__()
        self._on_started = on_started
        self._stopping = multiprocessing.Event()
        self._process_ctor = partial(Program, stopping=self._stopping)
        self._procmgr = Signals()
        self._kill_at = float("inf")

    def terminate(self) -> None:
        """Ask all programs to end."""
        self._stopping.set()
        self._kill_at = min(self._kill_at, time.monotonic() + PATIENCE_S)
        super().terminate()

    def kill(self) -> None:
        """Kill what has not ended although it had time to."""
        if time.monotonic() > self._kill_at:
            super().kill()

    @property
    def statuses(self) -> dict[str, int]:
        """The exit status of each program."""
        return {name: process["returncode"] for name, process in self._processes.items()}

    def _start(self) -> None:
        super()._start()
        # Only now: a fork takes no threads along.
        threading.Thread(target=self._on_started, daemon=True).start()


class Signals:
    """How programs are told to end."""

    def terminate(self, pid: int) -> None:
        """Tell the program, and leave it to that one to tell its children."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)

    def kill(self, pid: int) -> None:
        """Kill the program and its children."""
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def _do_nothing(number: int, frame: object) -> None:
    """Ctrl-C reaches this process too, but it ends with its program, not before."""


def _clear_after(child: Popen) -> None:
    child.wait()
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
