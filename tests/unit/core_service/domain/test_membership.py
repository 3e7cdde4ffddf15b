"""Who may do what, who is there on a date, and how much each one counts then."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from common.contracts.events import EventArchived, RoleTooLow
from core_service.domain import membership
from core_service.domain.membership import Attendance, Role

DAY = date(2026, 3, 10)
BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)
ANN = UUID(int=1)


@pytest.mark.parametrize(
    ("joined_on", "left_on", "there"),
    [
        (None, None, [True, True, True]),
        (DAY, None, [False, True, True]),
        (None, DAY, [True, True, False]),
        (DAY, DAY, [False, True, False]),
        (AFTER, None, [False, False, True]),
        (None, BEFORE, [True, False, False]),
    ],
)
def test_a_member_is_there_from_joining_to_leaving_both_days_included(
    joined_on: date | None, left_on: date | None, there: list[bool]
) -> None:
    member = Attendance(ANN, joined_on, left_on)
    assert [member.is_present(on) for on in (BEFORE, DAY, AFTER)] == there
    assert [bool(membership.present([member], on)) for on in (BEFORE, DAY, AFTER)] == there


def test_the_first_weight_holds_for_all_earlier_dates() -> None:
    assert Attendance(ANN, weights=[(DAY, 200)]).weight(date(2000, 1, 1)) == 200


def test_a_weight_holds_from_its_date_to_the_next() -> None:
    member = Attendance(ANN, weights=[(date.min, 100), (DAY, 200), (AFTER, 50)])
    assert [member.weight(on) for on in (BEFORE, DAY, AFTER)] == [100, 200, 50]


def test_without_a_word_a_member_counts_once() -> None:
    assert Attendance(ANN).weight(DAY) == membership.WHOLE


@pytest.mark.parametrize(("has", "needed"), [(has, needed) for has in Role for needed in Role])
def test_a_role_may_do_what_those_before_it_may(has: Role, needed: Role) -> None:
    if has >= needed:
        membership.require(has, needed)
    else:
        with pytest.raises(RoleTooLow):
            membership.require(has, needed)


def test_an_archived_event_is_read_and_not_written() -> None:
    membership.require(Role.VIEWER, Role.VIEWER, is_archived=True)
    for needed in (Role.EDITOR, Role.ADMIN):
        with pytest.raises(EventArchived):
            membership.require(Role.ADMIN, needed, is_archived=True)


def test_who_may_not_write_is_told_so_before_the_archive_is_mentioned() -> None:
    with pytest.raises(RoleTooLow):
        membership.require(Role.VIEWER, Role.EDITOR, is_archived=True)


@pytest.mark.parametrize("role", Role)
def test_a_role_is_found_by_its_name(role: Role) -> None:
    assert membership.role(role.label) is role
