"""Whatever is wrong with a request's form: a 4xx that names the field, and nothing has changed."""

import json
import uuid
from dataclasses import dataclass

import pytest

from tests.e2e.api import JSON, Api, Party, Person, open_link, party, register
from tests.e2e.bad_values import BAD, put
from tests.e2e.problems import complaints, without_request_id
from tests.e2e.writing import ROUTES, filled


@dataclass(frozen=True)
class World:
    """An event of Ann's with an expense in it; a stranger; and what a refused request must not change."""

    api: Api
    ann: Person
    event: Party
    names: dict[str, str]
    stranger: Person

    def state(self):
        return [self.event.state(), self.ann.ask("GET", "/users/me").expect(200), self.count()]

    def count(self):
        return [
            len(self.api.list_all("/events", self.ann.token)),
            len(self.api.list_all("/auth/sessions", self.ann.token)),
        ]

    def path(self, route):
        return filled(route.path, self.names)

    def body(self, route):
        return filled(route.body, self.names)

    def ask(self, route, content, headers=None):
        return self.ann.ask(route.method, self.path(route), content, headers)


@pytest.fixture(scope="module")
def world(api):
    ann = register(api)
    event = party(api, "Ann", "Ben", person=ann)
    expense = event.record("Ann", 1000)
    names = {"event": event.id, "ann": event.members["Ann"], "ben": event.members["Ben"], "expense": expense["id"]}
    return World(api, ann, event, names, register(api, "Eve"))


@pytest.fixture(scope="module")
def last_state(world):
    """The state that the last test left, which is the first one's unless a test failed."""
    return [world.state()]


@pytest.fixture
def unchanged(world, last_state):
    yield
    before, last_state[0] = last_state[0], world.state()
    assert last_state[0] == before


def each_route(condition=lambda route: True):
    return pytest.mark.parametrize("route", [route for route in ROUTES if condition(route)], ids=str)


@each_route(lambda route: route.kinds)
def test_a_field_of_the_wrong_kind_is_refused_by_name(world, route, unchanged):
    wrong = []
    for field, kind in route.kinds.items():
        for value in BAD[kind]:
            answer = world.ask(route, put(world.body(route), field, value))
            wrong += [f"{field} {value[:40]}: {complaint}" for complaint in complaints(answer, 422, field)]
    assert not wrong, "\n".join(wrong)


@each_route()
def test_a_body_that_is_not_json_is_refused(world, route, unchanged):
    bodies = [
        b"{",
        b"nonsense",
        b"{'a': 1}",
        b'{"a": 1,}',
        b"\xff\xfe{}",
        b'{"a": "\xc3"}',
        b"{} {}",
        b'{"a": 01}',
        b"\0",
    ]
    bodies += [b'{"a": tru', b'{"a": "\n"}', b"\xef\xbb\xbf{}"]
    wrong = [(body, each) for body in bodies for each in complaints(world.ask(route, body), 400)]
    assert not wrong, "\n".join(map(str, wrong))


@each_route()
def test_a_body_that_is_no_object_or_breaks_the_rules_for_json_is_refused(world, route, unchanged):
    deep = b'{"surprise": ' + b"[" * 20 + b"]" * 20 + b"}"
    cases = [(body, "body") for body in (b"[]", b"5", b'"x"', b"null", b"NaN", b"1e400")]
    cases += [(deep, "body"), (b"[" * 100_000, "body"), (b'{"a":' * 100_000, "body")]
    cases += [(b"[" * 100_000 + b"]" * 100_000, "body"), (b'{"a": ' + b"[" * 50_000 + b"]" * 50_000 + b"}", "body")]
    cases += [(b'{"twice": 1, "twice": 1}', "twice"), (b'{"a": {"twice": 1, "twice": 2}}', "a.twice")]
    wrong = [(body[:30], each) for body, field in cases for each in complaints(world.ask(route, body), 422, field)]
    assert not wrong, "\n".join(map(str, wrong))


@each_route()
def test_an_unknown_field_is_refused_by_name(world, route, unchanged):
    names = ["surprise", "if_version", "version", "event_id", "created_at", "user_id", "naïve", "__class__"]
    wrong = []
    for name in names:
        body = {**world.body(route), name: 1}
        wrong += [(name, each) for each in complaints(world.ask(route, body), 422, name)]
    body = json.dumps(world.body(route))[:-1] + ("," if route.body else "") + r'"\ud800": 1}'
    wrong += complaints(world.ask(route, body.encode()), 422)
    assert not wrong, "\n".join(map(str, wrong))


@each_route()
def test_a_body_that_is_too_large_or_of_another_type_is_refused(world, route, unchanged):
    large = json.dumps({**world.body(route), "note": "x" * 2**21}).encode()
    wrong = complaints(world.ask(route, large), 413)
    body = json.dumps(world.body(route) or {"a": 1}).encode()
    for declared in ("text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data", "x"):
        wrong += complaints(world.ask(route, body, {"Content-Type": declared}), 415)
    assert not wrong, "\n".join(map(str, wrong))


@each_route()
def test_an_unknown_query_parameter_is_refused(world, route, unchanged):
    path = f"{world.path(route)}?surprise=1"
    assert complaints(world.ann.ask(route.method, path, world.body(route)), 422, "surprise") == []


@each_route(lambda route: route.access != "anybody")
def test_without_a_token_nothing_else_is_looked_at(world, route, unchanged):
    for token in ("", "nonsense", "a.b.c"):
        for body in (b"{", b"x" * 100, json.dumps({"surprise": 1}).encode()):
            answer = world.api.ask(route.method, world.path(route), body, token)
            assert complaints(answer, 401) == []
            assert answer.headers["WWW-Authenticate"]


@each_route(lambda route: route.is_in_event)
def test_a_wrong_form_is_answered_alike_for_what_exists_and_what_does_not(world, route, unchanged):
    made_up = {name: str(uuid.uuid4()) for name in world.names}
    for body in (b"{", b'{"surprise": 1}', b'{"id": 5}', b'{"a": 1, "a": 1}'):
        answers = [
            world.ask(route, body),
            world.ann.ask(route.method, filled(route.path, made_up), body),
            world.stranger.ask(route.method, world.path(route), body),
        ]
        assert {answer.status for answer in answers} <= {400, 422}
        assert len({without_request_id(answer) for answer in answers}) == 1


READING = ["", "/members", "/members/{ann}", "/expenses", "/expenses/{expense}", "/balances", "/balances/{ann}"]
READING += ["/settlement", "/link", "/categories"]
DELETING = ["", "/members/{ann}", "/expenses/{expense}", "/link"]


def test_a_body_in_pieces_is_measured_too(world, unchanged):
    pieces = (b"x" * 2**16 for _ in range(32))
    headers = {"Content-Type": JSON, "Authorization": f"Bearer {world.ann.token}", "Transfer-Encoding": "chunked"}
    assert complaints(world.api.send("POST", "/api/v1/events", pieces, headers), 413) == []


def test_a_stranger_cannot_tell_what_exists_from_what_does_not(world, unchanged):
    link = party(world.api, "Eve").link
    tokens = [world.stranger.token, open_link(world.api, link).expect(200)["access_token"]]
    calls = [("GET", f"/events/{{event}}{path}", None) for path in READING]
    calls += [("DELETE", f"/events/{{event}}{path}", None) for path in DELETING]
    calls += [
        (route.method, route.path, route.body) for route in ROUTES if route.is_in_event and route.access == "admin"
    ]
    calls.append(("GET", "/expenses/{expense}", None))
    made_up = {name: str(uuid.uuid4()) for name in world.names}
    bodies = set()
    for method, path, body in calls:
        for token in tokens:
            for names in (world.names, made_up):
                answer = world.api.ask(method, filled(path, names), filled(body, names), token)
                assert complaints(answer, 404) == [], (method, path)
                bodies.add(without_request_id(answer))
    assert len(bodies) == 1


def test_unknown_paths_and_methods_are_refused(world, unchanged):
    unknown = [
        "/nothing",
        "/events/x",
        "/events/5/members",
        "/Events",
        "/events/",
        "/events//",
        "/%00",
        "/%ff",
        "/users/you",
    ]
    for path in unknown:
        for method in ("GET", "POST", "PATCH", "DELETE"):
            assert complaints(world.ann.ask(method, path), 404) == [], (method, path)
    for method, path in (("PUT", "/events"), ("DELETE", "/events"), ("POST", "/users/me"), ("GET", "/auth/login")):
        answer = world.ann.ask(method, path)
        assert complaints(answer, 405) == []
        assert answer.headers["Allow"]
    assert world.ann.ask("BREW", "/events").status in (405, 501)
