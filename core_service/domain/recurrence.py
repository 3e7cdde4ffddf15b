"""Recurrence by RFC 5545 rules, in whole days: on which dates something comes again.

Unlike in the RFC a day that a month lacks is not left out: the 31st becomes the month's last day, and returns to the
31st. That holds for rules by month day alone; together with BYDAY or BYSETPOS it would mean something else.
"""

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

Frequency = Literal["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]

# Every calendar comes again within 28 years; what does not occur within that time is as good as over.
HORIZON = timedelta(days=366 * 30)
DAYS_IN_WEEK = 7


@dataclass(frozen=True, slots=True)
class Weekday:
    """A day of the week, 0 being Monday; with an `ordinal` only the first, second, …, last of its month or year."""

    weekday: int
    ordinal: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A recurrence rule; what is empty does not restrict."""

    frequency: Frequency
    interval: int = 1
    count: int | None = None
    until: date | None = None
    months: frozenset[int] = frozenset()
    month_days: frozenset[int] = frozenset()
    weekdays: tuple[Weekday, ...] = ()
    positions: tuple[int, ...] = ()
    week_start: int = 0


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule between its first day and, if there is one, its last."""

    rule: Rule
    starts_on: date
    ends_on: date | None = None

    def dates(self) -> Iterator[date]:
        """Yield the dates in order, up to `HORIZON` behind the start or behind the last one that was yielded.

        Takes about a microsecond for each day that is gone through.
        """
        rule = _completed(self.rule, self.starts_on)
        last = min(filter(None, (rule.until, self.ends_on, date.max - HORIZON)))
        count, before = 0, self.starts_on
        for days in _periods(rule, self.starts_on):
            if days[0] > last or days[0] - before > HORIZON:
                return
            for day in _chosen(rule, days):
                if day < self.starts_on:
                    continue
                if day > last or count == rule.count:
                    return
                yield day
                count, before = count + 1, day

    def after(self, day: date | None) -> date | None:
        """Return the first date behind `day`, or the very first one; None when there is none any more."""
        return next((each for each in self.dates() if day is None or each > day), None)

    def between(self, first: date, last: date) -> Iterator[date]:
        """Yield the dates from `first` to `last`, both included."""
        for each in self.dates():
            if each > last:
                return
            if each >= first:
                yield each


def _completed(rule: Rule, starts_on: date) -> Rule:
    """Return the rule with what it leaves to the day it starts on."""
    months, month_days, weekdays = rule.months, rule.month_days, rule.weekdays
    if rule.frequency == "WEEKLY" and not weekdays:
        weekdays = (Weekday(starts_on.weekday()),)
    if rule.frequency in ("MONTHLY", "YEARLY") and not month_days and not weekdays:
        month_days = frozenset({starts_on.day})
        if rule.frequency == "YEARLY":
            months = months or frozenset({starts_on.month})
    return replace(rule, months=months, month_days=month_days, weekdays=weekdays)


def _periods(rule: Rule, starts_on: date) -> Iterator[Sequence[date]]:
    """Yield the days of every day, week, month or year that the rule's interval leads to; never ends."""
    if rule.frequency == "DAILY":
        first, step, length = starts_on, rule.interval, 1
    elif rule.frequency == "WEEKLY":
        first = starts_on - timedelta(days=(starts_on.weekday() - rule.week_start) % DAYS_IN_WEEK)
        step, length = rule.interval * DAYS_IN_WEEK, DAYS_IN_WEEK
    else:
        yield from _months_or_years(rule, starts_on)
        return
    while True:
        yield _days(first, length)
        first += timedelta(days=step)


def _months_or_years(rule: Rule, starts_on: date) -> Iterator[Sequence[date]]:
    year, month = starts_on.year, starts_on.month
    while True:
        if rule.frequency == "YEARLY":
            yield _days(date(year, 1, 1), 365 + calendar.isleap(year))
            year += rule.interval
        else:
            yield _days(date(year, month, 1), calendar.monthrange(year, month)[1])
            years, month = divmod(month - 1 + rule.interval, 12)
            year, month = year + years, month + 1


def _days(first: date, length: int) -> Sequence[date]:
    start = first.toordinal()
    return [date.fromordinal(ordinal) for ordinal in range(start, start + length)]


def _chosen(rule: Rule, days: Sequence[date]) -> Sequence[date]:
    chosen = [day for day in days if _matches(rule, day)]
    if not rule.positions:
        return chosen
    wanted = {position - 1 if position > 0 else len(chosen) + position for position in rule.positions}
    return [day for number, day in enumerate(chosen) if number in wanted]


def _matches(rule: Rule, day: date) -> bool:
    if rule.months and day.month not in rule.months:
        return False
    if rule.month_days and not _is_month_day(rule, day):
        return False
    return not rule.weekdays or any(_is_weekday(rule, each, day) for each in rule.weekdays)


def _is_month_day(rule: Rule, day: date) -> bool:
    length = calendar.monthrange(day.year, day.month)[1]
    if day.day in rule.month_days or day.day - length - 1 in rule.month_days:
        return True
    is_by_month_day_alone = not rule.weekdays and not rule.positions
    return is_by_month_day_alone and day.day == length < max(rule.month_days)


def _is_weekday(rule: Rule, wanted: Weekday, day: date) -> bool:
    if day.weekday() != wanted.weekday:
        return False
    if wanted.ordinal is None:
        return True
    if rule.frequency == "YEARLY" and not rule.months:
        number, length = day.timetuple().tm_yday, 365 + calendar.isleap(day.year)
    else:
        number, length = day.day, calendar.monthrange(day.year, day.month)[1]
    if wanted.ordinal > 0:
        return (number - 1) // DAYS_IN_WEEK + 1 == wanted.ordinal
    return (length - number) // DAYS_IN_WEEK + 1 == -wanted.ordinal
