"""A cursor leads behind the row it was made of, in its own list, and nobody else can make one."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Malformed
from common.paging import CursorRefused, Cursors

SCOPE = ["expenses", UUID(int=1), "-date"]
PLACE = ["2026-11-20", str(UUID(int=2))]
cursors = Cursors("a secret")


@given(st.lists(st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"]))))
def test_a_cursor_leads_back_to_its_place(place: list[int | str]) -> None:
    assert cursors.read(SCOPE, cursors.write(SCOPE, place)) == place


def test_without_a_cursor_there_is_no_place() -> None:
    assert cursors.read(SCOPE, None) is None


@given(st.integers(0, 10**6), st.sampled_from("ABCXYZabcxyz0189-_="))
def test_a_cursor_with_one_other_character_is_refused(place: int, character: str) -> None:
    """Red when two spellings of Base 64 for the same bytes both pass."""
    cursor = cursors.write(SCOPE, PLACE)
    place %= len(cursor)
    tampered = cursor[:place] + character + cursor[place + 1 :]
    if tampered != cursor:
        with pytest.raises(CursorRefused):
            cursors.read(SCOPE, tampered)


@given(st.text(max_size=60))
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(CursorRefused):
        cursors.read(SCOPE, cursor)


@pytest.mark.parametrize("changed", ["{}=", "{}==", "{} ", "{}\n", "{}A", ""])
def test_a_cursor_is_taken_as_it_was_given_only(changed: str) -> None:
    with pytest.raises(CursorRefused):
        cursors.read(SCOPE, changed.format(cursors.write(SCOPE, PLACE)))


def test_a_cursor_holds_for_its_own_list() -> None:
    with pytest.raises(CursorRefused):
        cursors.read(["members", UUID(int=1), "-date"], cursors.write(SCOPE, PLACE))


def test_a_cursor_of_another_installation_is_refused() -> None:
    with pytest.raises(CursorRefused):
        cursors.read(SCOPE, Cursors("another secret").write(SCOPE, PLACE))


def test_a_refused_cursor_is_a_malformed_request() -> None:
    assert issubclass(CursorRefused, Malformed)


@pytest.mark.parametrize(("count", "shown", "has_next"), [(0, 0, False), (2, 2, False), (3, 3, False), (4, 3, True)])
def test_there_is_a_next_page_when_one_row_more_was_read(count: int, shown: int, has_next: bool) -> None:  # noqa: FBT001
    page, cursor = cursors.page(SCOPE, list(range(count)), 3, lambda row: [row])
    assert (len(page), cursor is not None) == (shown, has_next)
    if cursor:
        assert cursors.read(SCOPE, cursor) == [2]
