"""Presets: splits that an event keeps for the next time, as commands and results."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from marshmallow import fields

from common.contracts.events import EventOf
from common.contracts.expenses import Split, split_problems
from common.contracts.types import Cursor, Id, Name, PageSize
from common.errors import FieldError
from common.rpc.wire import schema_of

AsSent = Annotated[dict[str, Any], partial(fields.Nested, lambda: schema_of(Split))]


@dataclass(frozen=True, slots=True, kw_only=True)
class SavePreset(EventOf):
    """A split to keep under a name; what its values must add up to is known only with an amount."""

    id: Id
    name: Name
    split: Split

    def problems(self) -> Iterator[FieldError]:
        """Yield what is wrong between the fields."""
        yield from split_problems(None, self.split)


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetOf(EventOf):
    """Names a preset of an event."""

    preset_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSplits(EventOf):
    """Asks for the presets of an event, in the order they were saved, and for what its expenses suggest."""

    limit: PageSize = 50
    cursor: Cursor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A named split."""

    id: UUID
    event_id: UUID
    name: str
    split: AsSent
    created_at: int
    deleted_at: int | None


@dataclass(frozen=True, slots=True)
class UsedSplit:
    """A split that `count` expenses of the event have, the newest of them recorded at `used_at`."""

    split: AsSent
    count: int
    used_at: int


@dataclass(frozen=True, slots=True)
class Splits:
    """One page of presets, and the splits that the event's expenses have most often and had last."""

    items: tuple[Preset, ...]
    most_used: tuple[UsedSplit, ...]
    most_recent: tuple[UsedSplit, ...]
    next_cursor: str | None
