"""The CSV that Splitwise exports: its columns, its categories, and who paid what according to its numbers."""

from collections.abc import Mapping
from uuid import UUID

from common import money
from core_service.domain import categories

COLUMNS = ("Date", "Description", "Category", "Cost", "Currency")
PAYMENT = "Payment"
CATEGORIES = {
    "dining out": "food",
    "food and drink - other": "food",
    "groceries": "groceries",
    "liquor": "drinks",
    "hotel": "lodging",
    "rent": "rent",
    "mortgage": "rent",
    "household supplies": "household",
    "furniture": "household",
    "cleaning": "household",
    "maintenance": "household",
    "electricity": "utilities",
    "heat/gas": "utilities",
    "water": "utilities",
    "trash": "utilities",
    "tv/phone/internet": "utilities",
    "utilities - other": "utilities",
    "bus/train": "transport",
    "taxi": "transport",
    "transportation - other": "transport",
    "bicycle": "transport",
    "car": "car",
    "gas/fuel": "car",
    "parking": "car",
    "plane": "flights",
    "movies": "activities",
    "music": "activities",
    "sports": "activities",
    "games": "activities",
    "entertainment - other": "activities",
    "clothing": "shopping",
    "electronics": "shopping",
    "gifts": "gifts",
    "medical expenses": "health",
    "childcare": "children",
    "pets": "pets",
    "insurance": "insurance",
    "taxes": "taxes",
}


def category(name: str) -> str:
    """Return our category for one of theirs."""
    return CATEGORIES.get(name.casefold(), categories.DEFAULT)


def divide(amount: int, nets: Mapping[UUID, int]) -> tuple[dict[UUID, int], dict[UUID, int]]:
    """Return who paid and who bears how much of `amount`, out of what each paid minus bears; both add up to `amount`.

    Positive ones are the payers. A single one paid it all; several bear themselves, in proportion, what they paid
    beyond what the others owe: the numbers tell no more. Raises ValueError when that cannot be.
    """
    positive = {who: net for who, net in nets.items() if net > 0}
    if not positive:
        raise ValueError("Nobody has paid more than they bear, so it does not tell who paid.")
    rest = amount - sum(positive.values())
    if rest < 0:
        raise ValueError("The members' columns come to more than the amount.")
    own, _ = money.allocate(rest, list(positive.values()))
    borne = dict(zip(positive, own, strict=True))
    paid = {who: net + borne[who] for who, net in positive.items()}
    shares = {who: borne.get(who, 0) or -min(net, 0) for who, net in nets.items()}
    return paid, {who: share for who, share in shares.items() if share}
