"""How a person who left for good is forgotten: what they are called from then on, and what old documents still say."""

from collections.abc import Collection
from itertools import count
from typing import Any

from core_service.domain import search

FORMER_MEMBER = "Former member"


def former_name(taken_keys: Collection[str]) -> str:
    """Return a name that nobody in the event has, `taken_keys` being the keys of all names there."""
    names = (FORMER_MEMBER if number == 1 else f"{FORMER_MEMBER} {number}" for number in count(1))
    return next(name for name in names if search.name_key(name) not in taken_keys)


def without_person(document: Any, member_id: str, name: str) -> Any:
    """Return a JSON document in which whatever carries the member's id says `name`, and neither address nor user.

    Amounts, dates and texts that people wrote stay as they are.
    """
    if isinstance(document, list):
        return [without_person(item, member_id, name) for item in document]
    if not isinstance(document, dict):
        return document
    kept = {key: without_person(value, member_id, name) for key, value in document.items()}
    if member_id not in (document.get("id"), document.get("member_id")):
        return kept
    forgotten = {"name": name, "email": None, "user_id": None}
    return kept | {key: value for key, value in forgotten.items() if key in kept}
