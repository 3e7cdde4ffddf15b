"""When things come again: beside another reading of RFC 5545, and where ours differs on purpose."""

from datetime import date, datetime
from itertools import islice, pairwise

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import Invalid
from core_service.domain import recurrence_text
from core_service.domain.recurrence import HORIZON, Recurrence

WEEKDAYS = st.lists(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), min_size=1, max_size=3, unique=True)
STARTS = st.dates(date(2000, 1, 1), date(2036, 12, 31))


def dates(rule: str, starts_on: date, ends_on: date | None = None, count: int = 100) -> list[date]:
    recurrence = Recurrence(recurrence_text.read(rule), starts_on, ends_on)
    return list(islice(recurrence.dates(), count))


def listed(values) -> str:
    return ",".join(map(str, values))


@st.composite
def rules(draw) -> str:
    """Rules that mean the same here and there: without days that a month may lack, and without numbered positions.

    The other reading looks for what never comes until the year 9999, so intervals let each come some time; and it
    takes a weekday with a number beside one without for a weekday that is both, so they are not mixed.
    """
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [
        f"FREQ={frequency}",
        f"INTERVAL={draw(st.sampled_from([1, 2, 3, 5] if frequency == 'DAILY' else [1, 5, 7]))}",
    ]
    if draw(st.booleans()):
        parts.append(f"BYMONTH={listed(draw(st.sets(st.integers(1, 12), min_size=1, max_size=4)))}")
    if frequency != "WEEKLY" and draw(st.booleans()):
        days = draw(st.sets(st.integers(-28, 28).filter(bool), min_size=1, max_size=4))
        parts.append(f"BYMONTHDAY={listed(days)}")
    elif draw(st.booleans()):
        days = draw(WEEKDAYS)
        if frequency in ("MONTHLY", "YEARLY") and draw(st.booleans()):
            days = [draw(st.sampled_from(["1", "2", "4", "-1", "-2"])) + day for day in days]
        parts.append(f"BYDAY={listed(days)}")
    if draw(st.booleans()):
        parts.append(f"WKST={draw(st.sampled_from(['MO', 'SU', 'WE']))}")
    if draw(st.booleans()):
        parts.append(f"COUNT={draw(st.integers(1, 20))}")
    return ";".join(parts)


@settings(deadline=None)
@given(rules(), STARTS.filter(lambda day: day.day <= 28))
def test_dates_are_those_of_the_rfc(rule: str, starts_on: date) -> None:
    last = starts_on.replace(year=starts_on.year + 6)
    begin, end = (datetime(day.year, day.month, day.day) for day in (starts_on, last))  # noqa: DTZ001 -- a date
    expected = [found.date() for found in rrulestr(rule, dtstart=begin).between(begin, end, inc=True)]
    assert dates(rule, starts_on, ends_on=last, count=10_000) == expected


@pytest.mark.parametrize("rule", ["FREQ=MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=DAILY;BYMONTHDAY=31"])
def test_the_31st_becomes_the_last_day_and_returns(rule: str) -> None:
    assert dates(rule, date(2027, 12, 31), count=5) == [
        date(2027, 12, 31),
        date(2028, 1, 31),
        date(2028, 2, 29),
        date(2028, 3, 31),
        date(2028, 4, 30),
    ]


def test_the_30th_moves_in_february_only() -> None:
    assert dates("FREQ=MONTHLY", date(2026, 12, 30), count=4) == [
        date(2026, 12, 30),
        date(2027, 1, 30),
        date(2027, 2, 28),
        date(2027, 3, 30),
    ]


def test_the_29th_of_february_becomes_the_28th_and_returns() -> None:
    found = dates("FREQ=YEARLY", date(2028, 2, 29), count=5)
    assert [day.isoformat()[5:] for day in found] == ["02-29", "02-28", "02-28", "02-28", "02-29"]


def test_weekdays_with_and_without_a_number_stand_beside_each_other() -> None:
    found = dates("FREQ=MONTHLY;BYDAY=MO,-1SU", date(2027, 2, 1), count=6)
    assert [day.isoformat()[5:] for day in found] == ["02-01", "02-08", "02-15", "02-22", "02-28", "03-01"]


def test_two_days_that_fall_together_are_one() -> None:
    found = dates("FREQ=MONTHLY;BYMONTHDAY=30,31", date(2027, 1, 1), count=5)
    assert [day.isoformat()[5:] for day in found] == ["01-30", "01-31", "02-28", "03-30", "03-31"]


def test_with_a_weekday_a_missing_day_stays_missing() -> None:
    assert dates("FREQ=MONTHLY;BYMONTHDAY=31;BYDAY=FR", date(2026, 1, 1), count=2) == [
        date(2026, 7, 31),
        date(2027, 12, 31),
    ]


def test_the_last_working_day_of_the_month() -> None:
    found = dates("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", date(2026, 1, 1), count=3)
    assert found == [date(2026, 1, 30), date(2026, 2, 27), date(2026, 3, 31)]


@settings(deadline=None)
@given(st.sampled_from(["FREQ=MONTHLY", "FREQ=MONTHLY;INTERVAL=3", "FREQ=YEARLY"]), STARTS)
def test_by_month_something_comes_in_every_one_at_most_on_the_day_it_began(rule: str, starts_on: date) -> None:
    found = dates(rule, starts_on, count=30)
    assert (found[0], len(found)) == (starts_on, 30)
    months = [day.year * 12 + day.month for day in found]
    assert len({later - earlier for earlier, later in pairwise(months)}) == 1
    assert all(day.day == starts_on.day or (day.month == 2 or day.day == 30) for day in found)
    assert all(day.day <= starts_on.day for day in found)


def test_it_ends_with_what_ends_first() -> None:
    start = date(2026, 1, 1)
    assert dates("FREQ=DAILY;COUNT=3", start) == [date(2026, 1, day) for day in (1, 2, 3)]
    assert len(dates("FREQ=DAILY;UNTIL=20260105", start)) == 5
    assert len(dates("FREQ=DAILY;UNTIL=20260105T235959Z", start)) == 5
    assert len(dates("FREQ=DAILY;UNTIL=20260105", start, ends_on=date(2026, 1, 2))) == 2
    assert len(dates("FREQ=DAILY;COUNT=1", start, ends_on=date(2026, 1, 2))) == 1
    assert dates("FREQ=DAILY", start, ends_on=date(2025, 12, 31)) == []


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;BYDAY=MO",
        "FREQ=WEEKLY;BYMONTH=2;INTERVAL=1000",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTH=2",
        "FREQ=YEARLY;BYDAY=53MO;BYMONTH=1",
        "FREQ=YEARLY;BYMONTHDAY=-31;BYMONTH=2",
        "FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=2",
    ],
)
def test_what_never_comes_is_given_up(rule: str) -> None:
    assert dates(rule, date(2026, 3, 1)) == []


def test_what_comes_rarely_is_waited_for_as_long_as_the_horizon_is() -> None:
    assert dates("FREQ=YEARLY;INTERVAL=29", date(2026, 3, 1), count=3)[2] == date(2084, 3, 1)
    assert dates("FREQ=YEARLY;INTERVAL=31", date(2026, 3, 1)) == [date(2026, 3, 1)]
    assert HORIZON.days > 28 * 366


def test_dates_after_a_day_and_between_two() -> None:
    recurrence = Recurrence(recurrence_text.read("FREQ=WEEKLY;COUNT=3"), date(2026, 1, 1))
    assert recurrence.after(None) == date(2026, 1, 1)
    assert recurrence.after(date(2026, 1, 1)) == date(2026, 1, 8)
    assert recurrence.after(date(2026, 1, 15)) is None
    assert list(recurrence.between(date(2026, 1, 8), date(2026, 1, 15))) == [date(2026, 1, 8), date(2026, 1, 15)]


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "monthly",
        "INTERVAL=2",
        "FREQ=FORTNIGHTLY",
        "FREQ=HOURLY",
        "FREQ=SECONDLY",
        "FREQ=DAILY;BYHOUR=7",
        "FREQ=DAILY;BYHOUR",
        "RRULE:FREQ=DAILY",
        "FREQ=DAILY;FREQ=DAILY",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=10001",
        "FREQ=DAILY;COUNT=5;UNTIL=20270101",
        "FREQ=DAILY;UNTIL=20270229",
        "FREQ=DAILY;UNTIL=2027-01-01",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;INTERVAL=1.5",
        "FREQ=DAILY;INTERVAL=99999999999999999999",
        "FREQ=DAILY;INTERVAL=\u0661",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYMONTHDAY=1,",
        "FREQ=MONTHLY;BYMONTH=-1",
        "FREQ=MONTHLY;BYMONTH=13",
        "FREQ=MONTHLY;BYDAY=0MO",
        "FREQ=MONTHLY;BYDAY=54MO",
        "FREQ=MONTHLY;BYDAY=XX",
        "FREQ=MONTHLY;BYSETPOS=1",
        "FREQ=MONTHLY;WKST=XX",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=WEEKLY;BYMONTHDAY=1",
        "FREQ=YEARLY;BYEASTER=1",
    ],
)
def test_what_is_no_rule_is_refused(rule: str) -> None:
    with pytest.raises(Invalid) as refusal:
        recurrence_text.read(rule)
    assert [error.field for error in refusal.value.fields] == ["rule"]


def test_letters_and_a_last_semicolon_do_not_matter() -> None:
    assert recurrence_text.read("freq=weekly;byday=mo;") == recurrence_text.read("FREQ=WEEKLY;BYDAY=MO")
