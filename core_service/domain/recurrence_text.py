"""Recurrence rules as RFC 5545 writes them: `FREQ=MONTHLY;BYMONTHDAY=31`."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, get_args

from common import errors
from core_service.domain.recurrence import Frequency, Rule, Weekday

MAX_INTERVAL = 1_000
MAX_COUNT = 10_000
MAX_WEEKS = 53
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FINER = frozenset({"HOURLY", "MINUTELY", "SECONDLY", "BYHOUR", "BYMINUTE", "BYSECOND"})
NUMBER = re.compile(r"[+-]?\d{1,5}", re.ASCII)
WEEKDAY = re.compile(rf"([+-]?\d{{1,2}})?({'|'.join(WEEKDAYS)})", re.ASCII)
UNTIL = re.compile(r"(\d{4})(\d{2})(\d{2})(T\d{6}Z?)?", re.ASCII)


def read(text: str) -> Rule:
    """Return the rule that `text` says; raises Invalid that names the field `rule` and what is wrong with it."""
    said = dict(_parts(text.upper()))
    if "FREQ" not in said:
        raise _wrong("Must say how often, such as FREQ=MONTHLY.")
    rule = Rule(**{PARTS[name][0]: PARTS[name][1](value) for name, value in said.items()})
    for is_wrong, sentence in _misfits(rule):
        if is_wrong:
            raise _wrong(sentence)
    return rule


def _parts(text: str) -> Iterator[tuple[str, str]]:
    seen = set()
    for part in text.removesuffix(";").split(";"):
        name, equals, value = part.partition("=")
        if name in FINER or value in FINER:
            raise _wrong("Must not be finer than a day.")
        if name not in PARTS or not equals:
            raise _wrong(f"Must be made of {', '.join(PARTS)}, as in FREQ=MONTHLY;BYMONTHDAY=31.")
        if name in seen:
            raise _wrong(f"Says {name} twice.")
        seen.add(name)
        yield name, value


def _misfits(rule: Rule) -> Iterator[tuple[bool, str]]:
    has_ordinals = any(each.ordinal is not None for each in rule.weekdays)
    is_daily_or_weekly = rule.frequency in ("DAILY", "WEEKLY")
    restricts = bool(rule.months or rule.month_days or rule.weekdays)
    yield rule.count is not None and rule.until is not None, "Must not have both COUNT and UNTIL."
    yield has_ordinals and is_daily_or_weekly, "BYDAY takes numbers only with MONTHLY or YEARLY."
    yield bool(rule.month_days) and rule.frequency == "WEEKLY", "BYMONTHDAY does not go with WEEKLY."
    yield bool(rule.positions) and not restricts, "BYSETPOS needs BYDAY, BYMONTHDAY or BYMONTH beside it."


def _frequency(value: str) -> str:
    if value not in get_args(Frequency):
        raise _wrong("FREQ must be DAILY, WEEKLY, MONTHLY or YEARLY.")
    return value


def _number(name: str, minimum: int, maximum: int) -> Callable[[str], int]:
    def read_number(value: str) -> int:
        if not NUMBER.fullmatch(value) or not minimum <= int(value) <= maximum:
            raise _wrong(f"{name} must be from {minimum} to {maximum:,}.")
        return int(value)

    return read_number


def _numbers(name: str, maximum: int, *, both_ends: bool) -> Callable[[str], frozenset[int]]:
    """Return the reader of a list of numbers from 1 on; counted from the end, too, where `both_ends` says so."""
    read_number = _number(name, -maximum if both_ends else 1, maximum)

    def read_numbers(value: str) -> frozenset[int]:
        numbers = frozenset(map(read_number, value.split(",")))
        if 0 in numbers:
            raise _wrong(f"{name} must not be 0.")
        return numbers

    return read_numbers


def _until(value: str) -> date:
    if found := UNTIL.fullmatch(value):
        try:
            return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            pass
    raise _wrong("UNTIL must be a date such as 20271231.")


def _weekday(value: str) -> int:
    if value not in WEEKDAYS:
        raise _wrong(f"WKST must be one of {', '.join(WEEKDAYS)}.")
    return WEEKDAYS.index(value)


def _weekdays(value: str) -> tuple[Weekday, ...]:
    return tuple(_numbered_weekday(each) for each in value.split(","))


def _numbered_weekday(value: str) -> Weekday:
    found = WEEKDAY.fullmatch(value)
    ordinal = int(found[1]) if found and found[1] else None
    if found is None or ordinal == 0 or abs(ordinal or 1) > MAX_WEEKS:
        raise _wrong("BYDAY must be made of weekdays such as MO, 2TU or -1FR.")
    return Weekday(WEEKDAYS.index(found[2]), ordinal)


PARTS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "FREQ": ("frequency", _frequency),
    "INTERVAL": ("interval", _number("INTERVAL", 1, MAX_INTERVAL)),
    "COUNT": ("count", _number("COUNT", 1, MAX_COUNT)),
    "UNTIL": ("until", _until),
    "BYMONTH": ("months", _numbers("BYMONTH", 12, both_ends=False)),
    "BYMONTHDAY": ("month_days", _numbers("BYMONTHDAY", 31, both_ends=True)),
    "BYDAY": ("weekdays", _weekdays),
    "BYSETPOS": ("positions", lambda value: tuple(_numbers("BYSETPOS", 366, both_ends=True)(value))),
    "WKST": ("week_start", _weekday),
}


def _wrong(sentence: str) -> errors.Invalid:
    return errors.invalid("rule", sentence)
