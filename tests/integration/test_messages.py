"""From an outbox through relay, RabbitMQ and a stock worker into a subscriber: each message has exactly one effect."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from common import dead_letters, topology
from common.database import Database
from common.relay_to_rabbitmq import connect
from common.settings import Broker
from tests import databases
from tests.messaging import expense_recorded, make_outbox, publish, scalar, unsent
from tests.servers import CeleryWorker, Process, RabbitNode, broker_environment, wait_until

COUNTED = "SELECT sum(count) FROM message_counts"


@dataclass
class Stage:
    """A publisher's and a subscriber's database, a broker between them, and processes that a test starts and kills."""

    broker: Broker
    publisher: Database
    stats: Database
    folder: Path
    processes: list[Process]

    def start_worker(self) -> CeleryWorker:
        """Start the subscriber."""
        url = make_url(self.stats_url)
        environment = {
            **broker_environment(self.broker),
            "QUITS_TEST_FOLDER": str(self.folder),
            "SECRET_KEY": "x" * 32,
            "STATS_POSTGRES_HOST": url.host or "",
            "STATS_POSTGRES_PORT": str(url.port or 5432),
            "STATS_POSTGRES_USER": url.username or "",
            "STATS_POSTGRES_PASSWORD": url.password or "none",
            "STATS_POSTGRES_DB": url.database or "",
        }
        worker = CeleryWorker("tests.stats_app", environment, self.folder)
        self.processes.append(worker)
        return worker

    def start_relay(self, *arguments: str) -> Process:
        """Start a relay of the publisher's outbox."""
        url = self.publisher.engine.url.render_as_string(hide_password=False)
        command = [sys.executable, "-m", "tests.relay_process", url, *arguments]
        relay = Process(command, broker_environment(self.broker), self.folder / "relay.log")
        self.processes.append(relay)
        return relay

    @property
    def stats_url(self) -> str:
        """Where the subscriber's database is."""
        return self.stats.engine.url.render_as_string(hide_password=False)

    def counted(self) -> int:
        """Return how many messages had their effect."""
        return scalar(self.stats, COUNTED)

    def dead(self) -> list[dead_letters.DeadLetter]:
        """Return the messages that were given up."""
        return dead_letters.list_dead(self.broker, "stats")

    def wait_until_counted(self, expected: int) -> None:
        """Return as soon as so many messages have had their effect; there may be more to come."""
        wait_until(lambda: self.counted() >= expected, f"{expected} messages are counted")

    def finish(self, expected: int) -> None:
        """Work off everything, then make sure that exactly so many messages have had their effect."""
        self.wait_until_counted(expected)
        wait_until(lambda: unsent(self.publisher) == 0, "all messages are sent")
        self._stop_workers()
        # What a worker had not acknowledged is back in the queue now.
        while queued := self._queued():
            worker = self.start_worker()
            wait_until(lambda worker=worker, queued=queued: settled(worker) >= queued, "the rest is worked off")
            self._stop_workers()
        assert self.counted() == expected
        assert scalar(self.stats, "SELECT count(*) FROM inbox") == expected

    def _stop_workers(self) -> None:
        for process in self.processes:
            if isinstance(process, CeleryWorker) and process.is_alive():
                wait_until(lambda process=process: settled(process) == received(process), "the worker is idle")
                assert process.terminate() == 0

    def _queued(self) -> int:
        with connect(self.broker, 5) as connection, connection.channel() as channel:
            return int(channel.queue_declare(topology.message_queue("stats"), passive=True).message_count)


def received(worker: Process) -> int:
    """Return how many deliveries of messages a worker has begun to handle."""
    return worker.output.read_text().count("] received")


def settled(worker: Process) -> int:
    """Return how many deliveries of messages a worker is done with, whatever became of them."""
    endings = ("] succeeded in", "] raised unexpected", "Task handler raised error: WorkerLostError", "reject requeue")
    return sum(worker.output.read_text().count(ending) for ending in endings)


@pytest.fixture
def stage(rabbit_node: RabbitNode, tmp_path: Path) -> Iterator[Stage]:
    """An empty stage."""
    with databases.empty_database() as publisher_url, databases.migrated_database("stats") as stats_url:
        stage = Stage(rabbit_node.new_vhost(), Database(publisher_url), Database(stats_url), tmp_path, [])
        make_outbox(stage.publisher)
        yield stage
        for process in stage.processes:
            process.kill()
        rabbit_node.control("delete_vhost", stage.broker.vhost)
        stage.publisher.close()
        stage.stats.close()


def test_every_expense_is_counted_once_through_kills_of_worker_relay_and_broker(
    stage: Stage, rabbit_node: RabbitNode
) -> None:
    """Red without late acknowledgement: some are lost with the worker; red without the inbox: some count twice."""
    stage.start_relay()
    worker, relay = stage.start_worker(), stage.start_relay()
    for victim in ("worker", "relay", "broker", "worker"):
        publish(stage.publisher, *(expense_recorded() for _ in range(60)))
        before = stage.counted()
        wait_until(lambda before=before: stage.counted() > before, "work goes on")
        publish(stage.publisher, *(expense_recorded() for _ in range(60)))
        if victim == "worker":
            worker.kill()
            assert not worker.is_alive()
            worker = stage.start_worker()
        elif victim == "relay":
            relay.kill()
            assert not relay.is_alive()
        else:
            rabbit_node.kill()
            publish(stage.publisher, *(expense_recorded() for _ in range(20)))
            rabbit_node.start()
    stage.finish(4 * 120 + 20)
    assert stage.dead() == []


@pytest.mark.parametrize("moment", ["before commit", "after commit"])
def test_a_message_whose_process_dies_before_it_is_acknowledged_counts_once(stage: Stage, moment: str) -> None:
    """Red without late acknowledgement or reject_on_worker_lost: it is lost; without the inbox: it is two."""
    stage.start_relay()
    stage.start_worker()
    publish(stage.publisher, expense_recorded(f"dies {moment}"), expense_recorded())
    stage.finish(2)
    assert (stage.folder / "died").exists()
    assert stage.dead() == []


def test_a_relay_that_dies_before_it_forgets_sends_twice_and_it_counts_once(stage: Stage) -> None:
    """Red without the inbox; red when the relay forgets first: then the message would be lost with a broker."""
    died = stage.folder / "relay-died"
    publish(stage.publisher, *(expense_recorded() for _ in range(5)))
    relay = stage.start_relay(str(died))
    wait_until(lambda: not relay.is_alive(), "the relay has died")
    assert (died.exists(), unsent(stage.publisher)) == (True, 5)
    stage.start_worker()
    stage.start_relay(str(died))
    stage.finish(5)


def test_a_poisonous_message_is_put_aside_and_applied_once_its_cause_is_mended(stage: Stage) -> None:
    """Red with Celery's default, which acknowledges what failed: the message would be gone."""
    (stage.folder / "broken").touch()
    stage.start_relay()
    stage.start_worker()
    publish(stage.publisher, expense_recorded("poison"), expense_recorded())
    wait_until(lambda: len(stage.dead()) == 1, "the message is put aside")
    stage.wait_until_counted(1)
    (letter,) = stage.dead()
    assert (letter.kind, letter.reason, letter.payload["description"]) == ("ExpenseRecorded", "rejected", "poison")

    (stage.folder / "broken").unlink()
    assert dead_letters.replay_dead(stage.broker, "stats") == [letter]
    stage.finish(2)
    assert stage.dead() == []


def test_a_message_that_cannot_be_read_is_put_aside(stage: Stage) -> None:
    """Red when it is acknowledged, or when it stops the worker."""
    stage.start_relay()
    stage.start_worker()
    with stage.publisher.transaction() as session:
        row = "INSERT INTO outbox (id, kind, payload) VALUES (gen_random_uuid(), 'ExpenseRecorded', '{}')"
        session.execute(text(row))
    publish(stage.publisher, expense_recorded())
    wait_until(lambda: len(stage.dead()) == 1, "the message is put aside")
    stage.finish(1)


def test_a_message_that_kills_every_worker_is_put_aside(stage: Stage) -> None:
    """Red without the delivery limit, then it runs for ever; red without reject_on_worker_lost, then it is lost."""
    stage.start_relay()
    worker = stage.start_worker()
    publish(stage.publisher, expense_recorded("deadly"), expense_recorded())
    wait_until(lambda: len(stage.dead()) == 1, "the message is put aside")
    assert stage.dead()[0].reason == "delivery_limit"
    assert worker.is_alive()
    stage.finish(1)


def test_a_message_waits_in_place_for_its_subscribers_database(stage: Stage) -> None:
    """Red when it is requeued, or fails: the delivery limit would be used up at once and it would be a dead letter."""
    stage.start_relay()
    worker = stage.start_worker()
    with databases.away(stage.stats_url):
        publish(stage.publisher, expense_recorded())
        attempts = topology.DELIVERY_LIMIT + 2
        wait_until(lambda: worker.output.read_text().count("subscriber_waits_for_database") >= attempts, "it waits")
    stage.finish(1)
    assert stage.dead() == []


def test_a_worker_that_waits_for_its_database_can_be_stopped(stage: Stage) -> None:
    """Red when the wait does not hear of the shutdown: the worker would end only when the database is back."""
    stage.start_relay()
    worker = stage.start_worker()
    with databases.away(stage.stats_url):
        publish(stage.publisher, expense_recorded())
        wait_until(lambda: "subscriber_waits_for_database" in worker.output.read_text(), "it waits")
        assert worker.terminate() == 0
    stage.start_worker()
    stage.finish(1)


def test_a_relay_that_is_asked_to_stop_ends_well(stage: Stage) -> None:
    """SIGTERM: finish the batch, exit 0."""
    publish(stage.publisher, expense_recorded())
    relay = stage.start_relay()
    wait_until(lambda: unsent(stage.publisher) == 0, "the relay works")
    assert relay.terminate() == 0
