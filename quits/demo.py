"""`quits demo`: fills a running Quits, through its REST interface, with something to look at."""

import json
import random
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pyotp

from quits.demo_story import Spending, Story, stories
from quits.errors import CannotStart

NAME = "Anna"
EMAIL = "anna@example.org"
PASSWORD = "until-we-are-quits"  # noqa: S105 -- of a demonstration, printed for its user
TIMEOUT_S = 30
PROGRESS_EVERY = 50
TOO_MANY = 429
ID_TAKEN = 409

Say = Callable[[str], None]


@dataclass(slots=True)
class Connection:
    """Speaks JSON with the gateway at `base`."""

    base: str
    token: str = ""

    def send(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the answer; raises HTTPError when it is a refusal, CannotStart when nobody answers."""
        request = urllib.request.Request(  # noqa: S310 -- the address is the operator's
            f"{self.base}/api/v1{path}",
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json", **({"Authorization": f"Bearer {self.token}"} if self.token else {})},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:  # noqa: S310
                answer: dict[str, Any] = json.loads(response.read() or b"{}")
                return answer
        except urllib.error.HTTPError as error:
            if error.code != TOO_MANY:
                raise
            time.sleep(int(error.headers["Retry-After"]))
            return self.send(method, path, body)
        except urllib.error.URLError as error:
            raise CannotStart(f"Nobody answers at {self.base}: start Quits first, with make run.") from error


def fill(base: str, say: Say) -> None:
    """Sign Anna up, or in, and record the stories; a second run adds nothing. Raises CannotStart."""
    connection = Connection(base.rstrip("/"))
    _sign_in(connection, say)
    chance = random.Random(EMAIL)  # noqa: S311 -- the same ids in every run, so that a repetition is none
    for story in stories(datetime.now(UTC).date()):
        _record(connection, story, chance, say)
    say(f"\nDone. Sign in at {base} with\n  e-mail    {EMAIL}\n  password  {PASSWORD}")


def _sign_in(connection: Connection, say: Say) -> None:
    try:
        signed_in = connection.send("POST", "/auth/login", {"email": EMAIL, "password": PASSWORD})
    except urllib.error.HTTPError:
        say(f"Signing {NAME} up …")
        begun = connection.send("POST", "/auth/register", {"name": NAME, "email": EMAIL, "password": PASSWORD})
        code = pyotp.TOTP(begun["totp"]["secret"]).now()
        body = {"registration_id": begun["registration_id"], "code": code}
        try:
            signed_in = connection.send("POST", "/auth/register/confirm", body)
        except urllib.error.HTTPError as error:
            raise CannotStart(f"{EMAIL} is registered here already, with another password.") from error
    connection.token = signed_in["access_token"]


def _record(connection: Connection, story: Story, chance: random.Random, say: Say) -> None:
    event_id = str(_id(chance))
    others = [{"name": name} for name in story.people if name != NAME]
    new = {"id": event_id, "name": story.name, "description": story.description, "currency": story.currency}
    _create(connection, "/events", {**new, "my_name": NAME, "members": others})
    event = connection.send("GET", f"/events/{event_id}")
    members = {member["name"]: member["id"] for member in event["members"]}
    for number, spending in enumerate(story.spendings, 1):
        _create(connection, f"/events/{event_id}/expenses", {"id": str(_id(chance)), **_expense(spending, members)})
        if number % PROGRESS_EVERY == 0:
            say(f"{story.name}: {number} of {len(story.spendings)} expenses")
    say(f"{story.name}: {len(story.spendings)} expenses recorded.")


def _create(connection: Connection, path: str, body: dict[str, Any]) -> None:
    """Create something unless a former run did, perhaps on another day and therefore with other dates."""
    try:
        connection.send("POST", path, body)
    except urllib.error.HTTPError as error:
        if error.code != ID_TAKEN:
            raise


def _expense(spending: Spending, members: dict[str, str]) -> dict[str, Any]:
    people: list[dict[str, Any]] = [{"member_id": members[name]} for name in spending.participants]
    for person, value in zip(people, spending.values, strict=False):
        person["value"] = value
    return {
        "description": spending.description,
        "category": spending.category,
        "amount": spending.amount,
        "date": spending.on.isoformat(),
        "payers": [{"member_id": members[spending.payer]}],
        "split": {"type": spending.split, "participants": people or "everyone"},
        **spending.extra,
    }


def _id(chance: random.Random) -> UUID:
    return UUID(int=chance.getrandbits(128), version=4)
