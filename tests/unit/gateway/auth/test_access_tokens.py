"""Access tokens: which are believed, and that all others are refused as what they are."""

import base64
import json
import time
import uuid
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from flask import Flask

from common.contracts.events import OpenedLink
from common.errors import QuitsError
from gateway.auth import tokens
from gateway.auth.errors import SessionRevoked, TokenExpired, TokenInvalid
from gateway.caller import NOBODY, Caller

KEY = "a key that only tests know, long enough"
ANN, SESSION = uuid.uuid4(), uuid.uuid4()
ENDED = uuid.uuid4()


def check_session(session_id: uuid.UUID) -> None:
    """Know one session that has ended."""
    if session_id == ENDED:
        raise SessionRevoked


@pytest.fixture
def app() -> Iterator[Flask]:
    """An application that knows our tokens."""
    app = Flask(__name__)
    tokens.install(app, KEY, check_session)
    with app.app_context():
        yield app


def authenticated(app: Flask, header: str | None) -> Caller:
    """Return who a request with this Authorization header comes from."""
    headers = {} if header is None else {"Authorization": header}
    with app.test_request_context(headers=headers):
        return tokens.authenticate()


def claims(**changes: Any) -> dict[str, Any]:
    """Return the claims of a good token, changed; None takes a claim out."""
    good = {
        "iss": tokens.ISSUER,
        "aud": tokens.AUDIENCE,
        "type": "access",
        "sub": str(ANN),
        "sid": str(SESSION),
        "jti": "1",
        "iat": int(time.time()),
        "exp": int(time.time()) + 60,
        "name": "Ann",
        "tz": "UTC",
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def signed(document: dict[str, Any], key: str = KEY, algorithm: str = "HS256") -> str:
    """Return a token with these claims."""
    return jwt.encode(document, key, algorithm)


def test_a_request_without_a_token_comes_from_nobody(app: Flask) -> None:
    assert authenticated(app, None) == NOBODY


def test_a_users_token_says_all_that_a_request_needs(app: Flask) -> None:
    token = tokens.issue_user_token(ANN, SESSION, "Ann Ångström 🎿", "Europe/Vienna")
    caller = authenticated(app, f"Bearer {token}")
    assert caller == Caller(user_id=ANN, user_name="Ann Ångström 🎿", session_id=SESSION, timezone="Europe/Vienna")


@pytest.mark.parametrize("member_id", [None, uuid.uuid4()])
def test_a_guests_token_names_link_event_and_member(app: Flask, member_id: uuid.UUID | None) -> None:
    opened = OpenedLink(link_id=uuid.uuid4(), event_id=uuid.uuid4(), role="editor", member_id=member_id)
    caller = authenticated(app, f"Bearer {tokens.issue_guest_token(opened)}")
    assert caller.user_id is None
    assert caller.guest is not None
    assert (caller.guest.link_id, caller.guest.event_id) == (opened.link_id, opened.event_id)
    assert caller.guest.member_id == member_id


def test_tokens_live_for_10_and_30_minutes(app: Flask) -> None:
    opened = OpenedLink(link_id=uuid.uuid4(), event_id=uuid.uuid4(), role="viewer", member_id=None)
    user, guest = tokens.issue_user_token(ANN, SESSION, "Ann", "UTC"), tokens.issue_guest_token(opened)
    lifetimes = []
    for token in (user, guest):
        content = jwt.decode(token, KEY, ["HS256"], audience=tokens.AUDIENCE)
        lifetimes.append(content["exp"] - content["iat"])
    assert lifetimes == [600, 1800]


def test_a_good_token_of_our_own_making_is_accepted(app: Flask) -> None:
    """Else the refusals below would prove nothing."""
    assert authenticated(app, f"Bearer {signed(claims())}").user_id == ANN


@pytest.mark.parametrize("missing", ["exp", "iat", "sub", "sid", "jti", "iss", "aud", "name", "tz"])
def test_a_token_without_one_of_its_claims_is_refused(app: Flask, missing: str) -> None:
    with pytest.raises(TokenInvalid):
        authenticated(app, f"Bearer {signed(claims(**{missing: None}))}")


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "somebody-else"},
        {"iss": "somebody-else"},
        {"type": "refresh"},
        {"type": "rubbish"},
        {"type": "guest"},
        {"sub": "no uuid"},
        {"sid": "no uuid"},
        {"exp": "soon"},
        {"iat": int(time.time()) + 3_600},
    ],
)
def test_a_token_with_a_wrong_claim_is_refused(app: Flask, changes: dict[str, Any]) -> None:
    with pytest.raises(TokenInvalid):
        authenticated(app, f"Bearer {signed(claims(**changes))}")


def test_an_expired_token_is_refused_as_such(app: Flask) -> None:
    with pytest.raises(TokenExpired):
        authenticated(app, f"Bearer {signed(claims(exp=int(time.time()) - 1))}")


def test_a_token_that_was_accepted_before_expires_all_the_same() -> None:
    now = [time.time()]
    app = Flask(__name__)
    tokens.install(app, KEY, check_session, clock=lambda: now[0])
    header = f"Bearer {signed(claims())}"
    assert authenticated(app, header).user_id == ANN
    now[0] += 61
    with pytest.raises(TokenExpired):
        authenticated(app, header)


def test_a_token_that_was_accepted_before_ends_with_its_session() -> None:
    ended: set[uuid.UUID] = set()

    def check(session_id: uuid.UUID) -> None:
        if session_id in ended:
            raise SessionRevoked

    app = Flask(__name__)
    tokens.install(app, KEY, check)
    header = f"Bearer {signed(claims())}"
    authenticated(app, header)
    ended.add(SESSION)
    with pytest.raises(SessionRevoked):
        authenticated(app, header)


def test_a_token_that_one_application_accepts_means_nothing_to_another(app: Flask) -> None:
    header = f"Bearer {signed(claims())}"
    authenticated(app, header)
    other = Flask(__name__)
    tokens.install(other, KEY[::-1], check_session)
    with pytest.raises(TokenInvalid):
        authenticated(other, header)


def test_a_token_of_a_session_that_has_ended_is_refused_as_such(app: Flask) -> None:
    with pytest.raises(SessionRevoked):
        authenticated(app, f"Bearer {signed(claims(sid=str(ENDED)))}")


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_another_algorithm_is_refused(app: Flask, algorithm: str) -> None:
    with pytest.raises(TokenInvalid):
        authenticated(app, f"Bearer {signed(claims(), 'long enough for every algorithm ' * 3, algorithm)}")
    with pytest.raises(TokenInvalid):
        authenticated(app, f"Bearer {signed(claims(), KEY + 'x' * 64, algorithm)}")


def test_an_unsigned_token_is_refused(app: Flask) -> None:
    unsigned = jwt.encode(claims(), None, "none")  # type: ignore[arg-type]
    with pytest.raises(TokenInvalid):
        authenticated(app, f"Bearer {unsigned}")


def test_a_token_signed_with_another_key_is_refused(app: Flask) -> None:
    with pytest.raises(TokenInvalid):
        authenticated(app, f"Bearer {signed(claims(), KEY[::-1])}")


def _part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


HEADER = _part(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer a b",
        "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
        "Bearer rubbish",
        "Bearer ..",
        "Bearer é.é.é",
        f"Bearer {HEADER}.{_part(b'[' * 5_000)}.{_part(b'x' * 32)}",
        f"Bearer {_part(b'{' * 5_000)}.{HEADER}.{_part(b'x' * 32)}",
        f"Bearer {HEADER}.{_part(b'[]')}.{_part(b'x' * 32)}",
        f"Bearer {HEADER}.{_part(bytes(range(128, 255)))}.{_part(b'x' * 32)}",
        f"Bearer {_part(b'[1]')}.{HEADER}.{_part(b'x' * 32)}",
        f"Bearer {_part(b'5')}.{_part(b'5')}.{_part(b'5')}",
    ],
)
def test_rubbish_is_refused_and_breaks_nothing(app: Flask, header: str) -> None:
    with pytest.raises(QuitsError) as refusal:
        authenticated(app, header)
    assert type(refusal.value) is TokenInvalid
