"""Any JSON at all, in any place of a request: never a 5xx, and what is refused changes nothing."""

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.e2e.api import Api, party, register
from tests.e2e.writing import EXPENSE, filled

EXAMPLES = 60
numbers = st.integers() | st.integers(-(10**30), 10**30) | st.floats() | st.sampled_from([10**500, -(10**500), 2**63])
odd_texts = [
    "everyone",
    "\0",
    "\ud800",
    "é",
    "NaN",
    "1e9",
    "2026-02-30",
    "0" * 32,
    "__proto__",
    "{}",
    "%s",
    "' OR 1=1--",
]
texts = st.text(st.characters(codec=None, exclude_categories=())) | st.sampled_from(odd_texts)
anything = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
bounded = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def _places(value, path=()):
    """Return the path of every value within a document, its own included."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, each in inner for place in _places(each, (*path, key)))]


def _with(document, path, value):
    if not path:
        return value
    changed = copy.deepcopy(document)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return changed


@pytest.fixture(scope="module")
def trip(api: Api):
    return party(api, "Ann", "Ben", person=register(api))


@bounded
@given(path=st.sampled_from(_places(EXPENSE)), value=anything)
def test_any_value_in_an_expense_is_accepted_or_refused(trip, path, value):
    names = {"ann": trip.members["Ann"], "ben": trip.members["Ben"]}
    body = json.dumps(_with(filled(EXPENSE, names), path, value)).encode()
    answer = trip.ask("POST", "/expenses", body)
    assert answer.status in (201, 422), answer.content
    if answer.status == 201:
        assert sum(share["amount"] for share in answer.document["shares"]) == answer.document["event_amount"]
        edited = trip.ask("PATCH", f"/expenses/{answer.document['id']}", body)
        assert edited.status in (200, 422), edited.content
    trip.balances()


CALLS = [
    ("POST", "/events", {"name": "Trip", "currency": "EUR", "members": [{"name": "Zoe", "weight": "2"}]}),
    ("PATCH", "/events/{event}/members/{ben}", {"name": "Ben", "weight": "1", "weight_from": "2026-01-01"}),
    ("POST", "/auth/login", {"email": "eve@example.org", "code": "000000"}),
    ("POST", "/auth/guest", {"link": "x"}),
    ("PATCH", "/users/me", {"name": "Ann", "locale": "en", "timezone": "UTC"}),
]


@bounded
@given(call=st.sampled_from(CALLS), value=anything, data=st.data())
def test_any_value_in_any_request_is_answered(trip, call, value, data):
    method, path, body = call
    place = data.draw(st.sampled_from([*_places(body), ("surprise",)]))
    names = {"event": trip.id, "ben": trip.members["Ben"]}
    answer = trip.api.ask(method, filled(path, names), json.dumps(_with(body, place, value)).encode(), trip.token)
    assert answer.status < 500, answer.content
    assert answer.headers["X-Request-Id"]


@bounded
@given(content=st.binary(max_size=200) | texts.map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_answered(trip, content):
    answer = trip.ask("POST", "/expenses", content)
    assert answer.status in (400, 422), answer.content


@bounded
@given(
    name=st.sampled_from(["limit", "cursor", "member", "q", "min_date", "min_amount", "sort", "kind", "expand", "x"]),
    value=st.binary(max_size=30),
)
def test_any_query_is_answered(trip, name, value):
    query = "".join(f"%{byte:02x}" for byte in value)
    answer = trip.ask("GET", f"/expenses?{name}={query}")
    assert answer.status in (200, 400, 422), answer.content
