"""How people come in and are shown out: users with their devices, and guests by secret link."""

import base64
import json

from tests.e2e.api import open_link, party, register


def test_a_user_registers_signs_out_and_signs_in_with_a_code(api):
    ann = register(api)
    profile = ann.ask("GET", "/users/me").expect(200)
    assert (profile["name"], profile["email"]) == ("Ann", ann.email)
    assert ann.ask("POST", "/auth/logout").status == 204
    over = ann.ask("GET", "/users/me")
    assert over.status == 401
    assert over.headers["WWW-Authenticate"].startswith("Bearer")
    proof = {"email": ann.email, "code": ann.next_code()}
    tokens = api.ask("POST", "/auth/login", proof).expect(200)
    assert api.get("/users/me", tokens["access_token"]) == profile
    assert api.ask("POST", "/auth/login", proof).status == 401


def test_a_recovery_code_signs_in_once_and_signs_the_other_device_out(api):
    ann = register(api)
    proof = {"email": ann.email, "recovery_code": ann.recovery_codes[0]}
    tokens = api.ask("POST", "/auth/login", proof).expect(200)
    assert ann.ask("GET", "/users/me").status == 401
    devices = api.get("/auth/sessions", tokens["access_token"])["items"]
    assert [device["current"] for device in devices] == [True]
    assert api.ask("POST", "/auth/login", proof).status == 401


def test_refreshing_rotates_and_a_token_used_again_ends_the_session(api):
    ann = register(api)
    first = api.ask("POST", "/auth/refresh", {"refresh_token": ann.refresh_token}).expect(200)
    second = api.ask("POST", "/auth/refresh", {"refresh_token": first["refresh_token"]}).expect(200)
    assert len({ann.refresh_token, first["refresh_token"], second["refresh_token"]}) == 3
    assert api.get("/users/me", second["access_token"])["email"] == ann.email
    reused = api.ask("POST", "/auth/refresh", {"refresh_token": ann.refresh_token}).expect(401)
    assert reused["code"] == "refresh_reused"
    assert api.ask("GET", "/users/me", token=second["access_token"]).status == 401
    assert api.ask("POST", "/auth/refresh", {"refresh_token": second["refresh_token"]}).status == 401


def test_a_user_with_several_devices_ends_one_of_them(api):
    ann = register(api)
    ann.ask("PATCH", "/users/me", {"single_device": False}).expect(200)
    proof = {"email": ann.email, "recovery_code": ann.recovery_codes[0]}
    phone = api.ask("POST", "/auth/login", proof).expect(200)["access_token"]
    devices = {device["current"]: device["id"] for device in ann.ask("GET", "/auth/sessions").expect(200)["items"]}
    assert set(devices) == {True, False}
    assert ann.ask("DELETE", f"/auth/sessions/{devices[False]}").status == 204
    assert api.ask("GET", "/users/me", token=phone).status == 401
    ann.ask("GET", "/users/me").expect(200)


def test_a_taken_address_cannot_be_told_from_a_free_one(api):
    ann = register(api)
    taken = api.ask("POST", "/auth/register", {"name": "Eve", "email": ann.email}).expect(201)
    free = api.ask("POST", "/auth/register", {"name": "Eve", "email": f"x{ann.email}"}).expect(201)
    assert set(taken) == set(free)
    unknown = api.ask("POST", "/auth/login", {"email": f"y{ann.email}", "code": "000000"})
    known = api.ask("POST", "/auth/login", {"email": ann.email, "code": "000000"})
    for answer in (unknown, known):
        assert answer.status == 401
    assert _without_request_id(unknown) == _without_request_id(known)


def test_rotating_a_link_ends_it_and_the_tokens_that_came_from_it(api):
    trip = party(api, "Ann", "Ben", person=register(api))
    link = trip.ask("POST", "/link", {"role": "editor"}).expect(201)
    assert link["url"].endswith(f"#{link['token']}")
    assert len(base64.urlsafe_b64decode(link["token"] + "==")) >= 32
    guest = open_link(api, link["token"], trip.members["Ben"]).expect(200)
    assert (guest["event_id"], guest["role"]) == (trip.id, "editor")
    recorded = api.ask("POST", f"{trip.path}/expenses", trip.expense("Ben", 500), guest["access_token"]).expect(201)
    assert recorded["created_by"] == {"member_id": trip.members["Ben"], "name": "Ben"}
    newer = trip.ask("POST", "/link", {"role": "editor"}).expect(201)
    ended = api.ask("GET", trip.path, token=guest["access_token"])
    assert ended.expect(401)["code"] == "link_ended"
    assert open_link(api, link["token"]).expect(410)["code"] == "link_revoked"
    assert open_link(api, newer["token"]).status == 200
    assert open_link(api, "A" * len(link["token"])).status == 404
    assert trip.ask("DELETE", "/link").status == 204
    assert open_link(api, newer["token"]).status == 410


def test_a_viewer_reads_but_changes_nothing_and_sees_no_addresses(api):
    trip = party(api, "Ann", "Ben", person=register(api))
    ben = trip.members["Ben"]
    trip.ask("PATCH", f"/members/{ben}", {"email": "ben@example.org"}).expect(200)
    link = trip.ask("POST", "/link", {"role": "viewer"}).expect(201)["token"]
    viewer = open_link(api, link).expect(200)["access_token"]
    assert api.get(f"{trip.path}/members/{ben}", viewer)["email"] is None
    assert b"ben@example.org" not in api.ask("GET", f"{trip.path}/balances?expand=members", token=viewer).content
    before = trip.state()
    for method, path, body in (
        ("POST", "/expenses", trip.expense("Ann", 1000)),
        ("POST", "/members", {"name": "Cid"}),
        ("PATCH", "", {"name": "Mine"}),
        ("DELETE", "", None),
        ("POST", "/link", {"role": "admin"}),
        ("GET", "/link", None),
    ):
        assert api.ask(method, trip.path + path, body, viewer).expect(403)["code"] == "role_too_low"
    assert trip.state() == before


def test_claiming_a_member_makes_the_event_mine(api):
    trip = party(api, "Ann", "Ben")
    trip.record("Ben", 1000, trip.split("equal", Ann=None))
    user = register(api, "Ben")
    link = trip.ask("POST", "/link", {"role": "editor"}).expect(201)["token"]
    claim = f"{trip.path}/members/{trip.members['Ben']}/claim"
    assert user.ask("POST", claim, {}).status == 404
    user.ask("POST", claim, {"link": link}).expect(200)
    mine = user.ask("GET", "/events").expect(200)["items"]
    assert [(event["id"], event["my_member_id"], event["balance"]) for event in mine] == [
        (trip.id, trip.members["Ben"], 1000)
    ]


def _without_request_id(answer):
    return json.dumps({name: value for name, value in answer.document.items() if name != "request_id"})
