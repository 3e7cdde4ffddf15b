"""A client process with a fixed number of calling threads, as a gateway has them, driven over a pipe.

It lives as long as the comparison, so that connections are open and warm when a measurement begins.
"""

import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe

# Opens what one thread calls with, given the broker's URL: a function that makes one call and waits for the answer.
OpenCaller = Callable[[str], Callable[[], object]]

_processes = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Burst:
    """What the threads did together in one measurement; sorted latencies in seconds."""

    elapsed_s: float
    latencies: list[float]


class CallersFailed(Exception):
    """The client process ended because a call failed."""


@dataclass(frozen=True)
class Callers:
    """The running client process, from outside."""

    pid: int
    pipe: Pipe

    def burst(self, seconds: float) -> Burst:
        """Let every thread call without a pause for `seconds`; raises CallersFailed when a call fails."""
        self.pipe.send(seconds)
        try:
            burst: Burst = self.pipe.recv()
        except EOFError:
            raise CallersFailed("a call failed: its stack is above") from None
        return burst


@contextmanager
def running(open_caller: OpenCaller, broker_url: str, threads: int) -> Iterator[Callers]:
    """Give a client process that ends with the block."""
    mine, theirs = _processes.Pipe()
    process = _processes.Process(target=_serve, args=(theirs, open_caller, broker_url, threads), daemon=True)
    process.start()
    theirs.close()
    assert process.pid is not None
    try:
        yield Callers(process.pid, mine)
    finally:
        mine.close()
        process.join(10)
        process.kill()


def _serve(pipe: Pipe, open_caller: OpenCaller, broker_url: str, threads: int) -> None:
    own = threading.local()
    # With the barrier no thread can take two of the jobs: each of them is one client.
    together = threading.Barrier(threads)

    def work(seconds: float) -> list[float]:
        if not hasattr(own, "call"):
            own.call = open_caller(broker_url)
        together.wait(60)
        return _repeat(own.call, seconds)

    with ThreadPoolExecutor(threads) as pool:
        while (seconds := _next_order(pipe)) is not None:
            began = time.monotonic()
            latencies = sorted(latency for part in pool.map(work, [seconds] * threads) for latency in part)
            pipe.send(Burst(time.monotonic() - began, latencies))


def _next_order(pipe: Pipe) -> float | None:
    try:
        seconds: float = pipe.recv()
    except EOFError:
        return None
    return seconds


def _repeat(call: Callable[[], object], seconds: float) -> list[float]:
    latencies = []
    now = time.monotonic()
    deadline = now + seconds
    while now < deadline:
        began = now
        call()
        now = time.monotonic()
        latencies.append(now - began)
    return latencies
