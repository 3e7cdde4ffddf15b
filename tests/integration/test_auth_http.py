"""Authentication over HTTP: statuses, bodies, headers and cookies."""

import logging
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
import structlog
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from common.contracts.core import CoreService
from common.contracts.events import EventPage, EventSummary, LinkRevoked, ListEvents, OpenedLink, OpenLink
from common.errors import NotFound
from common.rpc.context import Context, Signer
from common.rpc.inprocess import InProcessBus
from gateway.app import create_app
from gateway.auth import cookies
from gateway.limits import PER_ADDRESS_TO_SIGN_IN, RequestLimits
from gateway.services import GatewayServices
from tests import databases
from tests.gateway_world import SECRET_KEY, World, world

API = "/api/v1"
LINK_ID, EVENT_ID = uuid.uuid4(), uuid.uuid4()
TOKEN_FIELDS = {"access_token", "expires_in", "refresh_token", "device_token"}


class FakeCore(CoreService):
    """A core that knows one secret link, one that was rotated, and 120 events of everybody."""

    def open_link(self, context: Context, command: OpenLink) -> OpenedLink:
        """Let in who has the token "live"."""
        if command.link == "rotated":
            raise LinkRevoked
        if command.link != "live":
            raise NotFound
        return OpenedLink(link_id=LINK_ID, event_id=EVENT_ID, role="editor", member_id=command.member_id)

    def list_events(self, context: Context, command: ListEvents) -> EventPage:
        """List 120 events in two pages."""
        start = int(command.cursor or 0)
        stop = min(start + command.limit, 120)
        return EventPage(tuple(map(event, range(start, stop))), str(stop) if stop < 120 else None)


def event(number: int) -> EventSummary:
    """Return an event."""
    return EventSummary(
        id=UUID(int=number),
        name=f"Event {number}",
        description="",
        currency="EUR",
        simplify_debts=True,
        archived=False,
        role="admin",
        my_member_id=None,
        balance=0,
        created_at=0,
        updated_at=0,
        version=1,
        deleted_at=None,
    )


@pytest.fixture(scope="module")
def shared() -> Iterator[World]:
    """One database for all tests here."""
    with world() as made:
        yield made


def client_of(here: World, limits: RequestLimits | None = None) -> FlaskClient:
    """Return a client of the whole gateway; its cookies are its own."""
    bus = InProcessBus(Signer(SECRET_KEY))
    bus.serve(FakeCore())
    services = GatewayServices(bus=bus, database=here.database, auth=here.auth, limits=limits, public_url="")
    return create_app(services, "another key that only tests know, long").test_client()


@pytest.fixture
def here(shared: World) -> World:
    """The world, with a day passed."""
    shared.clock.pass_by(86_400)
    return shared


@pytest.fixture
def client(here: World) -> FlaskClient:
    """A client of the whole gateway."""
    return client_of(here)


@dataclass(slots=True)
class Account:
    """Somebody who registered over HTTP."""

    email: str
    secret: str
    answer: dict[str, Any]

    @property
    def bearer(self) -> dict[str, str]:
        """The header that proves who they are."""
        return bearer(self.answer)


def bearer(answer: dict[str, Any]) -> dict[str, str]:
    """Return the header with an answer's access token."""
    return {"Authorization": f"Bearer {answer['access_token']}"}


def register(here: World, client: FlaskClient, **fields: Any) -> Account:
    """Register somebody and let a step pass."""
    email = f"ann-{uuid.uuid4().hex[:12]}@example.org"
    pending = client.post(f"{API}/auth/register", json={"name": "Ann", "email": email, **fields}).json
    secret = pending["totp"]["secret"]
    body = {"registration_id": pending["registration_id"], "code": here.code(secret)}
    confirmed = client.post(f"{API}/auth/register/confirm", json=body)
    assert confirmed.status_code == 201, confirmed.text
    here.clock.pass_by(30)
    return Account(email, secret, confirmed.json)


def problem(response: TestResponse) -> tuple[int, str]:
    """Return status and code of a refusal, which is always problem details and never cached."""
    assert response.content_type == "application/problem+json"
    assert response.headers["Cache-Control"] == "no-store"
    if response.status_code == 401:
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
    return response.status_code, response.json["code"]


def test_registering_answers_as_the_contract_says(here: World, client: FlaskClient) -> None:
    body = {"name": "Ann", "email": f"{uuid.uuid4().hex}@example.org", "mobile": "+43 660 1234567"}
    begun = client.post(f"{API}/auth/register", json=body)
    assert begun.status_code == 201
    assert set(begun.json) == {"registration_id", "totp", "expires_at"}
    assert set(begun.json["totp"]) == {"secret", "uri", "qr_svg"}
    wrong = {"registration_id": begun.json["registration_id"], "code": here.wrong_code(begun.json["totp"]["secret"])}
    refusal = client.post(f"{API}/auth/register/confirm", json=wrong)
    assert problem(refusal) == (422, "wrong_code")
    assert refusal.json["errors"][0]["field"] == "code"
    right = {**wrong, "code": here.code(begun.json["totp"]["secret"])}
    confirmed = client.post(f"{API}/auth/register/confirm", json=right)
    assert confirmed.status_code == 201
    assert set(confirmed.json) == TOKEN_FIELDS | {"user", "recovery_codes"}
    assert confirmed.json["expires_in"] == 600
    assert confirmed.json["user"]["mobile"] == "+43 660 1234567"
    assert problem(client.post(f"{API}/auth/register/confirm", json=right)) == (410, "registration_over")


def test_a_taken_address_is_answered_like_a_free_one(here: World, client: FlaskClient) -> None:
    ann = register(here, client)
    taken = client.post(f"{API}/auth/register", json={"name": "Eve", "email": ann.email})
    free = client.post(f"{API}/auth/register", json={"name": "Eve", "email": f"{uuid.uuid4().hex}@example.org"})
    assert taken.status_code == free.status_code == 201
    assert set(taken.json) == set(free.json)
    assert taken.json["expires_at"] == free.json["expires_at"]


def test_signing_in_refreshing_and_signing_out_with_tokens_in_bodies(here: World, client: FlaskClient) -> None:
    ann = register(here, client)
    signed_in = client.post(f"{API}/auth/login", json={"email": ann.email, "code": here.code(ann.secret)})
    assert signed_in.status_code == 200
    assert set(signed_in.json) == TOKEN_FIELDS
    assert "Set-Cookie" not in signed_in.headers
    refreshed = client.post(f"{API}/auth/refresh", json={"refresh_token": signed_in.json["refresh_token"]})
    assert refreshed.status_code == 200
    assert set(refreshed.json) == TOKEN_FIELDS
    assert client.get(f"{API}/users/me", headers=bearer(refreshed.json)).status_code == 200
    assert client.post(f"{API}/auth/logout", headers=bearer(refreshed.json)).status_code == 204
    for answer in (signed_in.json, refreshed.json):
        assert problem(client.get(f"{API}/users/me", headers=bearer(answer))) == (401, "session_revoked")
    refused = client.post(f"{API}/auth/refresh", json={"refresh_token": refreshed.json["refresh_token"]})
    assert problem(refused) == (401, "session_revoked")


def test_a_reused_refresh_token_ends_the_session_over_http_too(here: World, client: FlaskClient) -> None:
    first = register(here, client).answer
    client.post(f"{API}/auth/refresh", json={"refresh_token": first["refresh_token"]})
    here.clock.pass_by(11)
    reused = client.post(f"{API}/auth/refresh", json={"refresh_token": first["refresh_token"]})
    assert problem(reused) == (401, "refresh_reused")
    assert problem(client.get(f"{API}/users/me", headers=bearer(first))) == (401, "session_revoked")


def test_a_browser_keeps_its_refresh_token_in_a_cookie_only(here: World, client: FlaskClient) -> None:
    ann = register(here, client)
    body = {"email": ann.email, "code": here.code(ann.secret), "transport": "cookie"}
    signed_in = client.post(f"{API}/auth/login", json=body)
    assert set(signed_in.json) == {"access_token", "expires_in"}
    refreshed = client.post(f"{API}/auth/refresh", json={})
    assert refreshed.status_code == 200
    assert set(refreshed.json) == {"access_token", "expires_in"}
    foreign = client.post(f"{API}/auth/refresh", json={}, headers={"Origin": "https://evil.example"})
    assert problem(foreign) == (403, "origin_refused")
    assert client.post(f"{API}/auth/refresh", json={}, headers={"Origin": "http://localhost"}).status_code == 200
    out = client.post(f"{API}/auth/logout", json={}, headers={"Origin": "http://localhost"})
    assert out.status_code == 204
    assert client.get_cookie(cookies.REFRESH, path=cookies.PATH) is None
    assert problem(client.post(f"{API}/auth/refresh", json={})) == (401, "refresh_invalid")
    assert problem(client.get(f"{API}/users/me", headers=bearer(refreshed.json))) == (401, "session_revoked")


def test_a_known_browser_is_not_locked_out_by_strangers(here: World, client: FlaskClient) -> None:
    ann = register(here, client)
    body = {"email": ann.email, "code": here.code(ann.secret), "transport": "cookie"}
    assert client.post(f"{API}/auth/login", json=body).status_code == 200
    here.clock.pass_by(30)
    stranger = client_of(here)
    wrong = {"email": ann.email, "code": here.wrong_code(ann.secret)}
    for _ in range(5):
        assert problem(stranger.post(f"{API}/auth/login", json=wrong)) == (401, "wrong_credentials")
    right = {"email": ann.email, "code": here.code(ann.secret)}
    waits = stranger.post(f"{API}/auth/login", json=right)
    assert problem(waits) == (429, "too_many_attempts")
    assert waits.headers["Retry-After"] == "30"
    assert client.post(f"{API}/auth/login", json=right).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/users/me"),
        ("PATCH", "/users/me"),
        ("DELETE", "/users/me"),
        ("GET", "/users/me/export"),
        ("GET", "/auth/sessions"),
        ("DELETE", f"/auth/sessions/{UUID(int=7)}"),
        ("PUT", "/auth/password"),
        ("POST", "/auth/totp"),
        ("POST", "/auth/totp/confirm"),
        ("POST", "/auth/recovery-codes"),
        ("POST", "/auth/logout"),
    ],
)
def test_what_is_for_users_refuses_nobody_and_guests(client: FlaskClient, method: str, path: str) -> None:
    assert client.open(API + path, method=method, json={"x": 1}).status_code in {401, 422}
    assert problem(client.open(API + path, method=method))[0] == 401
    guest = client.post(f"{API}/auth/guest", json={"link": "live"}).json
    assert problem(client.open(API + path, method=method, headers=bearer(guest)))[0] == 403
    rubbish = client.open(API + path, method=method, headers={"Authorization": "Bearer rubbish"})
    assert problem(rubbish) == (401, "token_invalid")


def test_a_guest_gets_a_token_for_one_event(client: FlaskClient) -> None:
    member_id = str(uuid.uuid4())
    answer = client.post(f"{API}/auth/guest", json={"link": "live", "member_id": member_id})
    assert answer.status_code == 200
    assert set(answer.json) == {"access_token", "expires_in", "event_id", "role"}
    assert (answer.json["expires_in"], answer.json["event_id"], answer.json["role"]) == (1800, str(EVENT_ID), "editor")
    assert problem(client.post(f"{API}/auth/guest", json={"link": "rotated"})) == (410, "link_revoked")
    assert problem(client.post(f"{API}/auth/guest", json={"link": "unknown"})) == (404, "not_found")


def test_devices_are_listed_and_ended(here: World, client: FlaskClient) -> None:
    ann = register(here, client)
    client.patch(f"{API}/users/me", json={"single_device": False}, headers=ann.bearer)
    body = {"email": ann.email, "code": here.code(ann.secret)}
    other = client.post(f"{API}/auth/login", json=body, headers={"User-Agent": "A telephone"}).json
    page = client.get(f"{API}/auth/sessions", headers=ann.bearer).json
    assert [(each["device"], each["current"]) for each in page["items"]] == [
        ("A telephone", False),
        (page["items"][1]["device"], True),
    ]
    assert page["next_cursor"] is None
    path = f"{API}/auth/sessions/{page['items'][0]['id']}"
    for _ in range(2):
        assert client.delete(path, headers=ann.bearer).status_code == 204
    assert problem(client.get(f"{API}/users/me", headers=bearer(other))) == (401, "session_revoked")
    assert problem(client.delete(f"{API}/auth/sessions/{uuid.uuid4()}", headers=ann.bearer)) == (404, "not_found")
    for query in ("limit=0", "limit=101", "limit=x", "other=1"):
        assert client.get(f"{API}/auth/sessions?{query}", headers=ann.bearer).status_code == 422
    assert client.get(f"{API}/auth/sessions?cursor=x", headers=ann.bearer).status_code == 400


def test_a_profile_has_versions(here: World, client: FlaskClient) -> None:
    ann = register(here, client)
    shown = client.get(f"{API}/users/me", headers=ann.bearer)
    assert shown.headers["ETag"] == '"1"'
    assert shown.json == ann.answer["user"]
    edited = client.patch(f"{API}/users/me", json={"name": "Anna"}, headers={**ann.bearer, "If-Match": '"1"'})
    assert (edited.status_code, edited.json["name"], edited.headers["ETag"]) == (200, "Anna", '"2"')
    stale = client.patch(f"{API}/users/me", json={"name": "Annette"}, headers={**ann.bearer, "If-Match": '"1"'})
    assert problem(stale) == (412, "stale_version")
    assert problem(client.delete(f"{API}/users/me", headers={**ann.bearer, "If-Match": '"1"'}))[0] == 412
    wrong = client.patch(f"{API}/users/me", json={"timezone": "Mars", "currency": "eur"}, headers=ann.bearer)
    assert {error["field"] for error in wrong.json["errors"]} == {"timezone", "currency"}
    assert client.patch(f"{API}/users/me", json={"id": "x"}, headers=ann.bearer).status_code == 422


def test_a_repeated_edit_says_that_it_is_one(here: World, client: FlaskClient) -> None:
    ann, key = register(here, client), str(uuid.uuid4())
    headers = {**ann.bearer, "Idempotency-Key": key, "If-Match": '"1"'}
    first = client.patch(f"{API}/users/me", json={"name": "Anna"}, headers=headers)
    assert "Idempotency-Replayed" not in first.headers
    again = client.patch(f"{API}/users/me", json={"name": "Anna"}, headers=headers)
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (200, "true")
    other = client.patch(f"{API}/users/me", json={"name": "Bob"}, headers=headers)
    assert problem(other) == (409, "id_taken")


def test_the_export_holds_profile_devices_and_all_events(here: World, client: FlaskClient) -> None:
    ann = register(here, client)
    export = client.get(f"{API}/users/me/export", headers=ann.bearer).json
    assert export["user"]["email"] == ann.email
    assert [each["current"] for each in export["sessions"]] == [True]
    assert [each["name"] for each in export["events"]] == [f"Event {number}" for number in range(120)]


def test_a_deleted_user_is_gone(here: World, client: FlaskClient) -> None:
    ann = register(here, client)
    assert client.delete(f"{API}/users/me", headers=ann.bearer).status_code == 204
    assert problem(client.get(f"{API}/users/me", headers=ann.bearer)) == (401, "session_revoked")
    gone = client.post(f"{API}/auth/login", json={"email": ann.email, "code": here.code(ann.secret)})
    assert problem(gone) == (401, "wrong_credentials")


def test_credentials_are_changed_over_http(here: World, client: FlaskClient) -> None:
    ann = register(here, client)
    url = f"{API}/auth/password"
    assert problem(client.put(url, json={"password": "correct horse"}, headers=ann.bearer)) == (422, "invalid")
    wrong = {"password": "correct horse", "code": here.wrong_code(ann.secret)}
    assert problem(client.put(url, json=wrong, headers=ann.bearer)) == (422, "wrong_code")
    right = {"password": "correct horse", "code": here.code(ann.secret)}
    assert client.put(url, json=right, headers=ann.bearer).status_code == 204
    here.clock.pass_by(30)
    made = client.post(f"{API}/auth/recovery-codes", json={"code": here.code(ann.secret)}, headers=ann.bearer)
    assert (made.status_code, len(made.json["recovery_codes"])) == (201, 10)
    recovery = {"recovery_code": made.json["recovery_codes"][0]}
    pending = client.post(f"{API}/auth/totp", json=recovery, headers=ann.bearer)
    assert pending.status_code == 201
    confirm = {"totp_id": pending.json["totp_id"], "code": here.code(pending.json["totp"]["secret"])}
    assert client.post(f"{API}/auth/totp/confirm", json=confirm, headers=ann.bearer).status_code == 204
    assert problem(client.post(f"{API}/auth/totp/confirm", json=confirm, headers=ann.bearer)) == (404, "not_found")


def test_sign_in_is_limited_per_address(here: World) -> None:
    client = client_of(here, RequestLimits(None))
    for _ in range(PER_ADDRESS_TO_SIGN_IN.amount):
        assert problem(client.post(f"{API}/auth/refresh", json={})) == (401, "refresh_invalid")
    limited = client.post(f"{API}/auth/refresh", json={})
    assert problem(limited) == (429, "rate_limited")
    assert 1 <= int(limited.headers["Retry-After"]) <= 60


def test_with_the_database_away_nothing_is_done_and_nobody_hears_why(here: World, client: FlaskClient) -> None:
    ann = register(here, client)
    url = here.database.engine.url.render_as_string(hide_password=False)
    with databases.away(url):
        for answer in (
            client.post(f"{API}/auth/login", json={"email": ann.email, "code": here.code(ann.secret)}),
            client.post(f"{API}/auth/register", json={"name": "Eve", "email": "eve@example.org"}),
            client.post(f"{API}/auth/refresh", json={"refresh_token": ann.answer["refresh_token"]}),
            client.post(f"{API}/auth/logout", headers=ann.bearer),
            client.get(f"{API}/users/me", headers=ann.bearer),
        ):
            assert problem(answer) == (503, "database_unavailable")
            assert "Retry-After" in answer.headers
            assert "postgres" not in answer.text.lower()
    here.database.engine.dispose()
    assert client.get(f"{API}/users/me", headers=ann.bearer).status_code == 200


def test_no_secret_is_ever_logged(here: World, client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with structlog.testing.capture_logs() as lines, caplog.at_level(logging.DEBUG):
        ann = register(here, client, password="correct horse")
        code = here.code(ann.secret)
        client.post(f"{API}/auth/login", json={"email": ann.email, "code": code})
        client.post(f"{API}/auth/refresh", json={"refresh_token": ann.answer["refresh_token"]})
        client.post(f"{API}/auth/guest", json={"link": "live"})
    written = str(lines) + caplog.text
    assert "/api/v1/auth/login" in written
    for secret in (ann.secret, code, ann.email, "correct horse", *ann.answer["recovery_codes"]):
        assert secret not in written
    for name in ("access_token", "refresh_token", "device_token"):
        assert ann.answer[name] not in written
