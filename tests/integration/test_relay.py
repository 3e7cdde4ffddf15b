"""From an outbox into RabbitMQ: what is not known to be in a queue stays unsent, and the relay never hangs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import amqp
import pytest

from common import dead_letters, relay, topology
from common.database import Database
from common.relay import Progress
from common.relay_to_rabbitmq import RabbitSender, connect
from common.settings import Broker
from tests import databases
from tests.messaging import expense_recorded, make_outbox, publish, unsent
from tests.servers import RabbitNode, wait_until

QUEUE = topology.message_queue("stats")
CONFIRM_TIMEOUT_S = 1.0


@pytest.fixture
def vhost(rabbit_node: RabbitNode) -> Iterator[Broker]:
    """A virtual host of this test alone."""
    broker = rabbit_node.new_vhost()
    yield broker
    rabbit_node.control("delete_vhost", broker.vhost)


@pytest.fixture
def own() -> Iterator[Database]:
    """A database with an outbox."""
    with databases.empty_database() as url:
        database = Database(url)
        make_outbox(database)
        yield database
        database.close()


@pytest.fixture
def sender(vhost: Broker) -> Iterator[RabbitSender]:
    """The relay's way to RabbitMQ."""
    sender = RabbitSender(vhost, CONFIRM_TIMEOUT_S)
    yield sender
    sender.close()


def test_messages_are_in_the_queue_before_any_subscriber_was_there(
    own: Database, vhost: Broker, sender: RabbitSender
) -> None:
    """Red when only the worker declares its queue and the binding: they would be lost."""
    publish(own, *(expense_recorded() for _ in range(3)))
    assert relay.send_batch(own, sender) is Progress.EMPTIED
    assert (unsent(own), len(_drained(vhost))) == (0, 3)


def test_a_message_is_a_task_of_its_kind_with_its_own_id(own: Database, vhost: Broker, sender: RabbitSender) -> None:
    """A stock worker runs it; the id is what the inbox notes."""
    publish(own, expense_recorded("Lunch"))
    relay.send_batch(own, sender)
    (message,) = _drained(vhost)
    assert message.headers["task"] == "ExpenseRecorded"
    assert message.headers["id"] == message.properties["correlation_id"]
    assert message.properties["delivery_mode"] == 2
    assert "Lunch" in message.body


@pytest.mark.parametrize(("count", "size"), [(3, 10), (150, 200_000)])
def test_without_a_confirm_a_message_stays_unsent(
    own: Database, vhost: Broker, sender: RabbitSender, rabbit_node: RabbitNode, count: int, size: int
) -> None:
    """RabbitMQ in memory alarm reads nothing: red without confirms, which forgets, and without timeout, which hangs.

    Few messages fit into the buffers of the connection and lack only their confirm, many block in the sending.
    """
    publish(own, expense_recorded())
    assert relay.send_batch(own, sender) is Progress.EMPTIED
    _drained(vhost)
    rabbit_node.control("set_vm_memory_high_watermark", "0.000001")
    try:
        publish(own, *(expense_recorded("x" * size) for _ in range(count)))
        outcomes: list[Progress] = []
        thread = threading.Thread(target=lambda: outcomes.append(relay.send_batch(own, sender)))
        thread.start()
        thread.join(20 * CONFIRM_TIMEOUT_S)
        assert outcomes == [Progress.STUCK]
        assert unsent(own) == count
    finally:
        rabbit_node.control("set_vm_memory_high_watermark", "0.9")
        thread.join()
    wait_until(lambda: relay.send_batch(own, sender) is Progress.EMPTIED, "the relay goes on after the alarm")
    assert len({message.headers["id"] for message in _drained(vhost)}) == count


def test_a_message_that_no_queue_takes_stays_unsent_until_one_does(
    own: Database, vhost: Broker, sender: RabbitSender
) -> None:
    """Somebody deleted the queue: red without `mandatory`, and without declaring again."""
    publish(own, expense_recorded())
    relay.send_batch(own, sender)
    with _channel(vhost) as channel:
        channel.queue_delete(QUEUE)
    publish(own, expense_recorded())
    assert relay.send_batch(own, sender) is Progress.STUCK
    assert unsent(own) == 1
    assert relay.send_batch(own, sender) is Progress.EMPTIED
    assert len(_drained(vhost)) == 1


def test_a_message_that_a_full_queue_refuses_stays_unsent(
    own: Database, vhost: Broker, sender: RabbitSender, rabbit_node: RabbitNode
) -> None:
    """Red when a negative confirm counts as one."""
    publish(own, expense_recorded())
    relay.send_batch(own, sender)
    rabbit_node.control(
        "set_policy", "--vhost", vhost.vhost, "small", ".*", '{"max-length": 1}', "--apply-to", "queues"
    )
    published = 1

    def refuses_one_more() -> bool:
        nonlocal published
        published += 1
        publish(own, expense_recorded())
        return relay.send_batch(own, sender) is Progress.STUCK

    wait_until(refuses_one_more, "the queue is full")
    assert unsent(own) == 1
    rabbit_node.control("clear_policy", "--vhost", vhost.vhost, "small")
    wait_until(lambda: relay.send_batch(own, sender) is Progress.EMPTIED, "the queue takes messages again")
    assert len({message.headers["id"] for message in _drained(vhost)}) == published


def test_a_restarted_broker_is_found_again_and_has_kept_what_it_confirmed(
    own: Database, vhost: Broker, sender: RabbitSender, rabbit_node: RabbitNode
) -> None:
    """Red when the relay gives up, when queues or messages are not durable, or when the connection is not made anew."""
    publish(own, *(expense_recorded() for _ in range(10)))
    assert relay.send_batch(own, sender) is Progress.EMPTIED
    publish(own, *(expense_recorded() for _ in range(10)))
    rabbit_node.kill()
    try:
        assert relay.send_batch(own, sender) is Progress.STUCK
        assert unsent(own) == 10
    finally:
        rabbit_node.start()
    wait_until(lambda: relay.send_batch(own, sender) is Progress.EMPTIED, "the relay has found the broker again")
    wait_until(lambda: _depth(vhost) == 20, "the queue is back with everything in it")


def test_nothing_is_lost_when_the_broker_is_killed_amid_the_sending(
    own: Database, vhost: Broker, sender: RabbitSender, rabbit_node: RabbitNode
) -> None:
    """Red without confirms: what was in RabbitMQ's hands, but not yet in its files, would be forgotten here."""
    total, stop = 3000, threading.Event()
    publish(own, *(expense_recorded() for _ in range(total)))
    thread = threading.Thread(target=relay.run, args=(own, sender, stop))
    thread.start()
    wait_until(lambda: unsent(own) < total, "the relay is at work")
    rabbit_node.kill()
    assert unsent(own) > 0, "it was killed too late to prove anything"
    rabbit_node.start()
    wait_until(lambda: unsent(own) == 0, "the relay has sent the rest")
    stop.set()
    thread.join()
    assert len({message.headers["id"] for message in _drained(vhost)}) == total


def test_the_relay_ends_soon_while_the_broker_is_away(own: Database) -> None:
    """Red when it waits for the broker without looking at the stop."""
    stop = threading.Event()
    nowhere = RabbitSender(Broker("127.0.0.1", 1, "guest", "guest", "/"))
    publish(own, expense_recorded())
    thread = threading.Thread(target=relay.run, args=(own, nowhere, stop, 0.01))
    thread.start()
    thread.join(0.5)
    stop.set()
    thread.join(5)
    assert not thread.is_alive()
    assert unsent(own) == 1


def test_dead_letters_of_an_unused_broker_are_none(vhost: Broker) -> None:
    """Looking before anything was ever sent is no error."""
    assert dead_letters.list_dead(vhost, "stats") == []
    assert dead_letters.replay_dead(vhost, "stats") == []


@contextmanager
def _channel(broker: Broker) -> Iterator[amqp.Channel]:
    with connect(broker, 5) as connection, connection.channel() as channel:
        yield channel


def _depth(broker: Broker) -> int:
    with _channel(broker) as channel:
        return int(channel.queue_declare(QUEUE, passive=True).message_count)


def _drained(broker: Broker) -> list[amqp.Message]:
    with _channel(broker) as channel:
        return list(iter(lambda: channel.basic_get(QUEUE, no_ack=True), None))
