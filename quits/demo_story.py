"""The story behind `quits demo`: a family's household, a year of it, and a trip with friends."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

FAMILY = ("Anna", "Ben", "Clara")
FRIENDS = ("Anna", "Ben", "Diego", "Esme", "Farid")
FLAT = ("Anna", "Ben")
DAYS = 365


@dataclass(frozen=True, slots=True)
class Spending:
    """One expense as people tell it: who paid how much for what, and for whom (empty: everyone)."""

    on: date
    description: str
    category: str
    amount: int
    payer: str
    participants: tuple[str, ...] = ()
    values: tuple[Any, ...] = ()
    split: str = "equal"
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Story:
    """An event with its people and what they spent."""

    name: str
    description: str
    currency: str
    people: tuple[str, ...]
    spendings: tuple[Spending, ...]


# description, category, least and most in minor units, how many a month
HABITS = (
    ("Weekly shop", "groceries", 4200, 11800, 4),
    ("Bakery", "groceries", 350, 1450, 5),
    ("Market stall", "groceries", 900, 2600, 2),
    ("Pizza night", "food", 2800, 5600, 2),
    ("Café on the corner", "drinks", 640, 1890, 2),
    ("Petrol", "car", 4900, 7600, 1),
    ("Train tickets", "transport", 1200, 6400, 1),
    ("Swimming pool", "activities", 900, 1600, 1),
    ("Pharmacy", "health", 480, 3200, 1),
    ("School things", "children", 700, 4500, 1),
)
MONTHLY = (
    (1, "Rent", "rent", 128000, "Anna"),
    (3, "Electricity", "utilities", 8600, "Ben"),
    (5, "Internet", "utilities", 3999, "Ben"),
    (15, "Household insurance", "insurance", 1890, "Anna"),
)


def stories(today: date) -> tuple[Story, ...]:
    """Return what the demo consists of, always the same for the same day."""
    return (_household(today), _trip(today), _flat(today))


def _household(today: date) -> Story:
    chance = random.Random(1)  # noqa: S311 -- a story, no secret
    start = today - timedelta(days=DAYS)
    spendings = sorted(_year(start, today, chance), key=lambda spending: spending.on)
    return Story("Our household", "Everything the three of us live on", "EUR", FAMILY, tuple(spendings))


def _year(start: date, today: date, chance: random.Random) -> Iterator[Spending]:
    for number in range(DAYS):
        day = start + timedelta(days=number + 1)
        for on, description, category, amount, payer in MONTHLY:
            if day.day == on:
                yield Spending(day, description, category, amount, payer, ("Anna", "Ben"))
        for description, category, least, most, monthly in HABITS:
            if chance.random() < monthly / 30:
                yield Spending(day, description, category, chance.randrange(least, most), chance.choice(FLAT))


def _trip(today: date) -> Story:
    start = today - timedelta(days=40)

    def day(number: int) -> date:
        return start + timedelta(days=number)

    return Story(
        "Lisbon",
        "Five friends, six days, too many pastéis de nata",
        "EUR",
        FRIENDS,
        (
            Spending(day(0), "Flat in Alfama", "lodging", 84000, "Diego"),
            Spending(day(0), "Airport taxi", "transport", 2350, "Anna"),
            Spending(
                day(1), "Dinner at Tasca", "food", 14360, "Esme", FRIENDS, ("25", "25", "20", "20", "10"), "percentage"
            ),
            Spending(day(1), "Tram day passes", "transport", 3400, "Ben", ("Anna", "Ben", "Diego", "Esme", "Farid")),
            Spending(day(2), "Surf lesson", "activities", 18000, "Farid", ("Diego", "Farid", "Esme")),
            Spending(day(2), "Groceries", "groceries", 6427, "Anna", FRIENDS, ("1", "1", "1", "0.5", "0.5"), "shares"),
            Spending(day(3), "Fado evening", "drinks", 9800, "Ben", FRIENDS, (0, 0, 1500, 800, 0), "adjustment"),
            Spending(
                day(3), "Souvenirs", "gifts", 7450, "Esme", ("Anna", "Esme", "Farid"), (2450, 3000, 2000), "exact"
            ),
            Spending(day(4), "Day trip to Sintra", "transport", 11250, "Diego"),
            Spending(
                day(4),
                "Museum shop (card in pounds)",
                "shopping",
                3600,
                "Farid",
                ("Anna", "Farid"),
                extra={"currency": "GBP", "rate": "1.1532"},
            ),
            Spending(day(5), "Last pastéis", "food", 1890, "Anna"),
        ),
    )


def _flat(today: date) -> Story:
    start = today - timedelta(days=90)
    return Story(
        "Garden with the neighbours",
        "Soil, seeds and a shed",
        "EUR",
        ("Anna", "Greta", "Hamid"),
        (
            Spending(start, "Soil and compost", "household", 8640, "Greta"),
            Spending(start + timedelta(days=9), "Seeds", "household", 3215, "Anna"),
            Spending(start + timedelta(days=30), "Wheelbarrow", "household", 7990, "Hamid", ("Anna", "Hamid")),
            Spending(start + timedelta(days=62), "Harvest party", "food", 5470, "Anna"),
        ),
    )
