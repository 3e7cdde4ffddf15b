"""The outbox on a real PostgreSQL: what is committed goes out, what is not does not, and nothing goes out twice."""

import threading
import uuid
from collections.abc import Iterator, Sequence

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from common import inbox, messages, outbox, relay
from common.database import Database
from common.inbox import Arrived, Handler, Subscriber
from common.messages import SUBSCRIBERS, Envelope, EventDeleted, Message
from common.relay import Delivery, Progress
from common.relay_in_process import InProcessSender
from stats_service import queries, subscribers
from tests import databases
from tests.messaging import RecordingSender, expense_recorded, make_outbox, publish, scalar, unsent


class Undone(Exception):
    """Rolls a transaction back."""


@pytest.fixture
def own() -> Iterator[Database]:
    """A database with an outbox and an inbox."""
    with databases.empty_database() as url:
        database = Database(url)
        make_outbox(database)
        yield database
        database.close()


@pytest.fixture
def stats() -> Iterator[Database]:
    """The stats service's database."""
    with databases.migrated_database("stats") as url:
        database = Database(url)
        yield database
        database.close()


def test_a_message_of_a_transaction_that_is_rolled_back_never_goes_out(own: Database) -> None:
    """Red when the message is sent, or written, outside of the transaction that causes it."""
    sender = RecordingSender()

    def publish_and_fail() -> None:
        with own.transaction() as session:
            outbox.publish(session, expense_recorded())
            assert relay.send_batch(own, sender) is Progress.EMPTIED
            raise Undone

    with pytest.raises(Undone):
        publish_and_fail()
    relay.send_batch(own, sender)
    assert sender.arrived == []


def test_a_message_is_forgotten_once_it_arrived(own: Database) -> None:
    """Red when nothing is deleted: the second look would send it again."""
    sent, sender = expense_recorded(), RecordingSender()
    publish(own, sent)
    relay.send_batch(own, sender)
    relay.send_batch(own, sender)
    assert [envelope.message() for envelope in sender.arrived] == [sent]


def test_a_message_that_commits_after_a_later_one_was_sent_goes_out_too(own: Database) -> None:
    """Red when the relay remembers the last id it sent and asks for greater ones."""
    early, late, sender = expense_recorded("early"), expense_recorded("late"), RecordingSender()
    with own.transaction() as session:
        outbox.publish(session, early)
        publish(own, late)
        relay.send_batch(own, sender)
    relay.send_batch(own, sender)
    assert [envelope.message() for envelope in sender.arrived] == [late, early]


def test_two_relays_at_once_send_each_message_once(own: Database) -> None:
    """Red without FOR UPDATE, then both send the same; and without SKIP LOCKED, then the second waits for the first."""

    class BusySender(RecordingSender):
        def send(self, batch: Sequence[Envelope]) -> Delivery:
            relay.send_batch(own, second)
            return super().send(batch)

    first, second = BusySender(), RecordingSender()
    publish(own, *(expense_recorded() for _ in range(5)))
    assert relay.send_batch(own, first, limit=3) is Progress.FULL_BATCH
    assert len({envelope.id for envelope in first.arrived + second.arrived}) == 5
    assert (len(first.arrived), len(second.arrived)) == (3, 2)


def test_a_message_that_did_not_arrive_stays_unsent(own: Database) -> None:
    """Red when a whole batch is forgotten once it was sent."""

    class LossySender(RecordingSender):
        def send(self, batch: Sequence[Envelope]) -> Delivery:
            return super().send(batch[:2])

    publish(own, *(expense_recorded() for _ in range(5)))
    assert relay.send_batch(own, LossySender()) is Progress.STUCK
    assert unsent(own) == 3


def test_kinds_without_a_subscriber_are_not_published(own: Database) -> None:
    """Red when everything is published: no queue would ever take it."""
    with own.transaction() as session:
        outbox.publish(
            session, EventDeleted(subject_id=uuid.uuid4(), version=1, occurred_at=0, name="", currency="EUR")
        )
    assert unsent(own) == 0


def test_a_message_of_a_newer_version_waits_and_holds_nobody_up(own: Database) -> None:
    """Red when unknown kinds are claimed: in a roll-out, an old relay would fail on them for ever."""
    sender = RecordingSender()
    with own.transaction() as session:
        session.execute(text("INSERT INTO outbox (id, kind, payload) VALUES (gen_random_uuid(), 'MoonLanded', '{}')"))
    publish(own, expense_recorded())
    assert relay.send_batch(own, sender) is Progress.EMPTIED
    assert (len(sender.arrived), unsent(own)) == (1, 1)


def test_the_relay_goes_on_when_its_database_is_back(own: Database) -> None:
    """Red when an absent database ends the relay."""
    stop, sender = threading.Event(), RecordingSender()
    publish(own, expense_recorded())
    thread = threading.Thread(target=relay.run, args=(own, sender, stop, 0.01))
    with databases.away(own.engine.url.render_as_string(hide_password=False)):
        assert relay.send_batch(own, sender) is Progress.STUCK
        thread.start()
    while unsent(own) and thread.is_alive():
        stop.wait(0.05)
    stop.set()
    thread.join()
    assert len(sender.arrived) == 1


def test_a_message_applied_twice_has_one_effect(stats: Database) -> None:
    """Red without the inbox."""
    envelope = messages.envelope(expense_recorded())
    for _ in range(2):
        _apply(stats, envelope)
    assert _counted(stats) == 1


def test_a_message_whose_handler_fails_leaves_no_trace(stats: Database) -> None:
    """Red when the id is noted in a transaction of its own: the repeat would be taken for a duplicate."""

    def fail(session: Session, message: Message) -> None:
        queries.count_message(session, "ExpenseRecorded")
        raise Undone

    envelope = messages.envelope(expense_recorded())
    with pytest.raises(Undone):
        _apply(stats, envelope, fail)
    _apply(stats, envelope)
    assert _counted(stats) == 1


def test_an_older_version_does_not_overwrite_a_newer_one(stats: Database) -> None:
    """Red without the comparison of versions: messages may overtake each other."""
    expense_id = uuid.uuid4()
    for version in (1, 3, 2):
        _apply(stats, messages.envelope(expense_recorded(expense_id=expense_id, version=version)))
    assert scalar(stats, "SELECT version FROM expense_facts") == 3
    assert _counted(stats) == 3


def test_two_deliveries_at_the_same_moment_have_one_effect(stats: Database) -> None:
    """Red when the inbox is asked first and written later: both would find nothing."""
    envelope = messages.envelope(expense_recorded())
    with stats.transaction() as session:
        assert inbox.apply_once(session, envelope.id)
        rival = threading.Thread(target=_apply, args=(stats, envelope))
        rival.start()
        rival.join(0.2)
        queries.count_message(session, envelope.kind)
    rival.join()
    assert _counted(stats) == 1


def test_what_was_applied_long_ago_is_pruned(stats: Database) -> None:
    """The inbox does not grow for ever, and what is recent stays known."""
    _apply(stats, messages.envelope(expense_recorded()))
    with stats.transaction() as session:
        assert inbox.prune(session) == 0
        session.execute(text("UPDATE inbox SET applied_at = now() - interval '31 days'"))
        assert inbox.prune(session) == 1


def test_in_one_process_every_subscriber_gets_each_message_once(own: Database, stats: Database) -> None:
    """The way of embedded mode, also when the relay dies before it forgets: red without the inbox."""
    publish(own, *(expense_recorded() for _ in range(7)))

    def send_and_die() -> None:
        with own.transaction() as session:
            _in_process(stats).send(outbox.claim(session, 100))
            raise Undone

    with pytest.raises(Undone):
        send_and_die()
    assert relay.send_batch(own, _in_process(stats)) is Progress.EMPTIED
    assert (_counted(stats), unsent(own)) == (7, 0)


def test_in_one_process_a_poisonous_message_is_parked_and_the_others_pass(own: Database, stats: Database) -> None:
    """Red when a failure ends the batch, or when the message stays in the way."""

    def choosy(session: Session, message: messages.ExpenseRecorded) -> None:
        if message.description == "poison":
            raise Undone
        subscribers.count_expense(session, message)

    publish(own, *(expense_recorded(description) for description in ("a", "poison", "b")))
    assert relay.send_batch(own, _in_process(stats, choosy)) is Progress.EMPTIED
    assert (_counted(stats), unsent(own)) == (2, 1)
    assert relay.send_batch(own, _in_process(stats)) is Progress.EMPTIED
    assert _counted(stats) == 2
    with own.transaction() as session:
        assert [parked.message().subject_id for parked in outbox.list_parked(session)]
        assert outbox.release_parked(session) == 1
    relay.send_batch(own, _in_process(stats))
    assert (_counted(stats), unsent(own)) == (3, 0)


def test_in_one_process_a_stop_ends_the_wait_for_a_database(own: Database, stats: Database) -> None:
    """Red when the wait does not look at the stop: Ctrl-C would hang."""
    stop = threading.Event()
    stop.set()
    publish(own, expense_recorded())
    with databases.away(stats.engine.url.render_as_string(hide_password=False)):
        assert relay.send_batch(own, _in_process(stats, stop=stop)) is Progress.STUCK
    assert (_counted(stats), unsent(own)) == (0, 1)


def _apply(stats: Database, envelope: Envelope, handler: Handler = subscribers.count_expense) -> None:
    subscriber = Subscriber("stats", stats, {messages.ExpenseRecorded: handler})
    subscriber.apply(Arrived(envelope.id, envelope.kind, orjson.loads(envelope.payload)))


def _counted(stats: Database) -> int:
    with stats.transaction() as session:
        return queries.get_message_count(session, "ExpenseRecorded")


def _in_process(
    stats: Database, handler: Handler = subscribers.count_expense, stop: threading.Event | None = None
) -> InProcessSender:
    def ignore(session: Session, message: Message) -> None:
        """What the services do that a test is not about."""

    others = {
        service: Subscriber(service, stats, dict.fromkeys(kinds, ignore))
        for service, kinds in SUBSCRIBERS.items()
        if service != "stats"
    }
    counting = Subscriber("stats", stats, {messages.ExpenseRecorded: handler})
    return InProcessSender({**others, "stats": counting}, stop or threading.Event())
