"""What people do with a shared event, from its creation until everybody is quits."""

import uuid
from datetime import UTC, datetime, timedelta

from tests.e2e.api import open_link, party, register

TODAY = datetime.now(UTC).date()


def test_the_scenario_of_the_readme_ends_with_everybody_quits(api):
    event = api.ask("POST", "/events", {"name": "Weekend", "currency": "EUR", "my_name": "Ann"}).expect(201)
    token = open_link(api, event["link"]["token"]).expect(200)["access_token"]
    path, ann = f"/events/{event['id']}", event["members"][0]["id"]
    ben = api.ask("POST", f"{path}/members", {"name": "Ben"}, token).expect(201)["id"]
    cid = api.ask("POST", f"{path}/members", {"name": "Cid", "weight": "2"}, token).expect(201)["id"]

    def shares(body):
        recorded = api.ask("POST", f"{path}/expenses", body, token).expect(201)
        return {share["member_id"]: share["amount"] for share in recorded["shares"]}

    dinner = {"description": "Dinner", "amount": 9000, "payers": [{"member_id": ann}]}
    assert shares(dinner) == {ann: 2250, ben: 2250, cid: 4500}
    percentages = [{"member_id": ann, "value": "33.34"}, {"member_id": ben, "value": "66.66"}]
    hotel = {"amount": 20000, "payers": [{"member_id": ben}]}
    assert shares({**hotel, "split": {"type": "percentage", "participants": percentages}}) == {ann: 6668, ben: 13332}
    parts = [{"member_id": ann, "value": "1"}, {"member_id": cid, "value": "0.5"}]
    taxi = {"amount": 1000, "payers": [{"member_id": cid}]}
    assert shares({**taxi, "split": {"type": "shares", "participants": parts}}) == {ann: 667, cid: 333}

    settlement = api.get(f"{path}/settlement", token)
    assert settlement["minimal"] is True
    assert len(settlement["transfers"]) == 2
    for transfer in settlement["transfers"]:
        paid = api.ask("POST", f"{path}/payments", transfer, token).expect(201)
        assert (paid["kind"], paid["amount"]) == ("payment", transfer["amount"])
    balances = api.get(f"{path}/balances", token)
    assert [line["balance"] for line in balances["balances"]] == [0, 0, 0]
    assert balances["total_spent"] == 30000
    assert api.get(f"{path}/settlement", token)["transfers"] == []


def test_each_split_type_gives_shares_that_add_up(api):
    trip = party(api, "Ann", "Ben", "Cid")
    splits = [
        (trip.split("equal", Ann=None, Ben=None), [501, 500]),
        (trip.split("exact", Ann=1, Ben=1000, Cid=0), [1, 1000, 0]),
        (trip.split("adjustment", Ann=100, Ben=-100), [600, 401]),
    ]
    for split, expected in splits:
        recorded = trip.record("Cid", 1001, split)
        found = sorted(share["amount"] for share in recorded["shares"] if share["amount"])
        assert sum(found) == 1001
        assert all(abs(one - other) <= 1 for one, other in zip(found, sorted(filter(None, expected)), strict=True))
        assert recorded["split"] == split
    assert sum(trip.balances().values()) == 0


def test_several_payers_and_foreign_money(api):
    trip = party(api, "Ann", "Ben")
    payers = [{"member_id": trip.members["Ann"], "amount": 6000}, {"member_id": trip.members["Ben"], "amount": 4000}]
    body = {"amount": 10000, "currency": "USD", "rate": "0.9", "payers": payers}
    recorded = trip.ask("POST", "/expenses", body).expect(201)
    assert (recorded["amount"], recorded["event_amount"], recorded["rate"]) == (10000, 9000, "0.9")
    assert trip.balances() == {"Ann": 900, "Ben": -900}


def test_everyone_means_those_who_join_later_too(api):
    trip = party(api, "Ann", "Ben")
    everyones = trip.record("Ann", 6000)
    named = trip.record("Ann", 1000, trip.split("equal", Ann=None, Ben=None))
    cid = trip.ask("POST", "/members", {"name": "Cid"}).expect(201)
    assert trip.balances() == {"Ann": 4500, "Ben": -2500, "Cid": -2000}
    later = trip.ask("GET", f"/expenses/{everyones['id']}").expect(200)
    assert len(later["shares"]) == 3
    assert (later["version"], later["updated_at"]) == (everyones["version"], everyones["updated_at"])
    assert trip.ask("GET", f"/expenses/{named['id']}").expect(200) == named
    trip.ask("PATCH", f"/members/{cid['id']}", {"left_on": str(TODAY - timedelta(days=1))}).expect(200)
    assert trip.balances() == {"Ann": 3500, "Ben": -3500, "Cid": 0}


def test_an_edit_with_a_stale_version_is_refused_and_deleting_can_be_undone(api):
    trip = party(api, "Ann", "Ben")
    expense = trip.record("Ann", 1000)
    path = f"/expenses/{expense['id']}"
    seen = {"If-Match": f'"{expense["version"]}"'}
    edited = trip.ask("PATCH", path, {"amount": 3000}, seen)
    assert edited.expect(200)["amount"] == 3000
    assert edited.headers["ETag"] == f'"{edited.document["version"]}"'
    assert trip.ask("PATCH", path, {"amount": 5000}, seen).expect(412)["code"] == "stale_version"
    assert trip.ask("DELETE", path, headers=seen).status == 412
    assert trip.balances() == {"Ann": 1500, "Ben": -1500}
    assert [trip.ask("DELETE", path).status for _ in range(2)] == [204, 204]
    assert trip.balances() == {"Ann": 0, "Ben": 0}
    restored = [trip.ask("POST", f"{path}/restore").expect(200) for _ in range(2)]
    assert restored[0] == restored[1]
    assert restored[0]["shares"] == edited.document["shares"]
    assert trip.balances() == {"Ann": 1500, "Ben": -1500}


def test_a_repetition_answers_the_thing_as_it_is_now_even_after_it_was_deleted(api):
    trip = party(api, "Ann", "Ben")
    body = trip.expense("Ann", 1000, id=str(uuid.uuid4()), description="Once")
    first = trip.ask("POST", "/expenses", body)
    assert first.headers["Idempotency-Replayed"] is None
    expense = first.expect(201)
    again = trip.ask("POST", "/expenses", {name: body[name] for name in reversed(body)})
    assert (again.expect(200), again.headers["Idempotency-Replayed"]) == (expense, "true")
    by_key = {name: value for name, value in body.items() if name != "id"}
    assert trip.ask("POST", "/expenses", by_key, {"Idempotency-Key": body["id"]}).expect(200) == expense
    other = trip.ask("POST", "/expenses", {**body, "amount": 1001}).expect(409)
    assert other["code"] == "id_taken"
    trip.ask("DELETE", f"/expenses/{expense['id']}").expect(204)
    gone = trip.ask("POST", "/expenses", body)
    assert gone.headers["Idempotency-Replayed"] == "true"
    assert gone.expect(200)["deleted_at"] is not None
    assert trip.balances() == {"Ann": 0, "Ben": 0}
    assert api.list_all(f"{trip.path}/expenses", trip.token) == []


def test_a_key_makes_an_edit_happen_once(api):
    trip = party(api, "Ann", "Ben")
    expense = trip.record("Ann", 1000)
    path, key = f"/expenses/{expense['id']}", {"Idempotency-Key": str(uuid.uuid4())}
    once = {**key, "If-Match": f'"{expense["version"]}"'}
    edited = trip.ask("PATCH", path, {"amount": 2000}, once).expect(200)
    trip.ask("PATCH", path, {"amount": 3000}).expect(200)
    again = trip.ask("PATCH", path, {"amount": 2000}, once)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (again.expect(200)["amount"], again.document["version"]) == (3000, edited["version"] + 1)
    assert trip.ask("PATCH", path, {"amount": 4000}, key).expect(409)["code"] == "id_taken"


def test_the_list_finds_by_every_filter(api):
    trip = party(api, "Ann", "Bén", "Cid")
    dinner = trip.record("Ann", 1000, trip.split("equal", Ann=None, Cid=None), description="Dîner", date="2026-01-02")
    train = trip.record("Bén", 2000, description="Train", date="2026-01-03", category="transport")
    trip.ask("POST", "/payments", _payment(trip, "Cid", "Ann", 500) | {"date": "2026-01-04"}).expect(201)

    def found(query):
        return [item["amount"] for item in api.list_all(f"{trip.path}/expenses?{query}", trip.token)]

    assert found("sort=date") == [1000, 2000, 500]
    assert found("sort=-date") == [500, 2000, 1000]
    assert found("kind=payment") == [500]
    assert found("description=diner") == [1000]
    assert found("q=TRAI") == [2000]
    assert found("member=ben") == [2000]
    assert found(f"member={trip.members['Cid']}&sort=date") == [1000, 2000, 500]
    assert found("category=transport") == [train["amount"]]
    assert found("min_date=2026-01-02&max_date=2026-01-02") == [dinner["amount"]]
    assert found("min_amount=600&max_amount=1999") == [1000]


def test_paging_shows_everything_once_whatever_arrives_meanwhile(api):
    trip = party(api, "Ann", "Ben")
    there = {trip.record("Ann", 100 + number, date="2026-02-01")["id"] for number in range(11)}
    first = api.get(f"{trip.path}/expenses?limit=4&sort=created_at", trip.token)
    trip.record("Ben", 1, date="2026-02-01")
    path = f"{trip.path}/expenses?limit=4&sort=created_at&cursor={first['next_cursor']}"
    second = api.get(path, trip.token)
    third = api.get(f"{path.rpartition('=')[0]}={second['next_cursor']}", trip.token)
    seen = [item["id"] for page in (first, second, third) for item in page["items"]]
    assert len(seen) == len(set(seen)) == 12
    assert there < set(seen)
    assert third["next_cursor"] is None
    for order in ("date", "-date", "created_at", "-created_at"):
        paged = [item["id"] for item in api.list_all(f"{trip.path}/expenses?sort={order}", trip.token, limit=5)]
        assert len(paged) == len(set(paged)) == 12


def test_debts_that_are_not_simplified_follow_who_paid_for_whom(api):
    trip = party(api, "Ann", "Ben", "Cid", simplify_debts=False)
    trip.record("Ann", 1000, trip.split("equal", Ben=None))
    trip.record("Ben", 1000, trip.split("equal", Cid=None))
    ann, ben, cid = (trip.members[name] for name in ("Ann", "Ben", "Cid"))
    pairs = {(each["from_member_id"], each["to_member_id"]): each["amount"] for each in trip.transfers()}
    assert pairs == {(ben, ann): 1000, (cid, ben): 1000}
    trip.ask("PATCH", "", {"simplify_debts": True}).expect(200)
    assert trip.transfers() == [{"from_member_id": cid, "to_member_id": ann, "amount": 1000}]


def test_partial_payments_lead_to_zero(api):
    trip = party(api, "Ann", "Ben")
    trip.record("Ann", 1000, trip.split("equal", Ben=None))
    for amount, rest in ((1, 999), (500, 499), (499, 0)):
        trip.ask("POST", "/payments", _payment(trip, "Ben", "Ann", amount)).expect(201)
        assert trip.balances() == {"Ann": rest, "Ben": -rest}
    lines = trip.ask("GET", f"/balances/{trip.members['Ben']}").expect(200)
    assert sum(line["paid"] - line["share"] for line in lines["items"]) == lines["balance"] == 0


def test_deleting_an_event_takes_everything_along_and_restoring_brings_it_back(api):
    trip = party(api, "Ann", "Ben", person=register(api))
    expense = trip.record("Ann", 1000)
    before = trip.state()
    assert [trip.ask("DELETE").status for _ in range(2)] == [204, 204]
    for path in ("", "/members", "/expenses", "/balances", f"/expenses/{expense['id']}"):
        assert trip.ask("GET", path).status == 404
    assert api.ask("GET", f"/expenses/{expense['id']}", token=trip.token).status == 404
    trip.ask("POST", "/restore").expect(200)
    assert trip.state()[1:] == before[1:]


def test_a_member_with_expenses_cannot_be_deleted_and_one_without_can_be_restored(api):
    trip = party(api, "Ann", "Ben", "Cid")
    trip.record("Ann", 1000, trip.split("equal", Ben=None))
    for name in ("Ann", "Ben"):
        refusal = trip.ask("DELETE", f"/members/{trip.members[name]}").expect(409)
        assert refusal["code"] == "member_has_expenses"
    cid = f"/members/{trip.members['Cid']}"
    trip.ask("DELETE", cid).expect(204)
    assert set(trip.balances()) == {"Ann", "Ben"}
    trip.ask("POST", f"{cid}/restore").expect(200)
    assert trip.balances() == {"Ann": 1000, "Ben": -1000, "Cid": 0}


def test_an_archived_event_can_be_read_but_not_changed(api):
    trip = party(api, "Ann", "Ben")
    trip.ask("PATCH", "", {"archived": True}).expect(200)
    before = trip.state()
    refusal = trip.ask("POST", "/expenses", trip.expense("Ann", 1000)).expect(409)
    assert refusal["code"] == "event_archived"
    assert trip.state() == before
    trip.ask("PATCH", "", {"archived": False}).expect(200)
    trip.record("Ann", 1000)


def _payment(trip, sender, receiver, amount):
    members = trip.members
    return {"from_member_id": members[sender], "to_member_id": members[receiver], "amount": amount}
