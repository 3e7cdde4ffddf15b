"""Schemas come from annotations: what each of them accepts, and how what is wrong is named."""

import uuid
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Annotated, Any, Literal

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contracts.types import UNSET, Text, Unset, WholeNumber
from common.errors import FieldError, Invalid
from common.rpc import wire
from common.rpc.wire import AtMost

ID = uuid.UUID(int=7)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a thing."""

    size: Annotated[int, partial(WholeNumber, minimum=1, maximum=9)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One field of every sort."""

    id: uuid.UUID
    name: Annotated[str, partial(Text, minimum=1, maximum=5)] = "thing"
    kind: Literal["big", "small"] = "big"
    is_new: bool = False
    on: date | None = None
    note: str | Unset = UNSET
    part: Part | None = None
    parts: Annotated[tuple[Part, ...], AtMost(2)] = ()
    tags: tuple[str, ...] = field(default_factory=tuple)

    def problems(self) -> list[FieldError]:
        """Return what is wrong between the fields."""
        return [FieldError("tags", "A new thing has no tags.")] if self.is_new and self.tags else []


def read(**document: Any) -> Thing:
    return wire.read_command(Thing, {"id": str(ID), **document})


def wrong(**document: Any) -> list[str]:
    with pytest.raises(Invalid) as refusal:
        read(**document)
    return sorted(error.field for error in refusal.value.fields)


def test_what_is_not_said_has_its_default() -> None:
    assert read() == Thing(id=ID)


def test_what_is_not_said_is_something_else_than_null() -> None:
    assert read(on=None).on is None
    assert read().note is UNSET
    assert wrong(note=None) == ["note"]


@pytest.mark.parametrize(
    ("document", "fields"),
    [
        ({"id": 7}, ["id"]),
        ({"id": str(ID).replace("-", "")}, ["id"]),
        ({"id": f"{{{ID}}}"}, ["id"]),
        ({"id": None}, ["id"]),
        ({"name": ""}, ["name"]),
        ({"kind": "huge"}, ["kind"]),
        ({"is_new": "true"}, ["is_new"]),
        ({"is_new": 1}, ["is_new"]),
        ({"on": "soon"}, ["on"]),
        ({"part": {"size": 0}}, ["part.size"]),
        ({"part": 1}, ["part"]),
        ({"parts": [{"size": 1}, {"size": 10}]}, ["parts.1.size"]),
        ({"parts": [{"size": 1}] * 3}, ["parts"]),
        ({"parts": {"size": 1}}, ["parts"]),
        ({"part": {"size": 1, "colour": "red"}}, ["part.colour"]),
        ({"colour": "red"}, ["colour"]),
        ({"\ud800": 1}, ["?"]),
        ({"x" * 500: 1}, ["x" * 100]),
        ({"name": 5, "kind": 5, "parts": [{}]}, ["kind", "name", "parts.0.size"]),
        ({"is_new": True, "tags": ["a"]}, ["tags"]),
    ],
)
def test_what_is_wrong_is_named_by_its_path(document: dict[str, Any], fields: list[str]) -> None:
    assert wrong(**document) == fields


def test_what_is_required_is_named() -> None:
    with pytest.raises(Invalid) as refusal:
        wire.read_command(Thing, {})
    assert [error.field for error in refusal.value.fields] == ["id"]


def test_rules_between_fields_hold_between_processes_too() -> None:
    document = orjson.loads(wire.dump(wire.dump_command(Thing(id=ID, is_new=True, tags=("a",)))))
    with pytest.raises(Invalid):
        wire.load_command(Thing, document)


def test_a_field_that_only_a_newer_sender_knows_is_left_out() -> None:
    document = {**orjson.loads(wire.dump(wire.dump_command(Thing(id=ID, part=Part(1))))), "colour": "red"}
    assert wire.load_command(Thing, document) == Thing(id=ID, part=Part(1))


def test_what_is_unset_does_not_travel() -> None:
    assert "note" not in wire.dump_command(Thing(id=ID))
    assert wire.dump_command(Thing(id=ID, note=""))["note"] == ""


things = st.builds(
    Thing,
    id=st.uuids(),
    name=st.text("aé🐘", min_size=1, max_size=5),
    kind=st.sampled_from(["big", "small"]),
    on=st.none() | st.dates(),
    note=st.just(UNSET) | st.text("ab"),
    part=st.none() | st.builds(Part, st.integers(1, 9)),
    parts=st.lists(st.builds(Part, st.integers(1, 9)), max_size=2).map(tuple),
    tags=st.lists(st.text("ab")).map(tuple),
)


@given(things)
def test_a_command_comes_out_as_it_went_in(thing: Thing) -> None:
    document = orjson.loads(wire.dump(wire.dump_command(thing)))
    assert wire.load_command(Thing, document) == thing
    assert wire.read_command(Thing, document) == thing
