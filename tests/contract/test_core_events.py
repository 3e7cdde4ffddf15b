"""Events: who makes them, who sees them, and what the archive and a deletion do."""

import uuid
from collections.abc import Callable

import pytest
from uuid_utils.compat import uuid7

from common.contracts.events import (
    CreateEvent,
    DeleteEvent,
    EditEvent,
    EventArchived,
    EventCurrencyFixed,
    EventOf,
    ListEvents,
    NameTaken,
    NewMember,
    RoleTooLow,
    UndoExpired,
)
from common.contracts.expenses import Expense, ExpenseOf
from common.database import Database
from common.errors import NotFound, Stale
from common.rpc.inprocess import InProcessBus
from common.rpc.interface import Bus
from core_service.service import Core
from tests import core
from tests.core import Party, Person
from tests.services import signer

MONTH_S = 30 * 24 * 60 * 60


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def clocked(core_database: Database, clock: Clock) -> Bus:
    """A core service that lives by `clock`."""
    bus = InProcessBus(signer)
    bus.serve(Core(core_database, core.SECRET_KEY, clock))
    return bus


def test_who_is_signed_in_becomes_the_admin_of_a_new_event(ann: Person) -> None:
    command = CreateEvent(
        id=uuid7(), name="Porto", description="by train", currency="EUR", members=(NewMember("Bob", "bob@example.org"),)
    )
    created = ann.does("create_event", command, key=command.id)
    event = created.event
    assert created.link is None
    assert (event.id, event.name, event.description, event.currency) == (command.id, "Porto", "by train", "EUR")
    assert (event.simplify_debts, event.archived, event.version, event.deleted_at) == (True, False, 1, None)
    me, bob = sorted(event.members, key=lambda member: member.name)
    assert (me.name, me.user_id, me.role) == ("Ann", ann.user_id, "admin")
    assert (event.role, event.my_member_id, event.balance) == ("admin", me.id, 0)
    assert (bob.name, bob.user_id, bob.role, bob.weight, bob.email) == ("Bob", None, "editor", "1", "bob@example.org")


def test_my_name_in_an_event_may_differ_from_my_account(ann: Person) -> None:
    party = Party.of(ann, "Bob", my_name="Annie")
    assert set(party.ids) == {"Annie", "Bob"}


def test_an_event_made_without_an_account_comes_with_an_admin_link(core_bus: Bus) -> None:
    command = CreateEvent(id=uuid7(), name="Porto", currency="EUR", my_name="Ann", members=(NewMember("Bob"),))
    created = Person(core_bus).does("create_event", command, key=command.id)
    assert {member.name: member.user_id for member in created.event.members} == {"Ann": None, "Bob": None}
    assert created.link.role == "admin"
    guest = Person(core_bus).guest_by(created.link)
    assert guest.does("edit_event", EditEvent(event_id=command.id, name="Lisbon")).name == "Lisbon"


def test_an_event_made_without_an_account_and_name_has_no_members(core_bus: Bus) -> None:
    command = CreateEvent(id=uuid7(), name="Porto", currency="EUR")
    assert Person(core_bus).does("create_event", command).event.members == ()


def test_two_first_members_cannot_have_one_name(ann: Person) -> None:
    with pytest.raises(NameTaken) as refusal:
        Party.of(ann, "Bob", "bOB")
    assert [error.field for error in refusal.value.fields] == ["members.1.name"]


def test_a_first_member_cannot_have_the_name_of_the_creator(ann: Person) -> None:
    with pytest.raises(NameTaken) as refusal:
        Party.of(ann, "Bob", "ANN")
    assert [error.field for error in refusal.value.fields] == ["members.1.name"]


def test_my_events_are_listed_with_my_balance_newest_first(ann: Person, bob: Person) -> None:
    first, second = Party.of(ann, "Bob"), Party.of(ann, "Bob")
    Party.of(bob, "Ann")
    first.spend(1000)
    items = ann.does("list_events", ListEvents()).items
    assert {item.id: item.balance for item in items} == {first.id: 500, second.id: 0}
    assert {item.my_member_id for item in items} == {first.ids["Ann"], second.ids["Ann"]}
    assert [item.created_at for item in items] == sorted((item.created_at for item in items), reverse=True)


def test_pages_of_events_hold_each_one_once(ann: Person) -> None:
    made = {Party.of(ann).id for _ in range(5)}
    seen: list[uuid.UUID] = []
    cursor = None
    while True:
        page = ann.does("list_events", ListEvents(limit=2, cursor=cursor))
        seen += [item.id for item in page.items]
        if (cursor := page.next_cursor) is None:
            break
    assert len(seen) == 5
    assert set(seen) == made


def test_the_list_can_be_of_archived_events_only(ann: Person) -> None:
    kept, archived = Party.of(ann), Party.of(ann)
    archived.set(archived=True)
    assert [item.id for item in ann.does("list_events", ListEvents(archived=True)).items] == [archived.id]
    assert [item.id for item in ann.does("list_events", ListEvents(archived=False)).items] == [kept.id]
    assert len(ann.does("list_events", ListEvents()).items) == 2


def test_a_guest_lists_the_event_of_the_link(ann: Person) -> None:
    Party.of(ann)
    party = Party.of(ann, "Bob")
    guest = ann.guest_by(party.link("viewer"))
    (item,) = guest.does("list_events", ListEvents()).items
    assert (item.id, item.role, item.my_member_id) == (party.id, "viewer", None)


def test_an_edit_changes_what_it_names_and_counts_the_version(ann: Person) -> None:
    party = Party.of(ann, description="by train")
    event = party.set(name="Lisbon")
    assert (event.name, event.description, event.version) == ("Lisbon", "by train", 2)


def test_a_stale_edit_is_refused_and_changes_nothing(ann: Person) -> None:
    party = Party.of(ann)
    party.set(name="Lisbon")
    with pytest.raises(Stale):
        party.set(name="Faro", if_version=1)
    assert party.set(name="Faro", if_version=2).version == 3


def test_the_currency_can_change_until_there_is_an_expense(ann: Person) -> None:
    party = Party.of(ann)
    assert party.set(currency="JPY").currency == "JPY"
    party.spend(100)
    with pytest.raises(EventCurrencyFixed):
        party.set(currency="EUR")
    assert party.set(currency="JPY").currency == "JPY"


WRITES: dict[str, Callable[[Party, Expense], object]] = {
    "an expense": lambda party, dinner: party.spend(),
    "a payment": lambda party, dinner: party.pay("Bob", "Ann", 1),
    "an edit": lambda party, dinner: party.edit(dinner, description="Supper"),
    "a deletion": lambda party, dinner: party.delete(dinner),
    "a restoration": lambda party, dinner: party.restore(dinner),
    "a member": lambda party, dinner: party.join("Cleo"),
    "a change of a member": lambda party, dinner: party.change("Bob", name="Robert"),
    "a name": lambda party, dinner: party.set(name="Lisbon"),
    "a name with the archive": lambda party, dinner: party.set(name="Lisbon", archived=True),
    "a link": lambda party, dinner: party.link("viewer"),
}


@pytest.mark.parametrize("write", WRITES)
def test_an_archived_event_takes_no_write(ann: Person, write: str) -> None:
    party = Party.of(ann, "Bob")
    dinner = party.spend()
    party.set(archived=True)
    with pytest.raises(EventArchived):
        WRITES[write](party, dinner)
    assert party.balances() == {"Ann": 4500, "Bob": -4500}


def test_an_event_can_be_archived_twice_and_comes_out_of_the_archive(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    assert party.set(archived=True).archived
    assert party.set(archived=True).archived
    assert not party.set(archived=False).archived
    party.spend()


def test_a_deleted_event_is_gone_for_everybody_and_comes_back_with_all_that_was_in_it(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    dinner = party.spend()
    guest = ann.guest_by(party.link("editor"))
    ann.does("delete_event", DeleteEvent(event_id=party.id))
    for person in (ann, guest):
        with pytest.raises(NotFound):
            person.does("get_event", EventOf(event_id=party.id))
        with pytest.raises(NotFound):
            person.does("get_expense", ExpenseOf(event_id=party.id, expense_id=dinner.id))
    assert ann.does("list_events", ListEvents()).items == ()
    with pytest.raises(NotFound):
        party.spend()
    restored = ann.does("restore_event", EventOf(event_id=party.id))
    assert (restored.deleted_at, restored.version) == (None, 3)
    assert party.balances() == {"Ann": 4500, "Bob": -4500}


def test_deleting_and_restoring_an_event_twice_is_once(ann: Person) -> None:
    party = Party.of(ann)
    for _ in range(2):
        ann.does("delete_event", DeleteEvent(event_id=party.id))
    for _ in range(2):
        assert ann.does("restore_event", EventOf(event_id=party.id)).version == 3


def test_a_stale_deletion_of_an_event_is_refused(ann: Person) -> None:
    party = Party.of(ann)
    party.set(name="Lisbon")
    with pytest.raises(Stale):
        ann.does("delete_event", DeleteEvent(event_id=party.id, if_version=1))


@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_settings_and_deletion_are_the_admins(ann: Person, role: str) -> None:
    party = Party.of(ann)
    guest = ann.guest_by(party.link(role))
    for operation, command in (
        ("edit_event", EditEvent(event_id=party.id, name="Mine")),
        ("delete_event", DeleteEvent(event_id=party.id)),
        ("restore_event", EventOf(event_id=party.id)),
    ):
        with pytest.raises(RoleTooLow):
            guest.does(operation, command)


@pytest.mark.parametrize("operation", ["get_event", "edit_event", "delete_event", "restore_event"])
def test_a_stranger_cannot_tell_an_event_from_none(ann: Person, stranger: Person, operation: str) -> None:
    commands = {"edit_event": EditEvent, "delete_event": DeleteEvent}
    for event_id in (Party.of(ann).id, uuid7()):
        with pytest.raises(NotFound) as refusal:
            stranger.does(operation, commands.get(operation, EventOf)(event_id=event_id))
        assert refusal.value.to_document() == NotFound().to_document()


def test_an_event_can_be_restored_for_thirty_days(clocked: Bus, clock: Clock) -> None:
    party = Party.of(core.user(clocked, "Ann"))
    party.admin.does("delete_event", DeleteEvent(event_id=party.id))
    clock.now += MONTH_S
    assert party.admin.does("restore_event", EventOf(event_id=party.id)).deleted_at is None


def test_an_event_cannot_be_restored_after_thirty_days(clocked: Bus, clock: Clock) -> None:
    party = Party.of(core.user(clocked, "Ann"))
    party.admin.does("delete_event", DeleteEvent(event_id=party.id))
    clock.now += MONTH_S + 1
    with pytest.raises(UndoExpired):
        party.admin.does("restore_event", EventOf(event_id=party.id))


def test_an_expense_cannot_be_restored_after_thirty_days(clocked: Bus, clock: Clock) -> None:
    party = Party.of(core.user(clocked, "Ann"))
    dinner = party.spend()
    party.delete(dinner)
    clock.now += MONTH_S + 1
    with pytest.raises(UndoExpired):
        party.restore(dinner)
