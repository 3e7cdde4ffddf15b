"""Requests of the right form that break a rule: refused with the field or the rule named, and nothing has changed."""

import uuid
from urllib.parse import quote

import pytest

from tests.e2e.api import Party, Person, party, register
from tests.e2e.problems import assert_refused

CRORE = 1_000_000_000
MADE_UP = str(uuid.uuid4())


@pytest.fixture(scope="module")
def ann(api) -> Person:
    return register(api)


@pytest.fixture(scope="module")
def trip(api, ann) -> Party:
    """An event with an expense that the tests must not change."""
    made = party(api, "Ann", "Ben", "Cid", person=ann)
    made.record("Ann", 1000, made.split("equal", Ann=None, Ben=None))
    return made


@pytest.fixture(scope="module")
def other(api) -> Party:
    """Somebody else's event."""
    return party(api, "Eve", "Mallory")


@pytest.fixture(scope="module")
def last_state(trip, other):
    """The state that the last test left, which is the first one's unless a test failed."""
    return [[trip.state(), other.state()]]


@pytest.fixture
def unchanged(trip, other, last_state):
    yield
    before, last_state[0] = last_state[0], [trip.state(), other.state()]
    assert last_state[0] == before


def _first_expense(trip):
    return trip.ask("GET", "/expenses").expect(200)["items"][0]


@pytest.mark.parametrize(
    ("split_type", "values", "field"),
    [
        ("exact", {"Ann": 500, "Ben": 499}, "split.participants"),
        ("exact", {"Ann": 500, "Ben": 501}, "split.participants"),
        ("exact", {"Ann": 1001, "Ben": -1}, "split.participants.1.value"),
        ("exact", {"Ann": "500", "Ben": 500}, "split.participants.0.value"),
        ("exact", {"Ann": 500.0, "Ben": 500}, "split.participants.0.value"),
        ("exact", {"Ann": None, "Ben": 1000}, "split.participants.0.value"),
        ("percentage", {"Ann": "50", "Ben": "49.99"}, "split.participants"),
        ("percentage", {"Ann": "50", "Ben": "50.01"}, "split.participants"),
        ("percentage", {"Ann": "33.333", "Ben": "66.667"}, "split.participants.0.value"),
        ("percentage", {"Ann": "-1", "Ben": "101"}, "split.participants.0.value"),
        ("percentage", {"Ann": 50, "Ben": "50"}, "split.participants.0.value"),
        ("percentage", {"Ann": "1e1", "Ben": "90"}, "split.participants.0.value"),
        ("percentage", {"Ann": "NaN", "Ben": "50"}, "split.participants.0.value"),
        ("percentage", {"Ann": None, "Ben": "100"}, "split.participants.0.value"),
        ("shares", {"Ann": "0", "Ben": "1"}, "split.participants.0.value"),
        ("shares", {"Ann": "0.001", "Ben": "1"}, "split.participants.0.value"),
        ("shares", {"Ann": "-1", "Ben": "1"}, "split.participants.0.value"),
        ("shares", {"Ann": 1, "Ben": "1"}, "split.participants.0.value"),
        ("shares", {"Ann": "1000001", "Ben": "1"}, "split.participants.0.value"),
        ("adjustment", {"Ann": 1001, "Ben": 0}, "split.participants"),
        ("adjustment", {"Ann": -1003, "Ben": 0}, None),
        ("adjustment", {"Ann": "1", "Ben": 0}, "split.participants.0.value"),
        ("equal", {"Ann": "1", "Ben": None}, "split.participants.0.value"),
        ("equal", {"Ann": 0, "Ben": None}, "split.participants.0.value"),
    ],
)
def test_a_split_that_breaks_its_rule_is_refused(trip, unchanged, split_type, values, field):
    body = trip.expense("Ann", 1000, trip.split(split_type, **values))
    fields = [field] if field else []
    assert_refused(trip.ask("POST", "/expenses", body), 422, *fields)
    path = f"/expenses/{_first_expense(trip)['id']}"
    assert_refused(trip.ask("PATCH", path, {"split": body["split"]}), 422, *fields)


def test_everyone_and_lists_obey_their_rules(trip, unchanged):
    everyone = {"type": "exact", "participants": "everyone"}
    assert_refused(trip.ask("POST", "/expenses", trip.expense("Ann", 1, everyone)), 422, "split.participants")
    twice = trip.split("equal", Ann=None)
    twice["participants"] *= 2
    body = trip.expense("Ann", 1000, twice)
    assert_refused(trip.ask("POST", "/expenses", body), 422, "split.participants.1.member_id")
    for payers in ([], [body["payers"][0]] * 2):
        assert trip.ask("POST", "/expenses", {**body, "payers": payers, "split": {}}).status == 422
    for missing in ("amount", "payers"):
        part = {name: value for name, value in trip.expense("Ann", 1000).items() if name != missing}
        assert_refused(trip.ask("POST", "/expenses", part), 422, missing)


def test_payers_amounts_must_add_up(trip, unchanged):
    ann, ben = ({"member_id": trip.members[name]} for name in ("Ann", "Ben"))
    cases = [([ann | {"amount": 999}], "payers"), ([ann | {"amount": 500}, ben | {"amount": 501}], "payers")]
    cases += [([ann | {"amount": 500}, ben], "payers.1.amount"), ([ann | {"amount": 0}], "payers.0.amount")]
    for payers, field in cases:
        assert_refused(trip.ask("POST", "/expenses", {"amount": 1000, "payers": payers}), 422, field)


def test_a_thousand_participants_are_fine_and_one_more_is_not(api):
    names = [f"Member {number}" for number in range(1_000)]
    crowd = party(api, *names)
    assert_refused(crowd.ask("POST", "/members", {"name": "One more"}), 409, code="event_full")
    split = crowd.split("equal", **dict.fromkeys(names))
    recorded = crowd.record("Member 0", CRORE, split)
    assert sum(share["amount"] for share in recorded["shares"]) == CRORE
    before = crowd.state()
    split["participants"].append({"member_id": MADE_UP})
    refusal = crowd.ask("POST", "/expenses", crowd.expense("Member 0", 1000, split))
    assert_refused(refusal, 422, "split.participants")
    many = {"name": "Crowd", "currency": "EUR", "members": [{"name": name} for name in names]}
    assert_refused(api.ask("POST", "/events", many), 422, "members")
    assert crowd.state() == before


@pytest.mark.parametrize(
    ("currency", "most"), [("EUR", CRORE), ("JPY", 10_000_000), ("KWD", 10 * CRORE), ("VND", 10 * CRORE // 10)]
)
def test_the_largest_amount_is_fine_and_one_unit_more_is_not(api, currency, most):
    most = 10**10 if currency == "VND" else most
    rich = party(api, "Ann", "Ben", currency=currency)
    rich.record("Ann", most)
    before = rich.state()
    assert_refused(rich.ask("POST", "/expenses", rich.expense("Ann", most + 1)), 422, "amount")
    payment = {"from_member_id": rich.members["Ann"], "to_member_id": rich.members["Ben"], "amount": most + 1}
    assert_refused(rich.ask("POST", "/payments", payment), 422, "amount")
    expense = f"/expenses/{_first_expense(rich)['id']}"
    assert_refused(rich.ask("PATCH", expense, {"amount": most + 1}), 422, "amount")
    assert rich.state() == before


def test_foreign_money_must_agree_with_its_rate(trip, unchanged):
    body = trip.expense("Ann", 1000)
    for more in (
        {"currency": "USD"},
        {"currency": "USD", "rate": "0.9", "event_amount": 901},
        {"currency": "USD", "rate": "1000000", "amount": CRORE},
        {"currency": "USD", "rate": "0.00001", "amount": 1},
        {"rate": "2"},
        {"event_amount": 999},
    ):
        answer = trip.ask("POST", "/expenses", {**body, **more})
        assert_refused(answer, 422)
        assert answer.fields, answer.document


def test_members_of_another_event_are_nobody_here(trip, other, unchanged):
    for stranger in (other.members["Eve"], MADE_UP):
        ann = {"member_id": trip.members["Ann"]}
        body = {"amount": 1000, "payers": [{"member_id": stranger}]}
        assert_refused(trip.ask("POST", "/expenses", body), 422, "payers.0.member_id")
        split = {"type": "equal", "participants": [ann, {"member_id": stranger}]}
        body = {"amount": 1000, "payers": [ann], "split": split}
        assert_refused(trip.ask("POST", "/expenses", body), 422, "split.participants.1.member_id")
        expense = f"/expenses/{_first_expense(trip)['id']}"
        assert_refused(trip.ask("PATCH", expense, {"split": split}), 422, "split.participants.1.member_id")
        assert_refused(trip.ask("PATCH", expense, {"payers": [{"member_id": stranger}]}), 422, "payers.0.member_id")
        for sender, receiver, field in (
            (stranger, trip.members["Ann"], "from_member_id"),
            (trip.members["Ann"], stranger, "to_member_id"),
        ):
            payment = {"from_member_id": sender, "to_member_id": receiver, "amount": 1}
            assert_refused(trip.ask("POST", "/payments", payment), 422, field)
        for method, body in (("GET", None), ("PATCH", {"name": "Mine"}), ("DELETE", None)):
            assert_refused(trip.ask(method, f"/members/{stranger}", body), 404)
    foreign = other.record("Eve", 1)
    for method in ("GET", "DELETE"):
        assert_refused(trip.ask(method, f"/expenses/{foreign['id']}"), 404)
    other.ask("DELETE", f"/expenses/{foreign['id']}").expect(204)


def test_a_payment_to_oneself_and_a_taken_name_are_refused(trip, unchanged):
    ann = trip.members["Ann"]
    payment = {"from_member_id": ann, "to_member_id": ann, "amount": 1}
    assert_refused(trip.ask("POST", "/payments", payment), 422, "to_member_id")
    for name in ("Ann", "aNN", " ann "):
        assert_refused(trip.ask("POST", "/members", {"name": name}), 409, code="name_taken")
    assert_refused(trip.ask("PATCH", f"/members/{ann}", {"name": "ben"}), 409, code="name_taken")


def test_a_version_that_is_stale_or_no_version_is_refused(trip, ann, unchanged):
    expense = f"{trip.path}/expenses/{_first_expense(trip)['id']}"
    member = f"{trip.path}/members/{trip.members['Cid']}"
    for path, body in (
        (trip.path, {"name": "X"}),
        (expense, {"amount": 5}),
        (member, {"name": "X"}),
        ("/users/me", {}),
    ):
        for method in ("PATCH", "DELETE"):
            content = body if method == "PATCH" else None
            for stale in (
                '"0"',
                '"99"',
                'W/"1"',
                '"abc"',
                '""',
                '"99999999999999999999"',
                '"\xd9\xa1"',
            ):
                answer = ann.ask(method, path, content, {"If-Match": stale})
                assert_refused(answer, 412, code="stale_version")
            for malformed in ("1", '"1', "1, 2", '"1", "2"', "abc", "", "'1'"):
                assert_refused(ann.ask(method, path, content, {"If-Match": malformed}), 400)


def test_an_id_that_was_used_is_refused_with_other_content_and_to_others(api, trip, other, ann, unchanged):
    ids = [str(uuid.uuid4()) for _ in range(4)]
    bodies = {
        "/expenses": trip.expense("Ann", 5, trip.split("equal", Ann=None), id=ids[0]),
        "/members": {"name": "Once", "id": ids[1]},
        "/payments": {
            "from_member_id": trip.members["Ann"],
            "to_member_id": trip.members["Ben"],
            "amount": 5,
            "id": ids[2],
        },
    }
    event = {"name": "Once", "currency": "EUR", "my_name": "Ann", "id": ids[3]}
    made = party(api, "Ann", "Ben", person=ann)
    bodies = {path: _in(made, trip, body) for path, body in bodies.items()}
    for path, body in bodies.items():
        made.ask("POST", path, body).expect(201)
    ann.ask("POST", "/events", event).expect(201)
    before = made.state()
    changes = {"/expenses": {"amount": 6}, "/members": {"name": "Twice"}, "/payments": {"amount": 6}}
    stranger = register(api, "Eve")
    for path, body in bodies.items():
        assert_refused(made.ask("POST", path, {**body, **changes[path]}), 409, code="id_taken")
        elsewhere = made.ask(
            "POST", "/members" if path == "/expenses" else "/expenses", _elsewhere(made, path, body["id"])
        )
        assert_refused(elsewhere, 409, code="id_taken")
        foreign = other.ask("POST", "/members", {"name": "Zoe", "id": body["id"]})
        assert_refused(foreign, 409, code="id_taken")
    for taken in (*ids, trip.id):
        answer = stranger.ask("POST", "/events", {**event, "id": taken})
        assert_refused(answer, 409, code="id_taken")
        assert b"Once" not in answer.content
    assert made.state() == before


def _in(made, trip, body):
    """Return a body with the members of another event in it, by name."""
    names = {member_id: name for name, member_id in trip.members.items()}

    def moved(value):
        if isinstance(value, dict):
            return {key: moved(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [moved(inner) for inner in value]
        return made.members[names[value]] if value in names else value

    return moved(body)


def _elsewhere(made, path, used):
    return {"name": "Other", "id": used} if path == "/expenses" else made.expense("Ann", 7, id=used)


def test_a_refused_body_does_not_use_its_id_up_and_a_bad_key_is_named(api):
    fresh = party(api, "Ann", "Ben")
    body = fresh.expense("Ann", 1000, id=str(uuid.uuid4()))
    assert_refused(fresh.ask("POST", "/expenses", {**body, "amount": 0}), 422, "amount")
    assert_refused(fresh.ask("POST", "/expenses", {**body, "category": "nonsense"}), 422, "category")
    fresh.ask("POST", "/expenses", body).expect(201)
    before = fresh.state()
    for key in ("x", "", "c232ab00-9414-11ec-b3c8-9f6bdeced846", "0" * 32):
        for path, content in (("/expenses", fresh.expense("Ann", 1)), ("/members", {"name": "Zoe"})):
            assert_refused(fresh.ask("POST", path, content, {"Idempotency-Key": key}), 422, "Idempotency-Key")
    other_key = {"Idempotency-Key": str(uuid.uuid4())}
    answer = fresh.ask("POST", "/expenses", fresh.expense("Ann", 1, id=str(uuid.uuid4())), other_key)
    assert_refused(answer, 422)
    assert answer.fields
    assert fresh.state() == before


LISTS = ["/events", "{trip}/members", "{trip}/expenses", "/auth/sessions"]
FILTERS = {
    "kind": ["refund", ""],
    "sort": ["amount", ""],
    "min_date": ["x", "2026-02-30", "1999-12-31", ""],
    "max_date": ["9999-01-01"],
    "min_amount": ["0", "-1", "1.0", "1e3", "x", "", "9" * 1_000],
    "max_amount": ["NaN", str(10**30)],
    "member": ["", "x" * 101, "a\0b"],
    "q": ["", "x" * 101],
    "category": [""],
}


@pytest.mark.parametrize("template", LISTS)
def test_a_list_refuses_wrong_limits_cursors_and_parameters(trip, ann, unchanged, template):
    path = template.format(trip=trip.path)
    for limit in ("0", "101", "-1", "abc", "1.0", "", "1e1", "9" * 1_000, "\uff11", "true", "null"):
        assert_refused(ann.ask("GET", f"{path}?limit={quote(limit)}"), 422, "limit")
    for cursor in ("x", "A" * 40, "=", "é", "AAAA.BBBB", "eyJhIjoxfQ"):
        assert_refused(ann.ask("GET", f"{path}?cursor={quote(cursor)}"), 400)
    for cursor in ("", "x" * 1_001):
        assert ann.ask("GET", f"{path}?cursor={cursor}").status in (400, 422)
    for query, field in (("surprise=1", "surprise"), ("limit=1&limit=2", "limit"), ("limit=5&Limit=5", "Limit")):
        assert_refused(ann.ask("GET", f"{path}?{query}"), 422, field)
    assert_refused(ann.ask("GET", f"{path}?%ff=1"), 422)


def test_a_cursor_that_was_tampered_with_or_belongs_elsewhere_is_refused(api):
    fresh = party(api, "Ann", "Ben", "Cid")
    for amount in (1, 2, 3):
        fresh.record("Ann", amount)
    cursor = fresh.ask("GET", "/expenses?limit=1").expect(200)["next_cursor"]
    tampered = [
        cursor[:-1],
        cursor + "A",
        cursor[::-1],
        cursor.swapcase(),
        "A" + cursor[1:] if cursor[0] != "A" else "B",
    ]
    for wrong in tampered:
        assert_refused(fresh.ask("GET", f"/expenses?limit=1&cursor={wrong}"), 400, code="cursor_refused")
    for elsewhere in ("/members?limit=1", "/expenses?sort=date", "/expenses?kind=payment"):
        assert_refused(fresh.ask("GET", f"{elsewhere}&cursor={cursor}"), 400, code="cursor_refused")
    fresh.ask("GET", f"/expenses?limit=2&cursor={cursor}").expect(200)


def test_the_filters_of_expenses_refuse_what_they_do_not_know(trip, unchanged):
    for name, values in FILTERS.items():
        for value in values:
            assert_refused(trip.ask("GET", f"/expenses?{name}={quote(value)}"), 422, name)


@pytest.mark.parametrize(
    "below", ["", "/balances", "/settlement", "/link", "/expenses/{expense}", "/members/{member}", "/balances/{member}"]
)
def test_reading_refuses_unknown_parameters(trip, unchanged, below):
    path = below.format(expense=_first_expense(trip)["id"], member=trip.members["Ann"])
    assert_refused(trip.ask("GET", f"{path}?surprise=1"), 422, "surprise")
    if below in ("/balances", "/settlement", "/expenses/{expense}"):
        assert_refused(trip.ask("GET", f"{path}?expand=everything"), 422, "expand")


def test_a_sane_request_id_comes_back_and_another_is_replaced(api):
    for given, is_kept in (("abc-123", True), ("a b", False), ("x" * 101, False), ("<script>", False), ("", False)):
        answer = api.send("GET", "/api/v1/users/me", headers={"X-Request-Id": given})
        assert_refused(answer, 401)
        assert (answer.headers["X-Request-Id"] == given) is is_kept


def test_a_query_with_every_filter_at_its_longest_is_read(trip):
    longest = "&".join(f"{name}={quote('😀' * 100)}" for name in ("member", "description", "q", "category"))
    answer = trip.ask("GET", f"/expenses?{longest}")
    assert_refused(answer, 422, "category")
    assert answer.fields == ["category"]
