"""Presets of an event, and the splits that its expenses suggest."""

import itertools

import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from common.contracts.events import EventArchived, RoleTooLow
from common.contracts.expenses import Split
from common.contracts.splits import ListSplits, Preset, PresetOf, SavePreset, Splits
from common.database import Database
from common.errors import IdTaken, Invalid, NotFound
from common.rpc.wire import read_command
from tests.core import Party, Person


def keep(party: Party, name: str, split: Split, key=None, **sent) -> Preset:
    preset_id = key or uuid7()
    command = SavePreset(event_id=party.id, id=preset_id, name=name, split=split)
    return party.admin.does("save_preset", command, key=preset_id, **sent)


def forget(party: Party, preset: Preset) -> None:
    party.admin.does("delete_preset", PresetOf(event_id=party.id, preset_id=preset.id))


def listed(party: Party, **paging) -> Splits:
    return party.admin.does("list_splits", ListSplits(event_id=party.id, **paging))


def spend_at_different_times(party: Party, database: Database, *splits: Split) -> None:
    """Record an expense for each split, each a minute after the one before."""
    for minute, split in enumerate(splits):
        at = {"id": party.spend(1000, split=split).id, "minutes": minute}
        with database.transaction() as session:
            session.execute(text("UPDATE expenses SET created_at = 1790000000 + 60 * :minutes WHERE id = :id"), at)


def test_presets_are_kept_until_they_are_deleted(ann: Person) -> None:
    party, other = Party.of(ann, "Bob"), Party.of(ann)
    thirds = party.split(type="shares", Ann="2", Bob="1")
    presets = (keep(party, "Thirds", thirds), keep(party, "All of us", Split()), keep(party, "Bob", party.split("Bob")))
    assert listed(party).items == presets
    assert [preset.split for preset in presets] == [
        thirds.to_document(),
        {"type": "equal", "participants": "everyone"},
        party.split("Bob").to_document(),
    ]
    forget(party, presets[1])
    forget(party, presets[1])
    assert listed(party).items == (presets[0], presets[2])
    assert listed(other).items == ()
    with pytest.raises(NotFound):
        forget(other, presets[0])


def test_presets_come_in_pages(ann: Person) -> None:
    party = Party.of(ann)
    presets = [keep(party, str(number), Split()) for number in range(5)]
    first = listed(party, limit=3)
    second = listed(party, limit=3, cursor=first.next_cursor)
    assert [*first.items, *second.items] == presets
    assert second.next_cursor is None


def test_an_event_suggests_what_it_used_most_and_last(ann: Person, core_database: Database) -> None:
    party = Party.of(ann, "Bob", "Cleo")
    alone, pair, all_three = party.split("Ann"), party.split("Ann", "Bob"), Split()
    spend_at_different_times(party, core_database, pair, all_three, pair, all_three, pair, alone)
    party.pay("Bob", "Ann", 100)
    party.delete(party.spend(1000, split=party.split("Cleo")))
    found = listed(party)
    assert [(used.split, used.count) for used in found.most_used] == [
        (pair.to_document(), 3),
        (all_three.to_document(), 2),
        (alone.to_document(), 1),
    ]
    assert [used.split for used in found.most_recent] == [
        alone.to_document(),
        pair.to_document(),
        all_three.to_document(),
    ]
    assert [used.used_at for used in found.most_recent] == [1790000300, 1790000240, 1790000180]


def test_an_event_suggests_five_of_each(ann: Person, core_database: Database) -> None:
    party = Party.of(ann, "Bob", "Cleo")
    kinds = [
        party.split(*names) for count in (1, 2, 3) for names in itertools.combinations(("Ann", "Bob", "Cleo"), count)
    ]
    spend_at_different_times(party, core_database, kinds[0], *kinds)
    found = listed(party)
    assert [used.split for used in found.most_recent] == [kind.to_document() for kind in reversed(kinds[2:])]
    assert (found.most_used[0].split, len(found.most_used)) == (kinds[0].to_document(), 5)


def test_a_preset_is_between_members_of_its_event(ann: Person) -> None:
    party, other = Party.of(ann), Party.of(ann, "Bob")
    strange = Split("equal", (*party.split("Ann").listed, *other.split("Bob").listed))
    with pytest.raises(Invalid) as refusal:
        keep(party, "Strange", strange)
    assert [error.field for error in refusal.value.fields] == ["split.participants.1.member_id"]
    assert listed(party).items == ()


@pytest.mark.parametrize(
    ("split", "field"),
    [
        ({"type": "percentage", "participants": "everyone"}, "split.participants"),
        ({"type": "percentage", "participants": [{"member_id": str(uuid7()), "value": "99"}]}, "split.participants"),
        ({"type": "shares", "participants": [{"member_id": str(uuid7())}]}, "split.participants.0.value"),
        ({"type": "halves"}, "split.type"),
        ({"type": "equal", "participants": []}, "split.participants"),
    ],
)
def test_a_preset_obeys_the_rules_of_splits(split, field: str) -> None:
    document = {"event_id": str(uuid7()), "id": str(uuid7()), "name": "Any", "split": split}
    with pytest.raises(Invalid) as refusal:
        read_command(SavePreset, document)
    assert [error.field for error in refusal.value.fields] == [field]


def test_saving_twice_is_once(ann: Person, stranger: Person) -> None:
    party, key = Party.of(ann), uuid7()
    preset = keep(party, "All", Split(), key=key)
    assert keep(party, "All", Split(), key=key) == preset
    assert listed(party).items == (preset,)
    with pytest.raises(IdTaken):
        keep(party, "Others", Split(), key=key, content="another")
    with pytest.raises(IdTaken):
        keep(party.by(stranger), "All", Split(), key=key)
    forget(party, preset)
    assert keep(party, "All", Split(), key=key).deleted_at is not None
    assert listed(party).items == ()


def test_editors_keep_presets_and_viewers_see_them(ann: Person, stranger: Person) -> None:
    party = Party.of(ann)
    preset = keep(party.by(ann.guest_by(party.link("editor"))), "All", Split())
    viewer = party.by(ann.guest_by(party.link("viewer")))
    assert listed(viewer).items == (preset,)
    for act in (lambda: keep(viewer, "Mine", Split()), lambda: forget(viewer, preset)):
        with pytest.raises(RoleTooLow):
            act()
    with pytest.raises(NotFound):
        listed(party.by(stranger))
    party.set(archived=True)
    for act in (lambda: keep(party, "Mine", Split()), lambda: forget(party, preset)):
        with pytest.raises(EventArchived):
            act()
