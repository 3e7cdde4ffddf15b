"""Programs of a Procfile: started again when they die, stopped in order, given up when they do not run at all."""

import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.servers import Process, wait_until

POLITE = "exec sh -c 'trap \"echo finishing; exit 0\" TERM; echo running; while :; do sleep 0.1; done'"
# Its child outlives it when it is killed, and goes on writing to its output.
PARENT = "exec sh -c 'sleep 1000 & echo child=$!; trap \"kill %1; exit 0\" TERM; while :; do sleep 0.1; done'"

# Its child says when it hears a signal that was not meant for it.
EAVESDROPPER = (
    'exec sh -c \'(trap "echo overheard" TERM; echo listening; while :; do sleep 0.1; done) & '
    'trap "sleep 1; kill -KILL $!; exit 0" TERM; while :; do sleep 0.1; done\''
)


class Running:
    """The programs of a test, and what they said."""

    def __init__(self, output: Path, *commands: str) -> None:
        script = [sys.executable, "-m", "tests.processes_script", *commands]
        self._process = Process(script, {}, output)

    @property
    def said(self) -> str:
        """Everything that was said until now."""
        return self._process.output.read_text()

    def wait_for(self, words: str, times: int = 1) -> None:
        """Wait until something was said so many times."""
        wait_until(lambda: self.said.count(words) >= times or not self._process.is_alive(), words)
        assert self.said.count(words) >= times, self.said

    def pids(self) -> list[int]:
        """Return the process ids of all programs that were started."""
        return [int(number) for number in re.findall(r"pid=(\d+)", self.said)]

    def wait_for_end(self) -> None:
        """Wait until all has ended."""
        wait_until(lambda: not self._process.is_alive(), "all has ended")

    def stop(self) -> int:
        """Ask everything to end and return the exit status."""
        return self._process.terminate()

    def kill_alone(self) -> None:
        """Kill who started the programs, and nobody else."""
        os.kill(self._process.pid, signal.SIGKILL)

    def kill(self) -> None:
        """Leave nothing behind."""
        self._process.kill()
        for pid in self.pids():
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[type[Running]]:
    """A function that runs commands."""
    running: list[Running] = []

    def start(*commands: str) -> Running:
        running.append(Running(tmp_path / "output", *commands))
        return running[-1]

    yield start  # type: ignore[misc]
    for each in running:
        each.kill()


def test_programs_are_asked_to_end_and_have_time_to(run):
    """Red when they are killed: nobody would say that it finishes."""
    programs = run(POLITE, POLITE)
    programs.wait_for("running", 2)
    programs.wait_for("all started")
    assert programs.stop() == 0
    assert programs.said.count("finishing") == 2
    assert "statuses {'program0': 0, 'program1': 0}" in programs.said


def test_only_the_program_itself_is_told_to_end(run):
    """Red when the whole group is told, as honcho does it: a worker's pool would die in the middle of its tasks."""
    programs = run(EAVESDROPPER)
    programs.wait_for("listening")
    programs.wait_for("all started")
    assert programs.stop() == 0
    assert "overheard" not in programs.said


def test_programs_end_when_who_started_them_is_killed(run):
    """Red when they go on: the next start would find the ports taken."""
    programs = run(POLITE)
    programs.wait_for("running")
    programs.wait_for("all started")
    programs.kill_alone()
    wait_until(lambda: not any(map(_lives, programs.pids())), "the program has ended")


def test_a_program_that_is_killed_is_started_again_and_its_children_are_gone(run):
    """Red when honcho is left to itself: it ends everything, or waits for the child to close the output."""
    programs = run(PARENT, POLITE)
    programs.wait_for("child=")
    child = int(re.findall(r"child=(\d+)", programs.said)[0])
    (killed, *_) = [pid for pid in programs.pids() if os.getpgid(child) == pid]
    os.kill(killed, signal.SIGKILL)
    programs.wait_for("child=", 2)
    wait_until(lambda: not _lives(child), "the child of the killed program is gone")
    assert "starting again" in programs.said
    assert programs.stop() == 0
    # Red when the program, started again, does not hear that it is to end.
    assert "statuses {'program0': 0, 'program1': 0}" in programs.said


def test_a_program_that_never_runs_ends_everything(run):
    """Red when it is started again for ever, or when the others stay."""
    programs = run("exec sh -c 'echo broken; exit 3'", POLITE)
    programs.wait_for_end()
    assert programs.said.count("broken\n") == 3
    assert "statuses {'program0': 3, 'program1': 0}" in programs.said


def _lives(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
