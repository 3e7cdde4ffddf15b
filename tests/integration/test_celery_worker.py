"""A service's worker is a stock Celery worker: what operators do with one works, and it leaves nothing behind."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from kombu import Consumer

from common.rpc.celery_client import CeleryBus
from common.rpc.celery_server import make_app
from common.rpc.context import of_system
from common.rpc.interface import client
from common.settings import Broker
from tests.contract.example import ExampleService, Line
from tests.integration.quorum_app import DIARY_VARIABLE, QUEUE
from tests.servers import CeleryWorker, RabbitNode, broker_environment, wait_until
from tests.services import signer

SECRET = "a name that no log may show"


@pytest.fixture
def vhost(rabbit_node: RabbitNode) -> Broker:
    """A virtual host of this test alone."""
    return rabbit_node.new_vhost()


@pytest.fixture
def diary(tmp_path: Path) -> Path:
    return tmp_path / "diary"


@pytest.fixture
def worker(vhost: Broker, diary: Path, server_folder: Path) -> Iterator[CeleryWorker]:
    environment = {**broker_environment(vhost), DIARY_VARIABLE: str(diary)}
    worker = CeleryWorker("tests.integration.quorum_app", environment, server_folder)
    yield worker
    worker.kill()


@pytest.fixture
def example(vhost: Broker) -> Iterator[ExampleService]:
    bus = CeleryBus(vhost, signer)
    yield client(ExampleService, bus)
    bus.close()


def rows(node: RabbitNode, broker: Broker, *words: str) -> set[str]:
    """Return the first column of one of rabbitmqctl's lists."""
    lines = node.control("--vhost", broker.vhost, *words).splitlines()[1:]
    return {line.split("\t")[0] for line in lines}


def test_it_consumes_calls_and_messages_and_declares_no_delay_queues(
    worker: CeleryWorker, example: ExampleService, vhost: Broker, diary: Path, rabbit_node: RabbitNode
) -> None:
    sender = make_app("sender", vhost)
    sender.send_task("example.on_something", ("arrived",), exchange="messages", routing_key="x", retry=False)
    sender.close()
    wait_until(lambda: "arrived" in diary.read_text(), "the message is consumed")
    assert example.echo(of_system("test", 10), Line("a")).text == "a"
    assert {QUEUE, "example"} <= rows(rabbit_node, vhost, "list_queues", "name")
    declared = rows(rabbit_node, vhost, "list_queues", "name") | rows(rabbit_node, vhost, "list_exchanges", "name")
    assert not [name for name in declared if "delayed" in name]


def test_every_process_of_the_pool_runs_the_hook_after_its_fork(worker: CeleryWorker, diary: Path) -> None:
    wait_until(lambda: diary.exists() and len(set(diary.read_text().splitlines())) == 2, "both processes ran the hook")
    assert str(worker.pid) not in diary.read_text()


def test_the_calls_queue_is_bounded_refuses_when_full_and_expires(
    worker: CeleryWorker, vhost: Broker, rabbit_node: RabbitNode
) -> None:
    listed = rabbit_node.control("--vhost", vhost.vhost, "list_queues", "name", "type", "arguments").splitlines()
    (calls,) = [line for line in listed if line.startswith("example\t")]
    assert "classic" in calls
    for argument in ('"x-max-length",1000', '"x-overflow","reject-publish"', '"x-expires",60000'):
        assert argument in calls.replace(" ", "")


def test_remote_control_answers(worker: CeleryWorker, vhost: Broker) -> None:
    app = make_app("operator", vhost)
    (answers,) = app.control.inspect(timeout=5, limit=1).registered().values()
    app.close()
    assert "example.echo" in answers


def test_logs_and_events_tell_of_a_call_but_not_its_content(
    worker: CeleryWorker, example: ExampleService, vhost: Broker
) -> None:
    app = make_app("operator", vhost)
    app.control.enable_events(reply=True, timeout=5, limit=1)
    seen: list[dict[str, object]] = []
    with app.connection_for_read() as connection, connection.channel() as channel:
        receiver = app.events.Receiver(channel, handlers={"*": seen.append})
        with receiver.get_consumers(partial(Consumer, channel), channel)[0]:
            example.echo(of_system("test", 10), Line(SECRET))
            while not any(event["type"] == "task-succeeded" for event in seen):
                connection.drain_events(timeout=10)
    app.close()
    assert SECRET not in worker.output.read_text()
    assert SECRET not in str(seen)
    assert "example.echo" in str(seen)
