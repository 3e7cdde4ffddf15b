"""Who did what in an event, and taking it back: every kind of change, within 30 days, unless it was changed since."""

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from common.contracts.activity import ActivityEntry, ChangedSince, ListActivity, NotUndoable, UndoActivity
from common.contracts.categories import NewCategory, SetCategories
from common.contracts.comments import AddComment, CommentOf, ListComments
from common.contracts.events import (
    ClaimMember,
    DeleteEvent,
    EventArchived,
    EventOf,
    LastAdmin,
    LinkOf,
    LinkRevoked,
    MemberOf,
    OpenLink,
    RemoveMember,
    RevokeLink,
    RoleTooLow,
    UndoExpired,
)
from common.contracts.expenses import ExpenseOf, UndatedExpense
from common.contracts.recurring_expenses import (
    AddRecurringExpense,
    DeleteRecurringExpense,
    EditRecurringExpense,
    ListRecurringExpenses,
)
from common.contracts.splits import ListSplits, SavePreset
from common.database import Database
from common.errors import IdTaken, NotFound
from common.rpc.inprocess import InProcessBus
from core_service.service import Core
from tests import core
from tests.core import Party, Person
from tests.services import signer


def activity(party: Party, by: Person | None = None) -> list[ActivityEntry]:
    found: list[ActivityEntry] = []
    cursor = None
    while True:
        page = (by or party.admin).does("list_activity", ListActivity(event_id=party.id, limit=2, cursor=cursor))
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found


def undo(party: Party, entry: ActivityEntry | None = None, **options: Any) -> Any:
    """Take a change back, the newest if none is named."""
    entry = entry or activity(party)[0]
    return party.admin.does("undo_activity", UndoActivity(event_id=party.id, activity_id=entry.id), **options)


def state(party: Party) -> Any:
    """Return what must be as before: settings, members, expenses, balances and debts."""
    event = party.admin.does("get_event", EventOf(event_id=party.id))
    settings = (event.name, event.description, event.currency, event.simplify_debts, event.archived)
    people = [(each.name, each.email, each.role, each.weight, each.joined_on, each.left_on) for each in event.members]
    return settings, people, party.get_balances()


def test_activity_is_listed_newest_first_with_who_what_before_and_after(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    dinner = party.spend(1000)
    party.edit(dinner, amount=2000)
    party.delete(dinner)
    deleted, edited, recorded, created = activity(party)
    assert [each.action for each in (created, recorded, edited, deleted)] == [
        "created",
        "recorded",
        "edited",
        "deleted",
    ]
    assert {each.actor.name for each in (created, recorded, edited, deleted)} == {"Ann"}
    assert (edited.subject, edited.subject_id) == ("expense", dinner.id)
    assert edited.before
    assert edited.after
    assert (edited.before["amount"], edited.after["amount"]) == (1000, 2000)
    assert (recorded.before, deleted.after) == (None, None)
    assert created.happened_at <= deleted.happened_at <= time.time()


def test_only_members_see_activity_and_viewers_without_addresses(ann: Person, stranger: Person) -> None:
    party = Party.of(ann)
    party.join("Bob", email="bob@example.org")
    party.change("Bob", email="robert@example.org")
    party.set(name="Weekend")
    viewer, editor = ann.guest_by(party.link("viewer")), ann.guest_by(party.link("editor"))
    assert "example.org" in str(activity(party, editor))
    assert "example.org" not in str(activity(party, viewer))
    assert len(activity(party, viewer)) == len(activity(party))
    with pytest.raises(NotFound):
        activity(party, stranger)


def test_nobody_sees_where_the_one_who_changed_the_settings_stands(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    party.spend(1000)
    party.set(name="Weekend")
    assert not {"balance", "my_member_id", "role"} & (activity(party)[0].after or {}).keys()


Change = Callable[[Party], object]
CHANGES: dict[str, Change] = {
    "record": lambda party: party.spend(500, payer="Bob"),
    "record for everyone": lambda party: party.spend(501),
    "pay": lambda party: party.pay("Bob", "Ann", 100),
    "edit": lambda party: party.edit(dinner_of(party), amount=777, description="Lunch", payers=party.payers("Cleo")),
    "edit all": lambda party: party.edit(
        dinner_of(party),
        kind="income",
        currency="JPY",
        event_amount=300,
        rate="0.0061",
        split=party.split("Bob", "Cleo"),
    ),
    "delete": lambda party: party.delete(dinner_of(party)),
    "join": lambda party: party.join("Dan"),
    "rename": lambda party: party.change("Bob", name="Robert", email="robert@example.org"),
    "give a role": lambda party: party.change("Bob", role="viewer"),
    "leave": lambda party: party.change("Bob", left_on=core.DAY.replace(day=1)),
    "weigh": lambda party: party.change("Bob", weight="2.5", weight_from=core.DAY),
    "remove": lambda party: party.admin.does(
        "remove_member", RemoveMember(event_id=party.id, member_id=party.ids["Eve"])
    ),
    "rename the event": lambda party: party.set(name="Weekend", description="Long"),
    "keep debts": lambda party: party.set(simplify_debts=False),
    "archive": lambda party: party.set(archived=True),
}


def dinner_of(party: Party) -> Any:
    entry = next(each for each in reversed(activity(party)) if each.action == "recorded")
    return party.admin.does("get_expense", ExpenseOf(event_id=party.id, expense_id=entry.subject_id))


def a_party(ann: Person) -> Party:
    party = Party.of(ann, "Bob", "Cleo", "Eve")
    party.change("Bob", weight="1.5", weight_from=core.DAY.replace(year=2025))
    party.spend(1001, split=party.split("Ann", "Bob", "Cleo"))
    party.spend(1000, payer="Cleo", split=party.split("Ann", "Bob", "Cleo"))
    party.spend(999, payer="Bob")
    return party


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_every_change_can_be_undone_and_redone(ann: Person, change: Change) -> None:
    party = a_party(ann)
    before = state(party)
    change(party)
    after = state(party)
    assert after != before
    undone = undo(party)
    assert state(party) == before
    assert activity(party)[0] == undone
    undo(party)
    assert state(party) == after


def test_undoing_an_edit_lets_left_over_cents_fall_as_before(ann: Person) -> None:
    party = Party.of(ann, "Bob", "Cleo")
    expenses = [party.spend(100) for _ in range(5)]
    former = [party.shares(each) for each in expenses]
    for each in expenses:
        party.edit(each, amount=300)
    for entry in list(activity(party))[:5]:
        undo(party, entry)
    assert [party.shares(each) for each in expenses] == former
    party.spend(100)
    assert {balance.share for balance in party.get_balances().balances} == {200}


def test_a_weight_before_another_date_holds_again(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    party.change("Bob", weight="2", weight_from=core.DAY)
    party.change("Bob", weight="3", weight_from=core.DAY.replace(year=2025))
    undo(party)
    early = party.spend(300, date=core.DAY.replace(year=2025, month=12))
    late = party.spend(300)
    assert (party.shares(early)["Bob"], party.shares(late)["Bob"]) == (150, 200)


def test_a_deleted_event_comes_back_by_its_activity(ann: Person) -> None:
    party = a_party(ann)
    guest = ann.guest_by(party.link("editor"))
    before = state(party)
    ann.does("delete_event", DeleteEvent(event_id=party.id))
    with pytest.raises(NotFound):
        activity(party, guest)
    with pytest.raises(NotFound):
        undo(party, activity(party)[-2])
    undo(party)
    assert state(party) == before
    undo(party, activity(party)[0])
    with pytest.raises(NotFound):
        state(party)


def test_a_claim_is_undone_by_who_made_it_or_an_admin(ann: Person, bob: Person) -> None:
    party = Party.of(ann, "Bob", "Cleo")
    claim = ClaimMember(event_id=party.id, member_id=party.ids["Bob"], link=party.link("viewer").token)
    bob.does("claim_member", claim)
    undo(party.by(bob), activity(party)[0])
    with pytest.raises(NotFound):
        bob.does("get_event", EventOf(event_id=party.id))
    member = ann.does("get_member", MemberOf(event_id=party.id, member_id=party.ids["Bob"]))
    assert (member.user_id, member.role) == (None, "editor")
    undo(party)
    assert bob.does("get_event", EventOf(event_id=party.id)).role == "viewer"
    party.change("Cleo", name="Cleopatra")
    with pytest.raises(RoleTooLow):
        undo(party.by(bob), activity(party)[0])


def test_a_link_that_was_rotated_or_revoked_holds_again(ann: Person) -> None:
    party = Party.of(ann)
    first = party.link("editor")
    second = party.link("editor")
    undo(party)
    assert ann.does("open_link", OpenLink(first.token)).role == "editor"
    with pytest.raises(LinkRevoked):
        ann.does("open_link", OpenLink(second.token))
    ann.does("revoke_link", RevokeLink(event_id=party.id))
    undo(party)
    assert ann.does("show_link", LinkOf(event_id=party.id)) == first
    ann.does("revoke_link", RevokeLink(event_id=party.id))
    revoked = activity(party)[0]
    party.link("editor")
    with pytest.raises(ChangedSince):
        undo(party, revoked)
    with pytest.raises(RoleTooLow):
        undo(party.by(ann.guest_by(party.link("editor"))))


def test_comments_presets_and_categories_come_back(ann: Person) -> None:
    party = Party.of(ann)
    dinner = party.spend()
    comment_id = uuid7()
    ann.does("add_comment", AddComment(event_id=party.id, expense_id=dinner.id, id=comment_id, text="Good"))
    ann.does("delete_comment", CommentOf(event_id=party.id, expense_id=dinner.id, comment_id=comment_id))
    added = activity(party)[1]
    with pytest.raises(ChangedSince):
        undo(party, added)
    undo(party)
    listing = ListComments(event_id=party.id, expense_id=dinner.id)
    assert [each.text for each in ann.does("list_comments", listing).items] == ["Good"]
    undo(party)
    assert ann.does("list_comments", listing).items == ()
    preset = SavePreset(event_id=party.id, id=uuid7(), name="Us", split=party.split("Ann"))
    ann.does("save_preset", preset)
    undo(party)
    assert ann.does("list_splits", ListSplits(event_id=party.id)).items == ()
    undo(party)
    assert [each.name for each in ann.does("list_splits", ListSplits(event_id=party.id)).items] == ["Us"]
    former = ann.does("list_categories", EventOf(event_id=party.id))
    ann.does("set_categories", SetCategories(event_id=party.id, items=(NewCategory("golf", "Golf"),)))
    undo(party)
    assert ann.does("list_categories", EventOf(event_id=party.id)) == former


def test_a_recurring_expense_comes_back(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    content = UndatedExpense(amount=900, payers=party.payers("Ann"), description="Rent")
    start = datetime.now(UTC).date() + timedelta(days=2)
    ids = {"event_id": party.id, "recurring_expense_id": uuid7()}
    added = AddRecurringExpense(
        event_id=party.id, id=ids["recurring_expense_id"], rule="FREQ=DAILY", starts_on=start, expense=content
    )
    ann.does("add_recurring_expense", added)

    def now() -> list[tuple[str, Any, Any]]:
        items = ann.does("list_recurring_expenses", ListRecurringExpenses(event_id=party.id)).items
        return [(each.rule, each.expense, each.next_on) for each in items]

    first = now()
    richer = replace(content, amount=1000)
    ann.does("edit_recurring_expense", EditRecurringExpense(**ids, rule="FREQ=WEEKLY", expense=richer))
    edited = activity(party)[0]
    undo(party)
    assert now() == first
    with pytest.raises(ChangedSince):
        undo(party, edited)
    ann.does("delete_recurring_expense", DeleteRecurringExpense(**ids))
    undo(party)
    assert now() == first
    undo(party)
    assert now() == []


def test_what_was_changed_again_since_cannot_be_undone(ann: Person) -> None:
    party = a_party(ann)
    expense = party.spend(1)
    recorded = activity(party)[0]
    party.edit(expense, description="Tea")
    edited = activity(party)[0]
    party.delete(expense)
    before = state(party)
    for entry in (recorded, edited):
        with pytest.raises(ChangedSince):
            undo(party, entry)
    undone = activity(party)[0]
    undo(party)
    with pytest.raises(ChangedSince):
        undo(party, undone)
    party.delete(expense)
    assert state(party) == before


def test_the_rules_of_other_changes_hold_for_undoing_too(ann: Person, bob: Person) -> None:
    party = Party.of(ann, "Bob")
    claim = ClaimMember(event_id=party.id, member_id=party.ids["Bob"], link=party.link("admin").token)
    bob.does("claim_member", claim)
    claimed = activity(party)[0]
    party.change("Ann", role="editor")
    with pytest.raises(LastAdmin):
        undo(party.by(bob), claimed)
    party.by(bob).spend(payer="Ann")
    recorded = activity(party)[0]
    party.by(bob).set(archived=True)
    with pytest.raises(EventArchived):
        undo(party, recorded)


def test_a_viewer_undoes_nothing(ann: Person) -> None:
    party = Party.of(ann, "Bob")
    viewer = ann.guest_by(party.link("viewer"))
    party.spend()
    for entry in activity(party)[:1] + activity(party)[-1:]:
        with pytest.raises(RoleTooLow):
            undo(party.by(viewer), entry)


def test_the_same_undo_twice_is_done_once(ann: Person) -> None:
    party = a_party(ann)
    expense = party.spend(1)
    (entry, other), key = activity(party)[:2], uuid7()
    first = undo(party, entry, key=key)
    assert undo(party, entry, key=key) == first
    party.restore(expense)
    undo(party, entry, key=key)
    assert party.admin.does("get_expense", ExpenseOf(event_id=party.id, expense_id=expense.id)).deleted_at is None
    with pytest.raises(IdTaken):
        undo(party, other, key=key)


def test_changes_of_other_events_are_not_found(ann: Person) -> None:
    party, other = Party.of(ann), Party.of(ann)
    for wrong in (activity(other)[0].id, uuid.uuid4()):
        with pytest.raises(NotFound):
            ann.does("undo_activity", UndoActivity(event_id=party.id, activity_id=wrong))


class Clock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.late_s = 0

    def __call__(self) -> float:
        return time.time() + self.late_s


@pytest.fixture
def clock() -> Clock:
    """The clock of `late_ann`'s service."""
    return Clock()


@pytest.fixture
def late_ann(core_database: Database, clock: Clock) -> Iterator[Person]:
    """A user of a service with a clock of its own."""
    bus = InProcessBus(signer)
    bus.serve(Core(core_database, core.SECRET_KEY, clock))
    yield core.user(bus, "Ann")
    bus.close()


def test_undoing_is_possible_for_thirty_days(late_ann: Person, clock: Clock) -> None:
    party = Party.of(late_ann)
    party.set(name="Weekend")
    clock.late_s = 30 * 24 * 60 * 60 + 10
    with pytest.raises(UndoExpired):
        undo(party)
    clock.late_s -= 20
    undo(party)
    assert late_ann.does("get_event", EventOf(event_id=party.id)).name != "Weekend"


def test_what_nobody_can_take_back_says_so(core_database: Database, ann: Person) -> None:
    party = Party.of(ann)
    with core_database.transaction() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO activity (id, event_id, happened_at, action, subject, subject_id) "
            "VALUES (%s, %s, %s, 'anonymised', 'member', %s)",
            (uuid7(), party.id, int(time.time()), party.ids["Ann"]),
        )
    with pytest.raises(NotUndoable):
        undo(party)
