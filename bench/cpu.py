"""Processor time of groups of processes, from `/proc`: user and system time, children that ended included."""

import os
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_SERVERS = frozenset({"postgres", "beam.smp", "redis-server"})


@dataclass(frozen=True, slots=True)
class Process:
    """One process at one moment; times in seconds."""

    pid: int
    parent: int
    name: str
    title: str
    started_tick: int
    own_s: float
    reaped_s: float


Snapshot = Mapping[int, Process]
Selector = Callable[[Snapshot], set[int]]


def snapshot() -> dict[int, Process]:
    """Return every process that can be read, by its id."""
    found = (_read(int(entry.name)) for entry in os.scandir("/proc") if entry.name.isdigit())
    return {process.pid: process for process in found if process}


def _read(pid: int) -> Process | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
        name = stat[stat.index("(") + 1 : stat.rindex(")")]
        title = Path(f"/proc/{pid}/cmdline").read_text(errors="replace") if name == "postgres" else ""
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = stat[stat.rindex(")") + 2 :].split()
    user, system, reaped_user, reaped_system = (int(ticks) / _TICKS_PER_S for ticks in fields[11:15])
    return Process(
        pid, int(fields[1]), name, title.replace("\0", " "), int(fields[19]), user + system, reaped_user + reaped_system
    )


def tree(processes: Snapshot, roots: Iterable[int]) -> set[int]:
    """Return `roots` that live and all their descendants."""
    children: dict[int, list[int]] = {}
    for process in processes.values():
        children.setdefault(process.parent, []).append(process.pid)
    found: set[int] = set()
    waiting = [pid for pid in roots if pid in processes]
    while waiting:
        pid = waiting.pop()
        found.add(pid)
        waiting.extend(children.get(pid, ()))
    return found


def application(root: int) -> Selector:
    """Select the process `root` and its descendants, without the database, broker and cache servers among them."""
    return lambda processes: {pid for pid in tree(processes, [root]) if processes[pid].name not in _SERVERS}


def database_backends(name_pattern: str) -> Selector:
    """Select the PostgreSQL backends connected to a database whose whole name matches `name_pattern`."""
    # The title is: cluster, if it has a name; user; database; client. A user may be called like a database.
    wanted = re.compile(rf"postgres: (?:\S+: )?\S+ {name_pattern} (?:\S+\(\d+\)|\[local\])")
    return lambda processes: {pid for pid, process in processes.items() if wanted.match(process.title)}


def own_database(data_dir: Path) -> Selector:
    """Select every process of the PostgreSQL server whose files are somewhere in `data_dir`."""

    def select(processes: Snapshot) -> set[int]:
        roots = [pid for pid, process in processes.items() if str(data_dir) in process.title]
        return tree(processes, roots)

    return select


def named(name: str) -> Selector:
    """Select all processes called `name`: for a server that nobody else uses meanwhile."""
    return lambda processes: {pid for pid, process in processes.items() if process.name == name}


@dataclass(frozen=True)
class Reading:
    """The processes of each group at one moment, and how busy the whole machine had been until then."""

    groups: Mapping[str, Snapshot]
    taken_at: float
    machine_s: float
    ours_s: float


@dataclass(frozen=True)
class Meter:
    """Reads the processor time of named groups of processes."""

    groups: Mapping[str, Selector]

    def read(self) -> Reading:
        """Return the processes of each group as they are now."""
        processes = snapshot()
        groups = {group: {pid: processes[pid] for pid in select(processes)} for group, select in self.groups.items()}
        return Reading(groups, time.monotonic(), _machine_s(), sum(os.times()[:4]))


def used(before: Reading, after: Reading) -> dict[str, float]:
    """Return the seconds of processor time that each group used between two readings of one meter."""
    return {group: _used_by_group(before.groups[group], after.groups[group]) for group in before.groups}


def elsewhere(before: Reading, after: Reading) -> float:
    """Return the share of the machine (0 to 1) that neither the meter's groups nor this program and its children used.

    Where it is large, others were at work and the figures are worth little.
    """
    ours = after.ours_s - before.ours_s + sum(used(before, after).values())
    available = (after.taken_at - before.taken_at) * (os.cpu_count() or 1)
    return max(0.0, after.machine_s - before.machine_s - ours) / available


def _machine_s() -> float:
    user, nice, system, _idle, _waiting, interrupts, soft_interrupts = (
        int(ticks) for ticks in Path("/proc/stat").read_text().split()[1:8]
    )
    return (user + nice + system + interrupts + soft_interrupts) / _TICKS_PER_S


def _used_by_group(before: Snapshot, after: Snapshot) -> float:
    total = 0.0
    for pid, process in after.items():
        earlier = before.get(pid)
        is_same = earlier is not None and earlier.started_tick == process.started_tick
        total += process.own_s + process.reaped_s
        total -= earlier.own_s + earlier.reaped_s if earlier and is_same else 0.0
    # What ended meanwhile is now in its parent's reaped time, with what it had used before the first reading.
    for pid, process in before.items():
        if pid not in after and process.parent in after:
            total -= process.own_s + process.reaped_s
    return total
