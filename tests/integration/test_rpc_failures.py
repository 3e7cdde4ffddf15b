"""What callers learn when something between them and the service breaks: always an answer, always a true one."""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import amqp
import pytest

from common.errors import OutcomeUnknown, QuitsError, Unavailable
from common.rpc.celery_client import CeleryBus
from common.rpc.context import Context, ContextRefused, Signer, of_system
from common.rpc.interface import Bus, Call, Reply, ServiceFailed, client
from common.settings import Broker
from tests.contract.example import ExampleService, Failure, Line, Nap, make_example
from tests.servers import CeleryWorker, RabbitNode, wait_until
from tests.services import signer, worker_of

QUEUE = ExampleService.service
MAX_QUEUE_LENGTH = 1_000
StartWorker = Callable[..., CeleryWorker]


def asking(timeout_s: float = 10.0) -> Context:
    """The context of a system's part with `timeout_s` left."""
    return of_system("test", timeout_s)


@pytest.fixture
def vhost(rabbit_node: RabbitNode) -> Broker:
    """A virtual host of this test alone."""
    return rabbit_node.new_vhost()


@pytest.fixture
def bus(vhost: Broker) -> Iterator[CeleryBus]:
    """A caller's end."""
    bus = CeleryBus(vhost, signer)
    yield bus
    bus.close()


@pytest.fixture
def start_worker(vhost: Broker, server_folder: Path) -> Iterator[StartWorker]:
    """A function that starts a worker of the example service; the test's end kills them all."""
    workers: list[CeleryWorker] = []

    def start(concurrency: int = 2) -> CeleryWorker:
        workers.append(worker_of(make_example, vhost, server_folder, concurrency))
        return workers[-1]

    yield start
    for worker in workers:
        worker.kill()


def example(bus: Bus) -> ExampleService:
    """The service behind `bus`."""
    return client(ExampleService, bus)


def publish(broker: Broker, count: int) -> None:
    """Put messages that nobody understands into the service's queue."""
    with amqp.Connection(f"{broker.host}:{broker.port}", "guest", "guest", virtual_host=broker.vhost) as connection:
        channel = connection.channel()
        channel.confirm_select()
        for _ in range(count):
            channel.basic_publish(amqp.Message(b"{}"), "", QUEUE)
        channel.queue_declare(QUEUE, passive=True)


def killed_by_name(diary: Path) -> int:
    """Wait until a task has written its process id into `diary`, kill that process's whole worker; return its group."""
    wait_until(lambda: diary.exists() and diary.read_text().endswith("\n"), "the task runs")
    group = os.getpgid(int(diary.read_text().splitlines()[0]))
    os.killpg(group, signal.SIGKILL)
    return group


def test_no_worker_answers_unavailable(bus: CeleryBus) -> None:
    with pytest.raises(Unavailable):
        example(bus).echo(asking(), Line("a"))


def test_a_full_queue_answers_unavailable(bus: CeleryBus, vhost: Broker, start_worker: StartWorker) -> None:
    assert start_worker().terminate() == 0
    publish(vhost, MAX_QUEUE_LENGTH)
    with pytest.raises(Unavailable):
        example(bus).sleep(asking(), Nap(0))


def test_a_queue_with_room_for_one_takes_one(bus: CeleryBus, vhost: Broker, start_worker: StartWorker) -> None:
    assert start_worker().terminate() == 0
    publish(vhost, MAX_QUEUE_LENGTH - 1)
    calls = [Call(ExampleService.operations["sleep"], asking(1), Nap(0)) for _ in range(3)]
    assert sorted(type(outcome).__name__ for outcome in bus.gather(calls)) == [
        "OutcomeUnknown", "Unavailable", "Unavailable",
    ]  # fmt: skip


def test_a_read_is_answered_by_another_worker_when_its_own_is_killed(
    bus: CeleryBus, start_worker: StartWorker, tmp_path: Path
) -> None:
    workers = [start_worker(1), start_worker(1)]
    diary = tmp_path / "diary"
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(example(bus).doze, asking(30), Nap(60, str(diary), only_once=True))
        killed_by_name(diary)
        assert answer.result(25) is None
    wait_until(lambda: sorted(worker.is_alive() for worker in workers) == [False, True], "one worker is dead")
    assert len(diary.read_text().splitlines()) == 2


def test_a_write_is_not_repeated_when_its_worker_is_killed(
    bus: CeleryBus, start_worker: StartWorker, tmp_path: Path
) -> None:
    start_worker(1)
    start_worker(1)
    diary = tmp_path / "diary"
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(example(bus).sleep, asking(), Nap(60, str(diary)))
        killed_by_name(diary)
        with pytest.raises(OutcomeUnknown):
            answer.result(25)
    assert len(diary.read_text().splitlines()) == 1


def test_a_write_that_kills_its_process_is_answered_at_once_and_the_worker_goes_on(
    bus: CeleryBus, start_worker: StartWorker, tmp_path: Path
) -> None:
    worker = start_worker(1)
    diary = tmp_path / "diary"
    began = time.monotonic()
    with pytest.raises(OutcomeUnknown):
        example(bus).die_writing(asking(60), Nap(0, str(diary)))
    assert time.monotonic() - began < ExampleService.operations["die_writing"].timeout_s
    assert example(bus).echo(asking(), Line("still here")).text == "still here"
    assert worker.is_alive()
    assert len(diary.read_text().splitlines()) == 1


def test_a_read_whose_process_died_is_sent_once_more(bus: CeleryBus, start_worker: StartWorker, tmp_path: Path) -> None:
    start_worker(1)
    diary = tmp_path / "diary"
    assert example(bus).die(asking(), Nap(0, str(diary), only_once=True)) is None
    assert len(diary.read_text().splitlines()) == 2


def test_a_read_that_always_kills_its_process_is_given_up_after_the_second_time(
    bus: CeleryBus, start_worker: StartWorker, tmp_path: Path
) -> None:
    start_worker(1)
    diary = tmp_path / "diary"
    began = time.monotonic()
    with pytest.raises(OutcomeUnknown):
        example(bus).die(asking(60), Nap(0, str(diary)))
    assert time.monotonic() - began < ExampleService.operations["die"].timeout_s
    assert len(diary.read_text().splitlines()) == 2


def test_a_bug_in_the_service_says_nothing_but_where_it_is(bus: CeleryBus, start_worker: StartWorker) -> None:
    start_worker()
    with pytest.raises(ServiceFailed) as caught:
        example(bus).fail(asking(), Failure("Bug"))
    assert str(caught.value) == "example.fail failed with ZeroDivisionError"


def test_an_expired_call_is_never_run(bus: CeleryBus, start_worker: StartWorker, tmp_path: Path) -> None:
    start_worker(1)
    diary = tmp_path / "diary"
    with ThreadPoolExecutor(1) as pool:
        busy = pool.submit(example(bus).sleep, asking(), Nap(1.5))
        time.sleep(0.2)
        with pytest.raises(OutcomeUnknown):
            example(bus).sleep(asking(0.5), Nap(0, str(diary)))
        busy.result()
    # The worker takes calls in their order: when it answers this one, it has passed the expired one.
    example(bus).echo(asking(), Line("a"))
    assert not diary.exists()


def test_a_late_reply_is_not_taken_for_the_next_answer(vhost: Broker, start_worker: StartWorker) -> None:
    """With one process the late reply comes while the next call, on the same channel, waits for its own."""
    start_worker(1)
    bus = CeleryBus(vhost, signer, pool_size=1)
    with pytest.raises(OutcomeUnknown):
        example(bus).doze(asking(0.3), Nap(0.8))
    assert example(bus).echo(asking(), Line("own")).text == "own"
    bus.close()


def test_a_forged_context_is_refused(vhost: Broker, start_worker: StartWorker) -> None:
    start_worker()
    forger = CeleryBus(vhost, Signer("another key"))
    with pytest.raises(ContextRefused):
        example(forger).echo(asking(), Line("a"))
    forger.close()


def test_an_old_context_is_refused(vhost: Broker, start_worker: StartWorker) -> None:
    start_worker()

    class OldSigner(Signer):
        def sign(self, context: Context, task: str) -> str:
            return super().sign(replace(context, issued_at=context.issued_at - 600), task)

    late = CeleryBus(vhost, OldSigner("a key that only tests know"))
    with pytest.raises(ContextRefused):
        example(late).echo(asking(), Line("a"))
    late.close()


def test_sixteen_threads_get_their_own_answers(bus: CeleryBus, start_worker: StartWorker) -> None:
    start_worker()

    def chat(thread: int) -> list[str]:
        return [example(bus).echo(asking(30), Line(f"{thread}/{number}")).text for number in range(25)]

    with ThreadPoolExecutor(16) as pool:
        spoken = list(pool.map(chat, range(16)))
    assert spoken == [[f"{thread}/{number}" for number in range(25)] for thread in range(16)]


def test_more_threads_than_channels_wait_for_one_or_learn_that_nothing_was_done(
    vhost: Broker, start_worker: StartWorker
) -> None:
    start_worker()
    bus = CeleryBus(vhost, signer, pool_size=1)
    with ThreadPoolExecutor(1) as pool:
        busy = pool.submit(example(bus).doze, asking(), Nap(1))
        time.sleep(0.2)
        with pytest.raises(Unavailable):
            example(bus).echo(asking(0.2), Line("a"))
        assert example(bus).echo(asking(), Line("a")).text == "a"
        busy.result()
    bus.close()


def test_sigterm_lets_the_work_end_and_exits_with_zero(
    bus: CeleryBus, start_worker: StartWorker, tmp_path: Path
) -> None:
    worker = start_worker(1)
    diary = tmp_path / "diary"
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(example(bus).sleep, asking(), Nap(1, str(diary)))
        wait_until(diary.exists, "the task runs")
        assert worker.terminate() == 0
        assert answer.result() is None


def test_a_broker_that_accepts_but_says_nothing_hangs_nobody() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        bus = CeleryBus(Broker("127.0.0.1", silent.getsockname()[1], "guest", "guest", "/"), signer)
        with pytest.raises(Unavailable):
            example(bus).echo(asking(), Line("a"))


def test_a_broker_that_is_not_there_answers_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    bus = CeleryBus(Broker("127.0.0.1", port, "guest", "guest", "/"), signer)
    with pytest.raises(Unavailable):
        example(bus).echo(asking(), Line("a"))


def test_a_broker_out_of_memory_hangs_nobody(
    bus: CeleryBus, start_worker: StartWorker, rabbit_node: RabbitNode
) -> None:
    start_worker()
    example(bus).echo(asking(), Line("a"))
    rabbit_node.control("set_vm_memory_high_watermark", "0")
    try:
        outcomes = [_outcome(bus, timeout_s=1) for _ in range(4)]
    finally:
        rabbit_node.control("set_vm_memory_high_watermark", "0.4")
    assert not any(isinstance(outcome, Reply) for outcome in outcomes)
    assert any(type(outcome) is Unavailable for outcome in outcomes)
    assert isinstance(_outcome(bus, timeout_s=20), Reply)


def _outcome(bus: CeleryBus, timeout_s: float = 5) -> Reply | QuitsError:
    (outcome,) = bus.gather([Call(ExampleService.operations["echo"], asking(timeout_s), Line("a"))])
    return outcome


def test_after_a_restart_of_the_broker_in_mid_load_the_same_callers_get_answers(
    bus: CeleryBus, start_worker: StartWorker, rabbit_node: RabbitNode
) -> None:
    start_worker()
    is_over = threading.Event()
    unexpected: list[object] = []

    def load() -> None:
        while not is_over.is_set():
            began = time.monotonic()
            outcome = _outcome(bus, timeout_s=3)
            took_s = time.monotonic() - began
            if took_s > 6 or not isinstance(outcome, Reply | Unavailable | OutcomeUnknown):
                unexpected.append((outcome, took_s))

    with ThreadPoolExecutor(4) as pool:
        threads = [pool.submit(load) for _ in range(4)]
        try:
            time.sleep(0.5)
            rabbit_node.kill()
            assert isinstance(_outcome(bus, timeout_s=1), Unavailable)
            rabbit_node.start()
            wait_until(lambda: isinstance(_outcome(bus, timeout_s=2), Reply), "answers again", timeout_s=10)
        finally:
            is_over.set()
        for thread in threads:
            thread.result()
    assert unexpected == []
    assert isinstance(_outcome(bus), Reply)
