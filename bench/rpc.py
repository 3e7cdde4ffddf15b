"""A call that does nothing, over RabbitMQ: Quits beside stock Celery and beside bare py-amqp."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from bench import broker, callers, cpu, launch, measure, report, rpc_noop_service
from bench.peers import celery_noop, raw_amqp
from bench.progress import say, show

FIGURES = ("per_s", "p50_ms", "p95_ms", "cpu_ms", "cpu_ms.client", "cpu_ms.worker", "cpu_ms.broker", "elsewhere")


@dataclass(frozen=True)
class Way:
    """One way to call: the command of its server, given the broker's URL and the number of workers, and its caller."""

    name: str
    server: Callable[[str, int], Sequence[str]]
    open_caller: callers.OpenCaller


def _celery(module: str) -> Callable[[str, int], Sequence[str]]:
    return lambda _, workers: [
        sys.executable, "-m", "celery", "-A", module, "worker", "--pool", "prefork",
        "--concurrency", str(workers), "--loglevel", "WARNING",
    ]  # fmt: skip


def _echo(broker_url: str, workers: int) -> Sequence[str]:
    return [sys.executable, "-m", "bench.peers.raw_amqp", broker_url, str(workers)]


BASELINE = "celery rpc://"
WAYS = (
    Way(BASELINE, _celery("bench.peers.celery_noop"), celery_noop.open_caller),
    Way("quits", _celery("bench.rpc_noop_service"), rpc_noop_service.open_caller),
    Way("raw py-amqp", _echo, raw_amqp.open_caller),
)


def compare(threads: Sequence[int], seconds: float, rounds: int, workers: int | None = None) -> None:
    """Measure every way with each number of client threads and as many workers, unless `workers` says how many.

    Prints a table per number of threads and saves all rounds.
    """
    outcomes = [_compare_with(count, workers or count, seconds, rounds) for count in threads]
    for outcome in outcomes:
        show(report.table(outcome, FIGURES, BASELINE) + "\n")
    conditions = {"threads": list(threads), "workers": workers, "seconds": seconds, "rounds": rounds}
    say(f"saved {report.save('rpc', outcomes, conditions)}")


def _compare_with(threads: int, workers: int, seconds: float, rounds: int) -> measure.Outcome:
    title = f"no-op call, {threads} threads, {workers} workers"
    with ExitStack() as stack:
        contenders = [stack.enter_context(_contender(way, threads, workers, seconds)) for way in WAYS]
        return measure.take_turns(title, contenders, rounds)


@contextmanager
def _contender(way: Way, threads: int, workers: int, seconds: float) -> Iterator[measure.Contender]:
    with broker.virtual_host() as url, callers.running(way.open_caller, url, threads) as clients:
        environment = {celery_noop.BROKER_VARIABLE: url}
        name = way.name.partition(" ")[0] + "-worker"
        with launch.started(name, way.server(url, workers), lambda: True, environment) as server_pid:
            # The first call waits in the queue until the server is there.
            clients.burst(0.01)
            groups = {
                "client": cpu.application(clients.pid),
                "worker": cpu.application(server_pid),
                "broker": cpu.named("beam.smp"),
            }
            yield measure.Contender(way.name, lambda: _measure(clients, cpu.Meter(groups), seconds))


def _measure(clients: callers.Callers, meter: cpu.Meter, seconds: float) -> dict[str, float]:
    before = meter.read()
    burst = clients.burst(seconds)
    after = meter.read()
    used = cpu.used(before, after)
    calls = len(burst.latencies)
    return {
        "per_s": calls / burst.elapsed_s,
        "p50_ms": 1000 * measure.percentile(burst.latencies, 0.5),
        "p95_ms": 1000 * measure.percentile(burst.latencies, 0.95),
        "cpu_ms": 1000 * sum(used.values()) / calls,
        **{f"cpu_ms.{group}": 1000 * spent / calls for group, spent in used.items()},
        "calls": calls,
        "elsewhere": cpu.elsewhere(before, after),
    }
