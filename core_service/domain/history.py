"""What documents of the activity tell, to whom, and what a change was about."""

from collections.abc import Iterable, Mapping
from typing import Any

Document = Mapping[str, Any]

# Where the one who made the change stands is nobody else's; how expenses were before a merger is long.
HIDDEN = {"event": frozenset({"role", "my_member_id", "balance"}), "member": frozenset({"merge"})}
ADDRESS = "email"


def shown(document: Document | None, subject: str, *, has_addresses: bool) -> dict[str, Any] | None:
    """Return a document about a `subject` as others may see it, with e-mail addresses or with null for each of them."""
    if document is None:
        return None
    hidden = HIDDEN.get(subject, frozenset())
    kept = {key: value for key, value in document.items() if key not in hidden}
    return kept if has_addresses else _without_addresses(kept)


def _without_addresses(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_addresses(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: None if key == ADDRESS else _without_addresses(inner) for key, inner in value.items()}


def version_after(before: Document | None, after: Document | None) -> int | None:
    """Return the version that a change left its subject with, None when documents do not tell."""
    if after is not None:
        version: int | None = after.get("version")
        return version
    return before["version"] + 1 if before is not None and "version" in before else None


def differences(before: Document, after: Document, names: Iterable[str]) -> dict[str, Any]:
    """Return those fields, of `names`, that a change changed, with their values before it."""
    return {name: before[name] for name in names if before[name] != after[name]}


def own_categories(document: Document) -> list[dict[str, Any]]:
    """Return the categories of an event's own, out of the document that lists all of them."""
    own = [category for category in document["items"] if not category["built_in"]]
    return [{name: category[name] for name in ("key", "name", "emoji", "color")} for category in own]
