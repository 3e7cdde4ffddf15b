"""Making one member of two: their money becomes one's, everybody else's stays, and it can be undone."""

import uuid
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from common.contracts.activity import ChangedSince, ListActivity, UndoActivity
from common.contracts.events import ClaimMember, EventOf, MemberClaimed, MemberOf, RoleTooLow
from common.contracts.expenses import ExpenseOf
from common.contracts.merging import MergeMember
from common.errors import Invalid, NotFound
from tests.core import DAY, Party, Person


def merge(party: Party, gone: str, into: str, **options: Any) -> Any:
    command = MergeMember(event_id=party.id, member_id=party.ids[gone], into=party.ids[into])
    return party.admin.does("merge_member", command, **options)


def undo(party: Party) -> None:
    entry = party.admin.does("list_activity", ListActivity(event_id=party.id)).items[0]
    party.admin.does("undo_activity", UndoActivity(event_id=party.id, activity_id=entry.id))


def a_party(ann: Person, **settings: Any) -> Party:
    """Return an event with everything that two members can have a part in."""
    party = Party.of(ann, "Bob", "Bobby", "Cleo", weights={"Bobby": "2"}, **settings)
    party.spend(1001)
    party.spend(1000, payers=party.payers(Bob=300, Bobby=700), split=party.split("Ann", "Bobby", "Cleo", "Bob"))
    party.spend(900, payer="Cleo", split=party.split(type="percentage", Bob="33.33", Bobby="33.34", Ann="33.33"))
    party.spend(900, payer="Bob", split=party.split(type="exact", Bob=100, Bobby=200, Ann=600))
    party.spend(1000, payer="Bobby", split=party.split(type="adjustment", Bob=-100, Bobby=50, Ann=0))
    party.spend(500, kind="income", payer="Bobby", split=party.split(type="shares", Bob="0.5", Bobby="1", Cleo="1"))
    party.spend(7000, currency="JPY", rate="0.0061", payer="Ann", split=party.split("Bob", "Bobby"))
    party.spend(7000, currency="JPY", rate="0.0061", split=party.split(type="adjustment", Bob=10, Bobby=0, Ann=-3))
    party.pay("Bobby", "Ann", 50)
    party.pay("Bobby", "Bob", 77)
    party.delete(party.spend(300, payer="Bobby"))
    return party


@pytest.mark.parametrize("simplify_debts", [True, False])
def test_two_become_one_and_nobody_elses_balance_moves(ann: Person, simplify_debts: bool) -> None:  # noqa: FBT001
    party = a_party(ann, simplify_debts=simplify_debts)
    before = party.balances()
    merge(party, "Bobby", "Bob")
    assert party.balances() == {
        "Ann": before["Ann"],
        "Bob": before["Bob"] + before["Bobby"],
        "Cleo": before["Cleo"],
    }
    owed = {name: sum(a for _, to, a in party.debts() if to == name) for name in ("Ann", "Bob", "Cleo")}
    owing = {name: sum(a for of, _, a in party.debts() if of == name) for name in ("Ann", "Bob", "Cleo")}
    assert {name: owed[name] - owing[name] for name in owed} == party.balances()
    with pytest.raises(NotFound):
        merge(party, "Bobby", "Bob")


def test_what_was_merged_can_be_edited_and_comes_to_the_same(ann: Person) -> None:
    party = a_party(ann)
    party.delete(party.spend(1))
    merge(party, "Bobby", "Bob")
    before = party.balances()
    entries = party.admin.does("list_activity", ListActivity(event_id=party.id, limit=100)).items
    for entry in entries:
        found = entry.action == "recorded" and party.admin.does(
            "get_expense", ExpenseOf(event_id=party.id, expense_id=entry.subject_id)
        )
        if found and found.deleted_at is None and found.split["participants"] != "everyone":
            # Another date has every share computed anew.
            party.edit(found, date=DAY.replace(day=19))
    after = party.balances()
    assert all(abs(after[name] - before[name]) <= 2 for name in before)


@pytest.mark.parametrize("simplify_debts", [True, False])
def test_merging_can_be_undone(ann: Person, simplify_debts: bool) -> None:  # noqa: FBT001
    party = a_party(ann, simplify_debts=simplify_debts)
    before = party.get_balances()
    merge(party, "Bobby", "Bob")
    undo(party)
    assert party.get_balances() == before
    names = {each.name for each in ann.does("get_event", EventOf(event_id=party.id)).members}
    assert names == {"Ann", "Bob", "Bobby", "Cleo"}


def test_merging_cannot_be_undone_when_an_expense_changed_since(ann: Person) -> None:
    party = Party.of(ann, "Bob", "Bobby")
    dinner = party.spend(100, payer="Bobby", split=party.split("Ann"))
    merge(party, "Bobby", "Bob")
    entry = ann.does("list_activity", ListActivity(event_id=party.id)).items[0]
    party.edit(dinner, amount=200)
    with pytest.raises(ChangedSince):
        ann.does("undo_activity", UndoActivity(event_id=party.id, activity_id=entry.id))
    assert party.balances() == {"Ann": -200, "Bob": 200}


def test_who_stays_is_the_user_that_the_other_one_was(ann: Person, bob: Person) -> None:
    party = Party.of(ann, "Bob", "Bobby")
    claim = ClaimMember(event_id=party.id, member_id=party.ids["Bobby"], link=party.link("viewer").token)
    bob.does("claim_member", claim)
    with pytest.raises(RoleTooLow):
        merge(party.by(ann.guest_by(party.link("editor"))), "Bobby", "Bob")
    member = merge(party, "Bobby", "Bob")
    assert (member.id, member.name, member.user_id, member.role) == (party.ids["Bob"], "Bob", bob.user_id, "viewer")
    assert bob.does("get_event", EventOf(event_id=party.id)).my_member_id == party.ids["Bob"]
    undo(party)
    assert bob.does("get_event", EventOf(event_id=party.id)).my_member_id == party.ids["Bobby"]
    with pytest.raises(MemberClaimed):
        merge(party, "Bobby", "Ann")


def test_only_two_members_of_the_event_become_one(ann: Person) -> None:
    party, other = Party.of(ann, "Bob"), Party.of(ann)
    for into in (party.ids["Bob"], other.ids["Ann"], uuid.uuid4()):
        with pytest.raises(Invalid) as refusal:
            ann.does("merge_member", MergeMember(event_id=party.id, member_id=party.ids["Bob"], into=into))
        assert [error.field for error in refusal.value.fields] == ["into"]
    with pytest.raises(RoleTooLow):
        merge(party.by(ann.guest_by(party.link("viewer"))), "Bob", "Ann")


def test_merging_twice_with_one_key_merges_once(ann: Person) -> None:
    party, key = Party.of(ann, "Bob", "Bobby"), uuid7()
    party.spend(90, date=DAY)
    first = merge(party, "Bobby", "Bob", key=key)
    assert merge(party, "Bobby", "Bob", key=key) == first
    assert party.balances() == {"Ann": 60, "Bob": -60}
    gone = ann.does("get_member", MemberOf(event_id=party.id, member_id=party.ids["Bobby"]))
    assert gone.deleted_at is not None
