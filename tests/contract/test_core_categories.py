"""Categories: those that every event has, and those that an event adds."""

import time
from typing import Any

import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from common.contracts.categories import Categories, CategoryInUse, NewCategory, SetCategories
from common.contracts.events import EventArchived, EventOf, RoleTooLow
from common.contracts.expenses import ListExpenses
from common.database import Database
from common.errors import IdTaken, Invalid, NotFound
from common.rpc.wire import read_command
from tests.core import Party, Person

SURF = NewCategory("surf", "Surfing", "🏄", "#00aaff")
WINE = NewCategory("wine", "Wine")


def set_own(party: Party, *own: NewCategory, **sent: Any) -> Categories:
    return party.admin.does("set_categories", SetCategories(event_id=party.id, items=own), **sent)


def listed(party: Party) -> Categories:
    return party.admin.does("list_categories", EventOf(event_id=party.id))


def own_keys(party: Party) -> list[str]:
    return [category.key for category in listed(party).items if not category.built_in]


def test_an_event_adds_categories_of_its_own_in_its_order(ann: Person) -> None:
    party, other = Party.of(ann), Party.of(ann)
    built_in = listed(party).items
    assert all(category.built_in for category in built_in)
    answer = set_own(party, WINE, SURF)
    assert answer == listed(party)
    assert answer.items[: len(built_in)] == built_in
    own = [(each.key, each.name, each.emoji, each.color) for each in answer.items[len(built_in) :]]
    assert own == [("wine", "Wine", "🏷️", "#64748b"), ("surf", "Surfing", "🏄", "#00aaff")]
    assert listed(other).items == built_in


def test_setting_them_again_replaces_them(ann: Person) -> None:
    party = Party.of(ann)
    set_own(party, WINE, SURF)
    set_own(party, NewCategory("surf", "Waves"))
    assert own_keys(party) == ["surf"]
    assert listed(party).items[-1].name == "Waves"
    set_own(party)
    assert own_keys(party) == []


def test_expenses_take_the_events_own_categories_and_no_other_events(ann: Person) -> None:
    party, other = Party.of(ann), Party.of(ann)
    set_own(party, SURF)
    boards = party.spend(category="surf")
    assert boards.category == "surf"
    assert party.edit(party.spend(), category="surf").category == "surf"
    found = ann.does("list_expenses", ListExpenses(event_id=party.id, category="surf")).items
    assert boards.id in {expense.id for expense in found}
    assert len(found) == 2
    for act in (
        lambda: other.spend(category="surf"),
        lambda: ann.does("list_expenses", ListExpenses(event_id=other.id, category="surf")),
    ):
        with pytest.raises(Invalid) as refusal:
            act()
        assert [error.field for error in refusal.value.fields] == ["category"]


def test_a_category_that_expenses_have_stays(ann: Person) -> None:
    party = Party.of(ann)
    set_own(party, SURF, WINE)
    boards = party.spend(category="surf")
    with pytest.raises(CategoryInUse) as refusal:
        set_own(party, WINE)
    assert '"surf"' in refusal.value.fields[0].message
    assert own_keys(party) == ["surf", "wine"]
    set_own(party, NewCategory("surf", "Waves"))
    party.edit(boards, category="food")
    set_own(party)
    assert own_keys(party) == []


def test_what_can_be_restored_keeps_its_category_and_what_cannot_does_not(ann: Person, core_database: Database) -> None:
    party = Party.of(ann)
    set_own(party, SURF)
    boards = party.spend(category="surf")
    party.delete(boards)
    with pytest.raises(CategoryInUse):
        set_own(party)
    with core_database.transaction() as session:
        long_ago = {"at": int(time.time()) - 31 * 24 * 60 * 60, "id": boards.id}
        session.execute(text("UPDATE expenses SET deleted_at = :at WHERE id = :id"), long_ago)
    set_own(party)
    assert own_keys(party) == []


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"key": "Surf", "name": "Surfing"}, "items.0.key"),
        ({"key": "surf\n", "name": "Surfing"}, "items.0.key"),
        ({"key": "a" * 41, "name": "Surfing"}, "items.0.key"),
        ({"key": "", "name": "Surfing"}, "items.0.key"),
        ({"key": 7, "name": "Surfing"}, "items.0.key"),
        ({"key": "surf"}, "items.0.name"),
        ({"key": "surf", "name": " "}, "items.0.name"),
        ({"key": "surf", "name": "Surfing", "color": "blue"}, "items.0.color"),
        ({"key": "surf", "name": "Surfing", "color": "#00aaff0"}, "items.0.color"),
        ({"key": "surf", "name": "Surfing", "emoji": ""}, "items.0.emoji"),
        ({"key": "surf", "name": "Surfing", "emoji": "🏄" * 17}, "items.0.emoji"),
        ({"key": "surf", "name": "Surfing", "built_in": False}, "items.0.built_in"),
    ],
)
def test_what_is_wrong_with_a_category_is_named(document: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_command(SetCategories, {"event_id": str(uuid7()), "items": [document]})
    assert [error.field for error in refusal.value.fields] == [field]


def test_a_list_has_at_most_a_hundred_categories_and_no_key_twice() -> None:
    def said(*keys: str) -> SetCategories:
        items = [{"key": key, "name": "Any"} for key in keys]
        return read_command(SetCategories, {"event_id": str(uuid7()), "items": items})

    hundred = [f"c{number}" for number in range(100)]
    assert len(said(*hundred).items) == 100
    for keys, fields in (([*hundred, "more"], ["items"]), (["a", "b", "a"], ["items.0.key", "items.2.key"])):
        with pytest.raises(Invalid) as refusal:
            said(*keys)
        assert [error.field for error in refusal.value.fields] == fields


def test_an_own_category_cannot_take_the_key_of_a_built_in_one(ann: Person) -> None:
    party = Party.of(ann)
    with pytest.raises(Invalid) as refusal:
        set_own(party, SURF, NewCategory("food", "Feasts"))
    assert [error.field for error in refusal.value.fields] == ["items.1.key"]
    assert own_keys(party) == []


def test_categories_are_the_admins_and_everybody_in_the_event_reads_them(ann: Person, stranger: Person) -> None:
    party = Party.of(ann)
    set_own(party, SURF)
    for role in ("viewer", "editor"):
        guest = party.by(ann.guest_by(party.link(role)))
        assert own_keys(guest) == ["surf"]
        with pytest.raises(RoleTooLow):
            set_own(guest)
    for act in (lambda: listed(party.by(stranger)), lambda: set_own(party.by(stranger))):
        with pytest.raises(NotFound):
            act()
    party.set(archived=True)
    with pytest.raises(EventArchived):
        set_own(party)
    assert own_keys(party) == ["surf"]


def test_a_repeat_does_not_set_them_again(ann: Person) -> None:
    party, key = Party.of(ann), uuid7()
    set_own(party, SURF, key=key)
    set_own(party, WINE)
    assert set_own(party, SURF, key=key) == listed(party)
    assert own_keys(party) == ["wine"]
    with pytest.raises(IdTaken):
        set_own(party, SURF, key=key, content="another")
