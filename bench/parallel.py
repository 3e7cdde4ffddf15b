"""Do the same work in several forked processes and collect what each returns."""

import multiprocessing
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import TypeVar

from bench.progress import say

Item = TypeVar("Item")
Result = TypeVar("Result")

processes = multiprocessing.get_context("fork")


class WorkerDied(Exception):
    """A worker ended without a result; its stack is on the standard error output."""


def fork_join(count: int, work: Callable[[int], Result]) -> list[Result]:
    """Return what `work(0)` … `work(count - 1)` return, each run in its own process; raises WorkerDied."""
    pipes: list[Connection] = []
    workers = []
    for number in range(count):
        mine, theirs = processes.Pipe(duplex=False)
        worker = processes.Process(target=_work_and_send, args=(theirs, work, number), daemon=True)
        worker.start()
        theirs.close()
        pipes.append(mine)
        workers.append(worker)
    try:
        return [pipe.recv() for pipe in pipes]
    except EOFError:
        raise WorkerDied from None
    finally:
        for worker in workers:
            worker.join()


def _work_and_send(pipe: Connection, work: Callable[[int], Result], number: int) -> None:
    pipe.send(work(number))


def deal(items: Sequence[Item], hands: int) -> list[Sequence[Item]]:
    """Return `items` dealt out in turn to `hands` hands."""
    return [items[hand::hands] for hand in range(hands)]


class Counter:
    """Counts what several processes have done together and says so every few seconds' worth."""

    def __init__(self, title: str, total: int) -> None:
        self._title = title
        self._total = total
        self._every = max(1, total // 8)
        self._done = processes.Value("q", 0)

    def add(self, count: int = 1) -> None:
        """Note that `count` more are done."""
        with self._done:
            before = self._done.value
            self._done.value = before + count
        if before // self._every != (before + count) // self._every:
            say(f"{self._title}: {before + count}/{self._total}")
