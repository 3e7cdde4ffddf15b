"""Members: their names, when they are part of an event, how much they count, and how they go and come back."""

import uuid
from datetime import date

import pytest
from uuid_utils.compat import uuid7

from common.contracts.events import (
    AddMember,
    ClaimMember,
    CreateEvent,
    EventArchived,
    EventFull,
    EventOf,
    LastAdmin,
    ListMembers,
    MemberHasExpenses,
    MemberOf,
    NameTaken,
    NewMember,
    RemoveMember,
)
from common.contracts.expenses import Expense, ExpenseOf
from common.errors import Invalid, NotFound, Stale
from tests.core import Party, Person

FEBRUARY, MARCH, APRIL = date(2026, 2, 10), date(2026, 3, 10), date(2026, 4, 10)


def remove(party: Party, name: str) -> None:
    party.admin.does("remove_member", RemoveMember(event_id=party.id, member_id=party.ids[name]))


def bring_back(party: Party, name: str) -> None:
    party.admin.does("restore_member", MemberOf(event_id=party.id, member_id=party.ids[name]))


def now(party: Party, expense: Expense) -> Expense:
    return party.admin.does("get_expense", ExpenseOf(event_id=party.id, expense_id=expense.id))  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", ["Zoë", "ZOË", "zoë", "Zoe\u0308"])
def test_a_name_is_unique_without_regard_to_case(ann: Person, name: str) -> None:
    party = Party.of(ann, "Zoë", "Bob")
    with pytest.raises(NameTaken) as refusal:
        party.join(name)
    assert [error.field for error in refusal.value.fields] == ["name"]
    with pytest.raises(NameTaken):
        party.change("Bob", name=name)


def test_a_member_may_change_the_case_of_their_own_name(ann: Person) -> None:
    party = Party.of(ann, "bob")
    assert party.change("bob", name="Bob").name == "Bob"


def test_the_name_of_a_deleted_member_is_free_until_they_come_back(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    remove(party, "Bob")
    former = party.ids["Bob"]
    party.join("bob")
    with pytest.raises(NameTaken):
        ann.does("restore_member", MemberOf(event_id=party.id, member_id=former))


def test_members_are_listed_by_name_page_by_page(ann: Person) -> None:
    party = Party.of(ann, "dan", "Bob", "Cleo", "eve")
    first = ann.does("list_members", ListMembers(event_id=party.id, limit=3))
    second = ann.does("list_members", ListMembers(event_id=party.id, limit=3, cursor=first.next_cursor))
    assert [member.name for member in first.items + second.items] == ["Ann", "Bob", "Cleo", "dan", "eve"]
    assert second.next_cursor is None


def test_an_event_has_room_for_a_thousand(ann: Person) -> None:
    command = CreateEvent(
        id=uuid7(), name="Fair", currency="EUR", members=tuple(NewMember(f"Guest {n}") for n in range(999))
    )
    ann.does("create_event", command)
    with pytest.raises(EventFull):
        ann.does("add_member", AddMember(event_id=command.id, id=uuid7(), name="One too many"))
    members = ann.does("list_members", ListMembers(event_id=command.id, limit=2)).items
    party = Party(ann, command.id, {member.name: member.id for member in members})
    remove(party, "Guest 0")
    party.join("Latecomer")
    with pytest.raises(EventFull):
        bring_back(party, "Guest 0")


def test_who_joins_takes_part_in_everything_that_is_for_everyone(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    everyone, two = party.spend(900), party.spend(100, split=party.split("Ann", "Bob"))
    party.join("Cleo")
    assert party.shares(everyone) == {"Ann": 300, "Bob": 300, "Cleo": 300}
    assert party.shares(two) == {"Ann": 50, "Bob": 50}
    assert party.balances() == {"Ann": 650, "Bob": -350, "Cleo": -300}


def test_joining_raises_neither_version_nor_date_of_change(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    before = party.spend(900)
    party.join("Cleo")
    after = now(party, before)
    assert (after.version, after.updated_at) == (before.version, before.updated_at)


def test_who_joins_on_a_date_takes_part_from_then_on(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    before, on = party.spend(900, date=FEBRUARY), party.spend(900, date=MARCH)
    party.join("Cleo", joined_on=MARCH)
    assert party.shares(before) == {"Ann": 450, "Bob": 450}
    assert party.shares(on) == {"Ann": 300, "Bob": 300, "Cleo": 300}


def test_who_leaves_keeps_the_shares_up_to_that_day(ann: Person) -> None:
    party = Party.of(ann, "Bob", "Cleo")
    expenses = [party.spend(901, date=day) for day in (FEBRUARY, MARCH, APRIL)]
    kept = [party.shares(expense) for expense in expenses[:2]]
    party.change("Cleo", left_on=MARCH)
    assert [party.shares(expense) for expense in expenses[:2]] == kept
    assert sorted(party.shares(expenses[2])) == ["Ann", "Bob"]


def test_who_comes_back_takes_part_again(ann: Person) -> None:
    party = Party.of(ann, "Bob", "Cleo")
    expense = party.spend(900, date=APRIL)
    party.change("Cleo", left_on=MARCH)
    assert party.shares(expense) == {"Ann": 450, "Bob": 450}
    party.change("Cleo", left_on=None)
    assert party.shares(expense) == {"Ann": 300, "Bob": 300, "Cleo": 300}


def test_leaving_moves_no_cent_of_what_came_before(ann: Person) -> None:
    """Red when leaving computes the older expenses anew: their cents fell by what was known then."""
    party = Party.of(ann, "Bob", "Cleo")
    first = party.spend(100, date=FEBRUARY)
    second = party.spend(100, date=FEBRUARY)
    party.delete(first)
    for _ in range(2):
        party.spend(100, date=FEBRUARY, split=party.split("Ann", "Bob", "Cleo"))
    shares = party.shares(second)
    party.change("Cleo", left_on=MARCH)
    party.change("Bob", weight="2", weight_from=APRIL)
    assert party.shares(second) == shares


def test_nobody_leaves_before_joining(ann: Person) -> None:
    party = Party.of(ann)
    party.join("Bob", joined_on=MARCH)
    with pytest.raises(Invalid) as refusal:
        party.change("Bob", left_on=FEBRUARY)
    assert [error.field for error in refusal.value.fields] == ["left_on"]


def test_the_last_admin_who_has_not_left_cannot_leave(ann: Person, bob: Person) -> None:
    party = Party.of(ann, "Bob")
    with pytest.raises(LastAdmin):
        party.change("Ann", left_on=MARCH)
    claim = ClaimMember(event_id=party.id, member_id=party.ids["Bob"], link=party.link("admin").token)
    bob.does("claim_member", claim)
    party.change("Ann", left_on=MARCH)
    with pytest.raises(LastAdmin):
        party.change("Bob", left_on=MARCH)
    party.change("Ann", left_on=None)
    party.change("Bob", left_on=MARCH)


def test_an_expense_on_whose_date_nobody_is_left_keeps_its_shares(ann: Person) -> None:
    party = Party.of(ann)
    expense = party.spend(900, date=APRIL)
    party.by(ann.guest_by(party.link("admin"))).change("Ann", left_on=MARCH)
    assert party.shares(expense) == {"Ann": 900}
    with pytest.raises(Invalid) as refusal:
        party.spend(900, date=APRIL)
    assert [error.field for error in refusal.value.fields] == ["split.participants"]


def test_a_couple_weighs_two_in_every_equal_split(ann: Person) -> None:
    party = Party.of(ann, "Bob", weights={"Bob": "2"})
    assert party.shares(party.spend(900)) == {"Ann": 300, "Bob": 600}
    assert party.shares(party.spend(900, split=party.split("Bob", "Ann"))) == {"Bob": 600, "Ann": 300}
    assert party.shares(party.spend(900, split=party.split(type="shares", Ann="1", Bob="1"))) == {
        "Ann": 450,
        "Bob": 450,
    }


def test_a_new_weight_holds_from_its_date_on(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    before, on = party.spend(900, date=FEBRUARY), party.spend(900, date=MARCH)
    listed = party.spend(900, date=MARCH, split=party.split("Ann", "Bob"))
    assert party.change("Bob", weight="2", weight_from=MARCH).weight == "2"
    assert party.shares(before) == {"Ann": 450, "Bob": 450}
    assert party.shares(on) == {"Ann": 300, "Bob": 600}
    assert party.shares(listed) == {"Ann": 450, "Bob": 450}
    assert party.shares(party.spend(900, date=FEBRUARY)) == {"Ann": 450, "Bob": 450}


def test_a_weight_may_have_two_decimals(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    assert party.change("Bob", weight="0.50", weight_from=FEBRUARY).weight == "0.5"
    assert party.shares(party.spend(900, date=MARCH)) == {"Ann": 600, "Bob": 300}


@pytest.mark.parametrize("part", ["payer", "participant", "sender", "receiver"])
def test_who_has_expenses_cannot_be_deleted(ann: Person, part: str) -> None:
    party = Party.of(ann, "Bob")
    {
        "payer": lambda: party.spend(payer="Bob"),
        "participant": lambda: party.spend(split=party.split("Bob", "Ann")),
        "sender": lambda: party.pay("Bob", "Ann", 1),
        "receiver": lambda: party.pay("Ann", "Bob", 1),
    }[part]()
    with pytest.raises(MemberHasExpenses):
        remove(party, "Bob")


def test_who_only_shares_in_everything_can_be_deleted_and_come_back(ann: Person) -> None:
    party = Party.of(ann, "Bob", "Cleo")
    expense = party.spend(900)
    remove(party, "Bob")
    remove(party, "Bob")
    assert party.shares(expense) == {"Ann": 450, "Cleo": 450}
    assert party.balances() == {"Ann": 450, "Cleo": -450}
    with pytest.raises(NotFound):
        party.change("Bob", name="Robert")
    bring_back(party, "Bob")
    bring_back(party, "Bob")
    assert party.shares(expense) == {"Ann": 300, "Bob": 300, "Cleo": 300}
    assert party.balances() == {"Ann": 600, "Bob": -300, "Cleo": -300}


def test_a_deleted_member_still_has_a_name(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    remove(party, "Bob")
    assert "Bob" in {member.name for member in ann.does("list_member_names", EventOf(event_id=party.id)).items}
    assert ann.does("get_member", MemberOf(event_id=party.id, member_id=party.ids["Bob"])).deleted_at is not None


def test_a_stale_change_of_a_member_is_refused(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    party.change("Bob", name="Rob")
    with pytest.raises(Stale):
        party.change("Bob", name="Robert", if_version=1)
    with pytest.raises(Stale):
        ann.does("remove_member", RemoveMember(event_id=party.id, member_id=party.ids["Bob"], if_version=1))


def test_a_member_of_another_event_is_not_found(ann: Person) -> None:
    party, other = Party.of(ann), Party.of(ann, "Bob")
    for member_id in (other.ids["Bob"], uuid.uuid4()):
        with pytest.raises(NotFound):
            ann.does("get_member", MemberOf(event_id=party.id, member_id=member_id))


def test_the_last_admin_stays_one(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    with pytest.raises(LastAdmin):
        party.change("Ann", role="viewer")
    with pytest.raises(LastAdmin):
        remove(party, "Ann")


def test_a_role_is_given_and_holds_once_the_member_is_claimed(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    assert party.change("Bob", role="viewer").role == "viewer"


def test_an_address_can_be_changed_and_taken_away(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    assert party.change("Bob", email="bob@example.org").email == "bob@example.org"
    assert party.change("Bob", name="Robert").email == "bob@example.org"
    assert party.change("Bob", email=None).email is None


def test_cents_fall_as_if_who_joins_had_been_there_from_the_start(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    first, second = party.spend(101), party.spend(100)
    party.join("Cleo")
    assert party.shares(first) == {"Ann": 34, "Bob": 34, "Cleo": 33}
    assert party.shares(second) == {"Ann": 33, "Bob": 33, "Cleo": 34}


def test_nobody_in_an_archived_event_becomes_somebody(ann: Person) -> None:
    party = Party.of(ann)
    party.set(archived=True)
    with pytest.raises(EventArchived):
        ann.does("claim_member", ClaimMember(event_id=party.id, member_id=party.ids["Ann"]))
