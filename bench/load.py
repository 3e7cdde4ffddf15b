"""HTTP load: client processes with a connection each, who repeat a step for some seconds; what it cost the server.

The clients are processes, not threads, so that they do not wait for one another's interpreter.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.synchronize import Barrier

from bench import cpu, measure, parallel
from bench.connection import Connection, UnexpectedAnswer
from bench.progress import say

Step = Callable[[Connection, int], object]


@dataclass(frozen=True)
class Server:
    """A server under load: its address, and the processor time of its processes by group."""

    host: str
    port: int
    meter: cpu.Meter

    def connect(self) -> Connection:
        """Return a new connection to it."""
        return Connection(self.host, self.port)


@dataclass
class Tally:
    """What one client saw; latencies in seconds, times by the monotonic clock."""

    began_at: float
    ended_at: float = 0.0
    latencies: list[float] = field(default_factory=list)
    errors: int = 0
    first_error: str = ""


class LoadFailed(Exception):
    """So many steps failed that the figures would say nothing."""


def run(server: Server, step: Step, clients: int, seconds: float, most_steps: int | None = None) -> dict[str, float]:
    """Repeat `step` by `clients` processes until `seconds` are over or they did `most_steps` together.

    `step` gets its client's connection and a number that no other step of this run gets. Returns `per_s`, `p50_ms`,
    `p95_ms`, `steps`, `errors`, the server's `cpu_ms` per step in all and `cpu_ms.<group>`, and the share of
    the machine that was busy `elsewhere`. Raises LoadFailed when more than a step in ten fails.
    """
    start = parallel.processes.Barrier(clients)

    def work(client: int) -> Tally:
        numbers = range(client, 1 << 60 if most_steps is None else most_steps, clients)
        return _repeat(server.connect(), start, step, numbers, seconds)

    before = server.meter.read()
    tallies = parallel.fork_join(clients, work)
    after = calm(server.meter)
    return {**_figures(tallies, cpu.used(before, after)), "elsewhere": cpu.elsewhere(before, after)}


def _repeat(connection: Connection, start: Barrier, step: Step, numbers: range, seconds: float) -> Tally:
    start.wait()
    tally = Tally(began_at=time.monotonic())
    for number in numbers:
        began = time.monotonic()
        if began >= tally.began_at + seconds:
            break
        try:
            step(connection, number)
        except (UnexpectedAnswer, OSError) as error:
            tally.errors += 1
            tally.first_error = tally.first_error or str(error)
        tally.latencies.append(time.monotonic() - began)
    tally.ended_at = time.monotonic()
    connection.close()
    return tally


def _figures(tallies: Sequence[Tally], used: Mapping[str, float]) -> dict[str, float]:
    latencies = sorted(latency for tally in tallies for latency in tally.latencies)
    errors = sum(tally.errors for tally in tallies)
    if errors * 10 > len(latencies):
        raise LoadFailed(next(tally.first_error for tally in tallies if tally.first_error))
    steps = len(latencies)
    elapsed = max(tally.ended_at for tally in tallies) - min(tally.began_at for tally in tallies)
    return {
        "per_s": steps / elapsed,
        "p50_ms": 1000 * measure.percentile(latencies, 0.5),
        "p95_ms": 1000 * measure.percentile(latencies, 0.95),
        "cpu_ms": 1000 * sum(used.values()) / steps,
        **{f"cpu_ms.{group}": 1000 * seconds / steps for group, seconds in used.items()},
        "steps": steps,
        "errors": errors,
    }


def calm(meter: cpu.Meter, pause_s: float = 0.2, limit_s: float = 20) -> cpu.Reading:
    """Return a reading of `meter` once its processes have nearly nothing left to do, or after `limit_s`.

    What a request sets going (a relay, subscribers) is part of what it costs.
    """
    deadline = time.monotonic() + limit_s
    before = meter.read()
    while time.monotonic() < deadline:
        time.sleep(pause_s)
        after = meter.read()
        if sum(cpu.used(before, after).values()) <= 0.15 * pause_s:
            return after
        before = after
    say(f"the server is still busy {limit_s:.0f} s after the load")
    return before
