"""The same command twice is once: who sent it gets the thing as it is now, anybody else learns nothing."""

import json
import uuid
from typing import Any

import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from common.contracts.events import (
    AddMember,
    ClaimMember,
    CreateEvent,
    DeleteEvent,
    EditEvent,
    EditMember,
    EventOf,
    LinkOf,
    MemberOf,
    RemoveMember,
    RevokeLink,
)
from common.contracts.expenses import DeleteExpense, EditExpense, ExpenseOf, ListExpenses, RecordExpense, RecordPayment
from common.database import Database
from common.errors import IdTaken, Invalid, NotFound
from common.rpc.interface import Bus
from tests.core import DAY, Party, Person

DAY_S = 24 * 60 * 60


def made_without_account(bus: Bus) -> tuple[CreateEvent, Any]:
    command = CreateEvent(id=uuid7(), name="Porto", currency="EUR", my_name="Ann")
    return command, Person(bus).does("create_event", command, key=command.id)


def age(database: Database, event_id: uuid.UUID, seconds: int) -> None:
    with database.transaction() as session:
        session.execute(
            text("UPDATE events SET created_at = created_at - :s WHERE id = :id"), {"s": seconds, "id": event_id}
        )


def creations(party: Party) -> dict[str, Any]:
    ann, bob = party.ids["Ann"], party.ids["Bob"]
    return {
        "create_event": CreateEvent(id=uuid7(), name="Lisbon", currency="EUR"),
        "add_member": AddMember(event_id=party.id, id=uuid7(), name="Cleo"),
        "record_expense": RecordExpense(
            event_id=party.id, id=uuid7(), amount=900, payers=party.payers("Ann"), date=DAY
        ),
        "record_payment": RecordPayment(
            event_id=party.id, id=uuid7(), from_member_id=bob, to_member_id=ann, amount=100, date=DAY
        ),
    }


CREATIONS = ["create_event", "add_member", "record_expense", "record_payment"]


@pytest.mark.parametrize("operation", CREATIONS)
def test_creating_twice_creates_once(ann: Person, operation: str) -> None:
    party = Party.of(ann, "Bob")
    command = creations(party)[operation]
    first = ann.reply(operation, command, key=command.id)
    balances = party.get_balances()
    second = ann.reply(operation, command, key=command.id)
    assert (first.is_replay, second.is_replay) == (False, True)
    assert json.loads(first.body) == json.loads(second.body)
    assert first.version == second.version == 1
    assert party.get_balances() == balances


@pytest.mark.parametrize("operation", CREATIONS)
def test_a_used_id_with_another_body_is_taken(ann: Person, operation: str) -> None:
    party = Party.of(ann, "Bob")
    command = creations(party)[operation]
    ann.does(operation, command, key=command.id)
    with pytest.raises(IdTaken):
        ann.does(operation, command, key=command.id, content="another")


@pytest.mark.parametrize("operation", CREATIONS)
def test_the_id_of_somebody_else_is_taken_and_shows_nothing(ann: Person, stranger: Person, operation: str) -> None:
    party = Party.of(ann, "Bob")
    command = creations(party)[operation]
    ann.does(operation, command, key=command.id)
    for person in (stranger, Person(ann.bus)):
        with pytest.raises(IdTaken) as refusal:
            person.does(operation, command, key=command.id)
        assert refusal.value.to_document() == IdTaken().to_document()


def test_an_id_cannot_be_used_for_two_kinds_of_things(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    commands = creations(party)
    ann.does("record_expense", commands["record_expense"], key=commands["record_expense"].id)
    member = AddMember(event_id=party.id, id=commands["record_expense"].id, name="Cleo")
    with pytest.raises(IdTaken):
        ann.does("add_member", member, key=member.id)


def test_a_refused_body_does_not_use_the_id_up(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    key = uuid7()
    with pytest.raises(Invalid):
        party.spend(100, category="no such", key=key)
    assert party.spend(100, key=key).id == key


def test_a_repeat_shows_the_expense_as_it_is_now(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    key = uuid7()
    party.edit(party.spend(900, key=key), amount=1000)
    assert party.spend(900, key=key).amount == 1000
    assert party.balances() == {"Ann": 500, "Bob": -500}


def test_a_repeat_after_a_deletion_revives_nothing(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    key = uuid7()
    party.delete(party.spend(900, key=key))
    assert party.spend(900, key=key).deleted_at is not None
    assert party.balances() == {"Ann": 0, "Bob": 0}


def test_a_repeat_after_the_deletion_of_the_event_revives_nothing(ann: Person) -> None:
    command = CreateEvent(id=uuid7(), name="Porto", currency="EUR")
    ann.does("create_event", command, key=command.id)
    ann.does("delete_event", DeleteEvent(event_id=command.id))
    assert ann.does("create_event", command, key=command.id).event.deleted_at is not None


def test_whoever_may_read_an_expense_may_repeat_it(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    key = uuid7()
    party.spend(900, key=key)
    guest = ann.guest_by(party.link("viewer"))
    assert party.by(guest).spend(900, key=key).id == key


def test_a_repeat_shows_the_link_again_while_nobody_came_by_it(core_bus: Bus) -> None:
    command, created = made_without_account(core_bus)
    reply = Person(core_bus).reply("create_event", command, key=command.id)
    assert reply.is_replay
    assert json.loads(reply.body)["link"]["token"] == created.link.token


def test_a_repeat_shows_no_link_once_somebody_came_by_one(core_bus: Bus) -> None:
    command, created = made_without_account(core_bus)
    Person(core_bus).guest_by(created.link)
    assert Person(core_bus).does("create_event", command, key=command.id).link is None


def test_a_repeat_shows_the_link_for_a_day(core_bus: Bus, core_database: Database) -> None:
    command, created = made_without_account(core_bus)
    age(core_database, command.id, DAY_S - 60)
    assert Person(core_bus).does("create_event", command, key=command.id).link == created.link


def test_a_repeat_shows_no_link_after_a_day(core_bus: Bus, core_database: Database) -> None:
    command, _ = made_without_account(core_bus)
    age(core_database, command.id, DAY_S + 60)
    again = Person(core_bus).does("create_event", command, key=command.id)
    assert (again.link, again.event.id) == (None, command.id)


def edits(party: Party, expense_id: uuid.UUID) -> dict[str, Any]:
    member = {"event_id": party.id, "member_id": party.ids["Bob"]}
    return {
        "edit_event": EditEvent(event_id=party.id, if_version=1, name="Lisbon"),
        "edit_member": EditMember(**member, if_version=1, name="Robert"),
        "edit_expense": EditExpense(event_id=party.id, expense_id=expense_id, if_version=1, amount=800),
    }


@pytest.mark.parametrize("operation", ["edit_event", "edit_member", "edit_expense"])
def test_a_repeated_edit_is_applied_once_whatever_its_version(ann: Person, operation: str) -> None:
    party = Party.of(ann, "Bob")
    command = edits(party, party.spend(900).id)[operation]
    key = uuid7()
    assert ann.reply(operation, command, key=key).version == 2
    second = ann.reply(operation, command, key=key)
    assert (second.is_replay, second.version) == (True, 2)


def test_a_repeated_deletion_does_not_delete_again_what_was_restored(ann: Person) -> None:
    party = Party.of(ann, "Bob", "Cleo")
    expense = party.spend(900, split=party.split("Ann", "Bob"))
    removal = RemoveMember(event_id=party.id, member_id=party.ids["Cleo"])
    for deletion, command, restoration, restored in (
        (
            "delete_expense",
            DeleteExpense(event_id=party.id, expense_id=expense.id),
            "restore_expense",
            ExpenseOf(event_id=party.id, expense_id=expense.id),
        ),
        ("remove_member", removal, "restore_member", MemberOf(event_id=party.id, member_id=removal.member_id)),
        ("delete_event", DeleteEvent(event_id=party.id), "restore_event", EventOf(event_id=party.id)),
    ):
        key = uuid7()
        ann.does(deletion, command, key=key)
        ann.does(restoration, restored)
        ann.does(deletion, command, key=key)
    assert party.balances() == {"Ann": 450, "Bob": -450, "Cleo": 0}


def test_a_repeated_restoration_does_not_restore_again_what_was_deleted(ann: Person) -> None:
    party = Party.of(ann, "Bob", "Cleo")
    expense = party.spend(900, split=party.split("Ann", "Bob"))
    command, key = ExpenseOf(event_id=party.id, expense_id=expense.id), uuid7()
    party.delete(expense)
    ann.does("restore_expense", command, key=key)
    party.delete(expense)
    assert ann.reply("restore_expense", command, key=key).is_replay
    assert ann.does("list_expenses", ListExpenses(event_id=party.id)).items == ()


def test_a_link_that_was_rotated_once_is_not_rotated_by_the_repeat(ann: Person) -> None:
    party = Party.of(ann)
    command, key = LinkOf(event_id=party.id, role="viewer"), uuid7()
    link = ann.does("rotate_link", command, key=key)
    assert ann.does("rotate_link", command, key=key) == link
    assert ann.does("rotate_link", command, key=uuid7()) != link


def test_a_repeated_revocation_spares_the_link_that_was_made_since(ann: Person) -> None:
    party = Party.of(ann)
    command, key = RevokeLink(event_id=party.id, role="viewer"), uuid7()
    ann.does("revoke_link", command, key=key)
    link = party.link("viewer")
    ann.does("revoke_link", command, key=key)
    assert ann.does("show_link", LinkOf(event_id=party.id, role="viewer")) == link


def test_claiming_twice_is_once(ann: Person, bob: Person) -> None:
    party = Party.of(ann, "Bob")
    command = ClaimMember(event_id=party.id, member_id=party.ids["Bob"], link=party.link("editor").token)
    key = uuid7()
    first = bob.does("claim_member", command, key=key)
    assert bob.does("claim_member", command, key=key) == first


def test_a_key_that_was_used_for_another_thing_is_taken(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    first, second, key = party.spend(), party.spend(), uuid7()
    ann.does("delete_expense", DeleteExpense(event_id=party.id, expense_id=first.id), key=key)
    with pytest.raises(IdTaken):
        ann.does("delete_expense", DeleteExpense(event_id=party.id, expense_id=second.id), key=key)


def test_what_a_stranger_creates_in_an_event_is_not_found_and_leaves_the_id_free(ann: Person, stranger: Person) -> None:
    party = Party.of(ann, "Bob")
    key = uuid7()
    with pytest.raises(NotFound):
        party.by(stranger).spend(900, key=key)
    assert party.spend(900, key=key).id == key
