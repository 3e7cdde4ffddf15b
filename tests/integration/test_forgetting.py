"""A user who left for good is nobody in the core service's database, and every amount is where it was."""

import uuid
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from common import messages
from common.contracts.events import AddMember, ClaimMember, CreatedEvent, CreateEvent, LinkOf
from common.contracts.expenses import Payer, RecordExpense
from common.database import Database
from common.inbox import Arrived
from common.messages import UserDeleted
from common.rpc.context import Context
from core_service import subscribers
from core_service.service import Core
from tests import databases

NOW = 1_795_000_000
ANN = uuid.UUID("0190b2c8-0000-7000-8000-00000000000a")
BEN = uuid.UUID("0190b2c8-0000-7000-8000-00000000000b")


@pytest.fixture(scope="module")
def own() -> Iterator[Database]:
    """The core service's database."""
    with databases.migrated_database("core") as url:
        database = Database(url)
        yield database
        database.close()


@pytest.fixture
def core(own: Database) -> Core:
    """The core service."""
    return Core(own, "a key that only tests know", lambda: NOW)


def test_a_deleted_user_becomes_a_former_member(own: Database, core: Core) -> None:
    """Red when any of name, address or user stays in the event."""
    event = _event_of_ann(core)
    _forget(own, ANN)
    assert _members(own, event) == {("Former member", "former member", "former member", None, None)}


def test_amounts_and_balances_stay(own: Database, core: Core) -> None:
    """Red when the ledger, or what the activity says about amounts, is touched."""
    event = _event_of_ann(core)
    member_id = event.event.members[0].id
    command = RecordExpense(
        id=uuid.uuid4(), event_id=event.event.id, description="Dinner", amount=9000, payers=(Payer(member_id),)
    )
    core.record_expense(_context(ANN), command)
    before = _amounts(own, event)
    _forget(own, ANN)
    assert _amounts(own, event) == before
    assert before[0][0] == 9000


def test_the_activity_forgets_too(own: Database, core: Core) -> None:
    """Red when a document of the activity keeps the name or the address."""
    event = _event_of_ann(core)
    member = AddMember(id=uuid.uuid4(), event_id=event.event.id, name="Zoe Ann", email="zoe@example.org")
    core.add_member(_context(ANN), member)
    core.claim_member(_context(BEN), ClaimMember(event_id=event.event.id, member_id=member.id, link=_link(core, event)))
    _forget(own, BEN)
    activity = _scalar(own, "SELECT string_agg(concat(before, after), '') FROM activity WHERE event_id = :id", event)
    assert "Former member" in activity
    assert "Zoe" not in activity
    assert "zoe@" not in activity
    assert "Ann" in activity


def test_several_users_of_one_event_may_leave(own: Database, core: Core) -> None:
    """Red when both get the same name, which the event does not take."""
    event = _event_of_ann(core)
    member = AddMember(id=uuid.uuid4(), event_id=event.event.id, name="Ben")
    core.add_member(_context(ANN), member)
    core.claim_member(_context(BEN), ClaimMember(event_id=event.event.id, member_id=member.id, link=_link(core, event)))
    _forget(own, ANN)
    _forget(own, BEN)
    assert {row[0] for row in _members(own, event)} == {"Former member", "Former member 2"}


def test_a_repeated_message_changes_nothing(own: Database, core: Core) -> None:
    """Red without the inbox: a second note would stand in the activity."""
    event = _event_of_ann(core)
    envelope = messages.envelope(_deleted(ANN))
    for _ in range(2):
        subscribers.subscriber(own).apply(Arrived(envelope.id, envelope.kind, orjson.loads(envelope.payload)))
    noted = "SELECT count(*) FROM activity WHERE event_id = :id AND action = 'anonymised'"
    assert _scalar(own, noted, event) == 1


@pytest.mark.parametrize(
    "statement", ["UPDATE activity SET action = 'x'", "SET quits.forgetting = 'on'; UPDATE activity SET action = 'x'"]
)
def test_nobody_rewrites_what_was_done(own: Database, core: Core, statement: str) -> None:
    """Red when forgetting opens the activity to any change."""
    _event_of_ann(core)
    with pytest.raises(DBAPIError, match=r"only ever added|never changes"), own.transaction() as session:
        session.execute(text(statement))


def _event_of_ann(core: Core) -> CreatedEvent:
    created = core.create_event(
        _context(ANN, "Ann"), CreateEvent(id=uuid.uuid4(), name="Porto", currency="EUR", my_name="Ann")
    )
    assert isinstance(created, CreatedEvent)
    return created


def _link(core: Core, event: CreatedEvent) -> str:
    return core.rotate_link(_context(ANN), LinkOf(event_id=event.event.id)).token


def _deleted(user_id: uuid.UUID) -> UserDeleted:
    return UserDeleted(subject_id=user_id, version=2, occurred_at=NOW + 60)


def _forget(own: Database, user_id: uuid.UUID) -> None:
    with own.transaction() as session:
        subscribers.forget_user(session, _deleted(user_id))


def _members(own: Database, event: CreatedEvent) -> set[tuple[Any, ...]]:
    query = text("SELECT name, name_key, search_key, email, user_id FROM members WHERE event_id = :id")
    with own.transaction() as session:
        return {tuple(row) for row in session.execute(query, {"id": event.event.id})}


def _amounts(own: Database, event: CreatedEvent) -> list[tuple[Any, ...]]:
    query = text(
        "SELECT (after->>'amount')::bigint, after->'payers', paid, share FROM activity JOIN balances USING (event_id) "
        "WHERE event_id = :id AND subject = 'expense'"
    )
    with own.transaction() as session:
        return [tuple(row) for row in session.execute(query, {"id": event.event.id})]


def _scalar(own: Database, query: str, event: CreatedEvent) -> Any:
    with own.transaction() as session:
        return session.scalar(text(query), {"id": event.event.id})


def _context(user_id: uuid.UUID, name: str = "") -> Context:
    return Context(request_id="test", deadline_at=NOW + 5, issued_at=NOW, user_id=user_id, user_name=name)
