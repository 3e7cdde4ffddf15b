"""Sessions on a real PostgreSQL: refresh tokens that change, one device at a time, and endings that hold."""

import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from common.errors import QuitsError
from gateway.auth.contracts import EditUser, ListSessions, SignIn
from gateway.auth.gate import MemoryGate
from gateway.auth.profiles import Editor
from gateway.auth.sessions import SignedIn, Visitor
from gateway.auth.tokens import REFRESH_LIFETIME_S
from tests.gateway_world import HOME, Person, World, known, refused, world


@pytest.fixture(scope="module")
def shared() -> Iterator[World]:
    """One database for all tests here; each registers its own people."""
    with world() as made:
        yield made


@pytest.fixture
def here(shared: World) -> World:
    """The world, with a day passed."""
    shared.clock.pass_by(86_400)
    return shared


def is_live(here: World, session_id: uuid.UUID) -> bool:
    """Return whether access tokens of this session are let in."""
    try:
        here.auth.gate.check(session_id)
    except QuitsError as error:
        assert error.code == "session_revoked"  # noqa: PT017
        return False
    return True


def allow_many_devices(here: World, ann: Person, session_id: uuid.UUID) -> None:
    """Lift the limit of one device."""
    here.auth.profiles.edit(Editor(ann.user_id, session_id), EditUser(single_device=False))


def test_each_refresh_gives_another_token_of_the_same_session(here: World) -> None:
    tokens = [here.register().signed_in]
    for _ in range(3):
        here.clock.pass_by(600)
        tokens.append(here.auth.sessions.refresh(tokens[-1].refresh_token))
    assert len({each.refresh_token for each in tokens}) == 4
    assert len({each.session_id for each in tokens}) == 1


def test_a_refresh_repeated_within_ten_seconds_gets_the_same_token(here: World) -> None:
    first = here.register().signed_in.refresh_token
    successor = here.auth.sessions.refresh(first).refresh_token
    here.clock.pass_by(10)
    assert here.auth.sessions.refresh(first).refresh_token == successor
    here.auth.sessions.refresh(successor)


def test_a_repetition_after_ten_seconds_ends_the_session(here: World) -> None:
    first = here.register().signed_in
    second = here.auth.sessions.refresh(first.refresh_token)
    here.clock.pass_by(11)
    assert refused(lambda: here.auth.sessions.refresh(first.refresh_token)) == "refresh_reused"
    assert not is_live(here, first.session_id)
    assert refused(lambda: here.auth.sessions.refresh(second.refresh_token)) == "session_revoked"


def test_a_repetition_after_the_successor_was_used_ends_the_session(here: World) -> None:
    first = here.register().signed_in
    second = here.auth.sessions.refresh(first.refresh_token)
    third = here.auth.sessions.refresh(second.refresh_token)
    assert refused(lambda: here.auth.sessions.refresh(first.refresh_token)) == "refresh_reused"
    assert not is_live(here, first.session_id)
    assert refused(lambda: here.auth.sessions.refresh(third.refresh_token)) == "session_revoked"


def test_refreshes_at_the_same_time_all_get_the_same_token(here: World) -> None:
    first = here.register().signed_in
    ready = threading.Barrier(6)

    def refresh(_: int) -> str:
        ready.wait()
        return here.auth.sessions.refresh(first.refresh_token).refresh_token

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(refresh, range(6)))) == 1
    assert is_live(here, first.session_id)


@pytest.mark.parametrize("token", ["", "rubbish", "A" * 43, "é" * 43])
def test_a_token_that_we_never_gave_out_is_invalid(here: World, token: str) -> None:
    assert refused(lambda: here.auth.sessions.refresh(token)) == "refresh_invalid"


def test_a_refresh_token_lives_for_thirty_days_from_its_making(here: World) -> None:
    first = here.register().signed_in
    here.clock.pass_by(REFRESH_LIFETIME_S - 60)
    second = here.auth.sessions.refresh(first.refresh_token)
    here.clock.pass_by(REFRESH_LIFETIME_S)
    assert refused(lambda: here.auth.sessions.refresh(second.refresh_token)) == "refresh_invalid"


def test_signing_out_works_at_once_and_for_ever(here: World) -> None:
    ann = here.register()
    here.auth.sessions.end(ann.user_id, ann.signed_in.session_id)
    assert not is_live(here, ann.signed_in.session_id)
    assert refused(lambda: here.auth.sessions.refresh(ann.signed_in.refresh_token)) == "session_revoked"
    here.auth.sessions.end(ann.user_id, ann.signed_in.session_id)
    restarted = MemoryGate(here.database, here.clock)
    assert refused(lambda: restarted.check(ann.signed_in.session_id)) == "session_revoked"


def test_a_refresh_token_is_enough_to_sign_out(here: World) -> None:
    ann = here.register()
    here.auth.sessions.end_by_refresh_token(ann.signed_in.refresh_token)
    assert not is_live(here, ann.signed_in.session_id)
    assert refused(lambda: here.auth.sessions.end_by_refresh_token("A" * 43)) == "refresh_invalid"


def test_nobody_ends_or_finds_somebody_elses_session(here: World) -> None:
    ann, eve = here.register(), here.register()
    for session_id in (ann.signed_in.session_id, uuid.uuid4()):
        assert refused(lambda: here.auth.sessions.end(eve.user_id, session_id)) == "not_found"  # noqa: B023
    assert is_live(here, ann.signed_in.session_id)


def test_signing_in_signs_the_other_device_out(here: World) -> None:
    ann = here.register()
    second = here.sign_in(ann)
    assert not is_live(here, ann.signed_in.session_id)
    assert is_live(here, second.session_id)


def test_many_devices_that_sign_in_at_once_leave_one_session(here: World) -> None:
    """By recovery codes: one code from the authenticator would let in the first one only."""
    ann = here.register()
    visitors = [known(HOME, here.sign_in(ann)) for _ in range(4)]
    ready = threading.Barrier(4)

    def sign_in(visitor: Visitor, code: str) -> SignedIn:
        ready.wait()
        return here.auth.login.sign_in(SignIn(email=ann.email, recovery_code=code), visitor)

    with ThreadPoolExecutor(4) as pool:
        sessions = [each.session_id for each in pool.map(sign_in, visitors, ann.recovery_codes[:4])]
    assert sum(is_live(here, session_id) for session_id in sessions) == 1


def test_postgresql_itself_refuses_a_second_device(here: World) -> None:
    ann = here.register()
    copy = text(
        "INSERT INTO sessions SELECT gen_random_uuid(), user_id, device_id, device_name, is_exclusive, created_at, "
        "last_used_at, expires_at, revoked_at FROM sessions WHERE user_id = :user_id"
    )
    with pytest.raises(IntegrityError), here.database.transaction() as transaction:
        transaction.execute(copy, {"user_id": ann.user_id})


def test_with_the_limit_lifted_devices_live_side_by_side(here: World) -> None:
    ann = here.register()
    allow_many_devices(here, ann, ann.signed_in.session_id)
    second = here.sign_in(ann)
    third = here.sign_in(ann)
    page = here.auth.sessions.list(ann.user_id, second.session_id, ListSessions())
    assert [each.id for each in page.items] == [third.session_id, second.session_id, ann.signed_in.session_id]
    assert [each.current for each in page.items] == [False, True, False]
    assert page.items[0].device == HOME.device_name


def test_setting_the_limit_again_ends_all_other_devices(here: World) -> None:
    ann = here.register()
    allow_many_devices(here, ann, ann.signed_in.session_id)
    second = here.sign_in(ann)
    here.auth.profiles.edit(Editor(ann.user_id, second.session_id), EditUser(single_device=True))
    assert not is_live(here, ann.signed_in.session_id)
    assert is_live(here, second.session_id)
    third = here.sign_in(ann)
    assert not is_live(here, second.session_id)
    assert is_live(here, third.session_id)


def test_devices_are_listed_page_by_page(here: World) -> None:
    ann = here.register()
    allow_many_devices(here, ann, ann.signed_in.session_id)
    made = [ann.signed_in.session_id] + [here.sign_in(ann).session_id for _ in range(4)]
    found: list[uuid.UUID] = []
    cursor = None
    while True:
        page = here.auth.sessions.list(ann.user_id, None, ListSessions(limit=2, cursor=cursor))
        found += [each.id for each in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert found == made[::-1]
    tampered = ListSessions(cursor="rubbish")
    assert refused(lambda: here.auth.sessions.list(ann.user_id, None, tampered)) == "cursor_refused"


def test_a_device_keeps_its_identity_over_sign_ins(here: World) -> None:
    ann = here.register()
    again = here.sign_in(ann, replace(HOME, device_token=ann.signed_in.device_token))
    assert again.device_token == ann.signed_in.device_token
    assert here.sign_in(ann).device_token != ann.signed_in.device_token


def test_sessions_of_a_past_month_leave_no_tokens_behind(here: World) -> None:
    """Red when refresh tokens pile up: a session that lives for years would keep one for every ten minutes."""
    signed_in = here.register().signed_in
    session_id = signed_in.session_id
    for _ in range(5):
        here.clock.pass_by(REFRESH_LIFETIME_S // 2)
        signed_in = here.auth.sessions.refresh(signed_in.refresh_token)
    with here.database.transaction() as transaction:
        count = transaction.scalar(
            text("SELECT count(*) FROM refresh_tokens WHERE session_id = :session_id"), {"session_id": session_id}
        )
    assert count == 3
