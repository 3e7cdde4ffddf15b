"""What people owe each other over all events, paying it at once, and expenses without an event."""

import uuid
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from common.contracts.events import AddMember, ClaimMember, DeleteEvent, EditEvent, EditMember, EventOf, ListEvents
from common.contracts.expenses import ExpenseOf
from common.contracts.people import (
    GetBalancesOfUser,
    GetPersonalBalances,
    PeopleFixed,
    Person,
    PersonShare,
    RecordBetween,
    SettlePerson,
)
from common.errors import IdTaken, Invalid, NotFound
from tests import core
from tests.core import Party
from tests.core import Person as Caller


def joint(ann: Caller, bob: Caller, **settings: Any) -> Party:
    """Return an event in which Bob claimed his member."""
    party = Party.of(ann, "Bob", **settings)
    claim = ClaimMember(event_id=party.id, member_id=party.ids["Bob"], link=party.link("editor").token)
    bob.does("claim_member", claim)
    return party


def balances(person: Caller) -> dict[tuple[str, str], int]:
    found = person.does("get_personal_balances", GetPersonalBalances()).balances
    return {(each.name, each.currency): each.amount for each in found}


def by_event(person: Caller, name: str) -> list[int]:
    found = person.does("get_personal_balances", GetPersonalBalances()).balances
    return [event.amount for each in found if each.name == name for event in each.events]


def settle(person: Caller, other: Caller, amount: int, currency: str = "EUR", key: uuid.UUID | None = None) -> Any:
    assert other.user_id is not None
    payment_id = key or uuid7()
    command = SettlePerson(id=payment_id, to_user_id=other.user_id, currency=currency, amount=amount)
    return person.does("settle_person", command, key=payment_id, content=str(amount))


def between(*people: Caller | str, amount: int = 3000, **fields: Any) -> RecordBetween:
    """Return an equal expense between users, and others who are named by their address."""
    named = [
        Person(each.partition("@")[0], None, each) if isinstance(each, str) else Person(each.name, each.user_id)
        for each in people
    ]
    shares = tuple(PersonShare(number) for number in range(len(named)))
    values: dict[str, Any] = {"currency": "EUR", "paid_by": 0, "type": "equal", "participants": shares, **fields}
    return RecordBetween(id=uuid7(), people=tuple(named), amount=amount, **values)


@pytest.mark.parametrize("simplify_debts", [True, False])
def test_balances_are_added_up_over_events_by_person_and_currency(
    ann: Caller,
    bob: Caller,
    simplify_debts: bool,  # noqa: FBT001
) -> None:
    joint(ann, bob, simplify_debts=simplify_debts).spend(100)
    joint(ann, bob, simplify_debts=simplify_debts).spend(60, payer="Bob")
    joint(ann, bob, currency="JPY").spend(500)
    assert balances(ann) == {("Bob", "EUR"): 20, ("Bob", "JPY"): 250}
    assert balances(bob) == {("Ann", "EUR"): -20, ("Ann", "JPY"): -250}
    assert by_event(ann, "Bob") == [50, -30, 250]
    (first, _) = ann.does("get_personal_balances", GetPersonalBalances()).balances
    assert first.user_id == bob.user_id


def test_debts_count_as_each_event_counts_them(ann: Caller, bob: Caller) -> None:
    for simplify_debts, expected in ((True, {("Cleo", "EUR"): 100}), (False, {("Bob", "EUR"): 100})):
        caller = core.user(ann.bus, "Ann")
        party = Party.of(caller, "Bob", "Cleo", simplify_debts=simplify_debts)
        party.spend(100, payer="Ann", split=party.split("Bob"))
        party.spend(100, payer="Bob", split=party.split("Cleo"))
        assert balances(caller) == expected


def test_what_is_deleted_does_not_count_and_what_is_archived_does(ann: Caller, bob: Caller) -> None:
    deleted, archived = joint(ann, bob), joint(ann, bob)
    deleted.spend(100)
    archived.spend(1000)
    ann.does("delete_event", DeleteEvent(event_id=deleted.id))
    ann.does("edit_event", EditEvent(event_id=archived.id, archived=True))
    assert balances(ann) == {("Bob", "EUR"): 500}
    with pytest.raises(Invalid) as refusal:
        settle(bob, ann, 1)
    assert [error.field for error in refusal.value.fields] == ["amount"]


def test_who_is_no_user_is_one_person_by_address_and_else_by_member(ann: Caller) -> None:
    for name, email in (("Cleo", "cleo@example.org"), ("Cleopatra", "Cleo@Example.org"), ("Dan", None), ("Dan", None)):
        party = Party.of(ann)
        party.join(name, email=email)
        party.spend(100)
    found = ann.does("get_personal_balances", GetPersonalBalances()).balances
    assert [(each.user_id, each.name, each.amount) for each in found] == [
        (None, "Cleopatra", 100),
        (None, "Dan", 50),
        (None, "Dan", 50),
    ]


def test_a_viewer_is_not_told_that_two_members_have_one_address(ann: Caller, bob: Caller) -> None:
    for _ in range(2):
        party = joint(ann, bob)
        party.join("Cleo", email="cleo@example.org")
        party.change("Bob", role="viewer")
        party.spend(90, payer="Bob")
    cleos = [each for each in bob.does("get_personal_balances", GetPersonalBalances()).balances if each.name == "Cleo"]
    assert [each.amount for each in cleos] == [30, 30]


def test_balances_of_others_are_not_found(ann: Caller, bob: Caller) -> None:
    joint(ann, bob).spend(100)
    assert ann.user_id
    assert bob.user_id
    mine = ann.does("get_balances_of_user", GetBalancesOfUser(ann.user_id))
    assert mine == ann.does("get_personal_balances", GetPersonalBalances())
    with pytest.raises(NotFound):
        ann.does("get_balances_of_user", GetBalancesOfUser(bob.user_id))


def test_a_part_is_paid_to_the_oldest_events_first(ann: Caller, bob: Caller) -> None:
    for amount in (100, 60, 40):
        joint(ann, bob).spend(amount)
    paid = settle(bob, ann, 60)
    assert by_event(ann, "Bob") == [20, 20]
    assert [payment.amount for payment in paid.payments] == [50, 10]
    assert {payment.kind for payment in paid.payments} == {"payment"}
    assert paid.payments[0].created_by.name == "Bob"


def test_who_pays_all_is_quits_in_every_event(ann: Caller, bob: Caller) -> None:
    joint(ann, bob).spend(100)
    joint(ann, bob, simplify_debts=False).spend(60, payer="Bob")
    settle(bob, ann, 20)
    assert (balances(ann), balances(bob)) == ({}, {})


def test_nobody_pays_more_than_they_owe(ann: Caller, bob: Caller, stranger: Caller) -> None:
    joint(ann, bob).spend(100)
    for sender, receiver, amount, currency in (
        (bob, ann, 51, "EUR"),
        (ann, bob, 1, "EUR"),
        (bob, ann, 1, "USD"),
        (bob, stranger, 1, "EUR"),
        (bob, bob, 1, "EUR"),
    ):
        with pytest.raises(Invalid) as refusal:
            settle(sender, receiver, amount, currency)
        assert [error.field for error in refusal.value.fields] == ["amount"]
    assert by_event(ann, "Bob") == [50]


def test_settling_twice_with_one_id_pays_once(ann: Caller, bob: Caller) -> None:
    joint(ann, bob).spend(100)
    joint(ann, bob).spend(100)
    key = uuid7()
    first = settle(bob, ann, 60, key=key)
    assert settle(bob, ann, 60, key=key) == first
    assert balances(ann) == {("Bob", "EUR"): 40}
    with pytest.raises(IdTaken):
        settle(bob, ann, 40, key=key)


def test_an_expense_without_an_event_counts_and_its_event_is_hidden(ann: Caller, bob: Caller) -> None:
    expense = ann.does("record_between", between(ann, bob))
    assert (balances(ann), balances(bob)) == ({("Bob", "EUR"): 1500}, {("Ann", "EUR"): -1500})
    assert ann.does("list_events", ListEvents()).items == ()
    assert bob.does("get_expense", ExpenseOf(event_id=expense.event_id, expense_id=expense.id)) == expense
    settle(bob, ann, 1500)
    assert balances(bob) == {}


def test_the_same_people_and_currency_share_one_hidden_event(ann: Caller, bob: Caller, stranger: Caller) -> None:
    first = ann.does("record_between", between(ann, bob))
    again = bob.does("record_between", between(bob, ann, amount=1000))
    assert again.event_id == first.event_id
    others = [
        ann.does("record_between", between(ann, bob, currency="USD")),
        ann.does("record_between", between(ann, bob, stranger)),
        ann.does("record_between", between(ann, bob, "cleo@example.org")),
    ]
    assert len({first.event_id, *(each.event_id for each in others)}) == 4
    cleo = ann.does("record_between", between(ann, "Cleo@example.org", bob))
    assert cleo.event_id == others[-1].event_id


def test_people_of_one_name_are_told_apart(ann: Caller) -> None:
    expense = ann.does("record_between", between(ann, core.user(ann.bus, "ann"), "ANN@example.org"))
    event = ann.does("get_event", EventOf(event_id=expense.event_id))
    assert sorted(member.name for member in event.members) == ["ANN 3", "Ann", "ann 2"]


def test_the_same_expense_twice_is_recorded_once(ann: Caller, bob: Caller) -> None:
    command = between(ann, bob)
    first = ann.reply("record_between", command, key=command.id)
    again = ann.reply("record_between", command, key=command.id)
    assert (again.is_replay, again.body) == (True, first.body)
    assert balances(ann) == {("Bob", "EUR"): 1500}


def test_nobody_sees_whether_an_address_is_a_users(ann: Caller, bob: Caller) -> None:
    known = Person("bobby", bob.user_id, "bobby@example.org")
    unknown = Person("nobody", None, "nobody@example.org")
    for person in (known, unknown):
        command = between(ann, bob)
        ann.does("record_between", RecordBetween(**{**fields(command), "people": (command.people[0], person)}))
    found = ann.does("get_personal_balances", GetPersonalBalances()).balances
    assert [(each.user_id, each.name, each.amount) for each in found] == [(None, "bobby", 1500), (None, "nobody", 1500)]
    event = ann.does("get_event", EventOf(event_id=found[0].events[0].event_id))
    assert [member.user_id for member in event.members] == [ann.user_id, None]
    assert balances(bob) == {("Ann", "EUR"): -1500}


def test_who_is_known_as_a_user_is_one_person_by_address_too(ann: Caller, bob: Caller) -> None:
    joint(ann, bob).spend(100)
    person = Person("bobby", bob.user_id, "bobby@example.org")
    command = between(ann, bob)
    ann.does("record_between", RecordBetween(**{**fields(command), "people": (command.people[0], person)}))
    (found,) = ann.does("get_personal_balances", GetPersonalBalances()).balances
    assert (found.user_id, found.amount) == (bob.user_id, 1550)
    ann.does("record_between", between(ann, bob))
    assert balances(ann) == {("Bob", "EUR"): 3050}


def fields(command: RecordBetween) -> dict[str, Any]:
    return {name: getattr(command, name) for name in RecordBetween.__slots__}


def test_nobody_joins_or_leaves_what_is_between_people(ann: Caller, bob: Caller) -> None:
    event_id = ann.does("record_between", between(ann, bob)).event_id
    member_id = ann.does("get_event", EventOf(event_id=event_id)).members[1].id
    for operation, command in (
        ("add_member", AddMember(event_id=event_id, id=uuid7(), name="Cleo")),
        ("edit_member", EditMember(event_id=event_id, member_id=member_id, name="Robert")),
    ):
        with pytest.raises(PeopleFixed):
            ann.does(operation, command)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"participants": ()}, "split.participants"),
        ({"participants": (PersonShare(1), PersonShare(1))}, "split.participants.0"),
        ({"participants": (PersonShare(0, 1),)}, "split.participants.0.value"),
        ({"type": "exact", "participants": (PersonShare(0, 1), PersonShare(1, 2))}, "split.participants"),
        ({"amount": 10**15}, "amount"),
    ],
)
def test_a_wrong_field_is_named(ann: Caller, bob: Caller, change: dict[str, Any], field: str) -> None:
    command = RecordBetween(**{**fields(between(ann, bob)), **change})
    with pytest.raises(Invalid) as refusal:
        ann.does("record_between", command)
    assert refusal.value.fields[0].field == field
    assert balances(ann) == {}
