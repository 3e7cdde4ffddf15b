"""The categories of an event's expenses, as commands and results."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from common.contracts.events import EventOf
from common.contracts.types import FormedText, Name, Text
from common.errors import Conflict, FieldError
from common.rpc.wire import AtMost

MAX_OWN_CATEGORIES = 100
KEY = r"[a-z0-9][a-z0-9_-]{0,39}"
COLOR = r"#[0-9a-fA-F]{6}"

CategoryKey = Annotated[
    str, partial(FormedText, form=KEY, must="Must be 1 to 40 small letters, digits, hyphens or underscores.")
]
Color = Annotated[str, partial(FormedText, form=COLOR, must='Must be a colour such as "#22c55e".')]
Emoji = Annotated[str, partial(Text, minimum=1, maximum=16, trim=True)]


class CategoryInUse(Conflict):
    """An expense has the category, so the event cannot do without it."""

    code = "category_in_use"
    message = "Expenses have this category, so it cannot be left out. Give them another one first."


@dataclass(frozen=True, slots=True)
class NewCategory:
    """A category of an event's own; expenses name it by its `key`."""

    key: CategoryKey
    name: Name
    emoji: Emoji = "🏷️"
    color: Color = "#64748b"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCategories(EventOf):
    """All categories that an event has beside the built-in ones; those that are not listed are dropped."""

    items: Annotated[tuple[NewCategory, ...], AtMost(MAX_OWN_CATEGORIES)]

    def problems(self) -> Iterator[FieldError]:
        """Yield what is wrong between the fields."""
        seen = Counter(category.key for category in self.items)
        for number, category in enumerate(self.items):
            if seen[category.key] > 1:
                yield FieldError(f"items.{number}.key", "Occurs more than once.")


@dataclass(frozen=True, slots=True)
class Category:
    """A category that expenses of the event may have."""

    key: str
    name: str
    emoji: str
    color: str
    built_in: bool


@dataclass(frozen=True, slots=True)
class Categories:
    """All categories of an event, the built-in ones first; there is no further page."""

    items: tuple[Category, ...]
    next_cursor: str | None = None
