"""Load from separate client processes, and the checker of what they wrote down against what the product says."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.e2e.api import Party
from tests.servers import ROOT, wait_until

CLIENTS = 3
ALL_ANSWER_TIMEOUT_S = 90.0
REFUSED = {422, 503}
ACKNOWLEDGED = {200, 201}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a history: a request that is about to be sent, or the status that came, None for no answer."""

    id: str
    amount: int | None
    status: int | None


@dataclass(slots=True)
class Story:
    """What became of one expense: its amount, how often it was sent, and every answer."""

    amount: int = 0
    sent: int = 0
    statuses: list[int | None] = field(default_factory=list)

    @property
    def is_acknowledged(self) -> bool:
        """Whether the client was told that it is recorded."""
        return bool(ACKNOWLEDGED & set(self.statuses))

    @property
    def is_refused(self) -> bool:
        """Whether every request for it was answered, each with a refusal."""
        return len(self.statuses) == self.sent and set(self.statuses) <= REFUSED


class Load:
    """Clients that record expenses in one event, each with a history of its own."""

    def __init__(self, event: Party, folder: Path) -> None:
        self._stop = folder / "stop"
        self._histories = [folder / f"history-{number}" for number in range(CLIENTS)]
        document = {"id": event.id, "token": event.token, "members": sorted(event.members.values())}
        self._clients = [self._start(event, document, number) for number in range(CLIENTS)]

    def keeps_going(self, count: int = 15) -> None:
        """Return once every client has been acknowledged `count` more expenses."""
        before = [self._acknowledged(history) for history in self._histories]
        wait_until(
            lambda: all(
                self._acknowledged(history) >= start + count
                for history, start in zip(self._histories, before, strict=True)
            ),
            "every client is answered again",
            ALL_ANSWER_TIMEOUT_S,
        )

    def stop(self) -> dict[str, Story]:
        """End the clients and return the story of each expense by its id."""
        self._stop.touch()
        for client in self._clients:
            assert client.wait(ALL_ANSWER_TIMEOUT_S) == 0
        stories: dict[str, Story] = {}
        for step in (step for history in self._histories for step in _steps(history)):
            story = stories.setdefault(step.id, Story())
            if step.amount is None:
                story.statuses.append(step.status)
            else:
                story.sent += 1
                story.amount = step.amount
        return stories

    def _start(self, event: Party, document: Any, number: int) -> subprocess.Popen[bytes]:
        self._histories[number].touch()
        words = [event.api.url, str(self._histories[number]), str(self._stop), str(number)]
        client = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.load_client", *words], stdin=subprocess.PIPE, cwd=ROOT
        )
        assert client.stdin
        client.stdin.write(json.dumps(document).encode())
        client.stdin.close()
        return client

    @staticmethod
    def _acknowledged(history: Path) -> int:
        return sum(step.status in ACKNOWLEDGED for step in _steps(history))


def _steps(history: Path) -> Iterator[Step]:
    for line in history.read_text().splitlines(keepends=True):
        if line.endswith("\n"):
            document = json.loads(line)
            yield Step(document["id"], document.get("amount"), document.get("status"))


def check(event: Party, stories: dict[str, Story]) -> list[dict[str, Any]]:
    """Compare what clients were told with what is there; return the expenses that are there."""
    there = event.api.list_all(f"{event.path}/expenses", event.token)
    amounts = {expense["id"]: expense["amount"] for expense in there}
    assert len(amounts) == len(there), "the list shows an expense twice"
    acknowledged = {key: story.amount for key, story in stories.items() if story.is_acknowledged}
    assert acknowledged, "nothing was acknowledged, so nothing was tried"
    assert [key for key, amount in acknowledged.items() if amounts.get(key) != amount] == [], "missing or changed"
    assert [key for key, story in stories.items() if story.is_refused and key in amounts] == [], "refused, yet there"
    assert amounts.keys() <= stories.keys(), "nobody ever sent this"
    descriptions = Counter(expense["description"] for expense in there)
    assert [key for key, count in descriptions.items() if count > 1] == [], "doubled"
    assert event.balances() == _recomputed(event, there)
    return there


def _recomputed(event: Party, expenses: list[dict[str, Any]]) -> dict[str, int]:
    names = {member_id: name for name, member_id in event.members.items()}
    balances = Counter(dict.fromkeys(event.members, 0))
    for expense in expenses:
        assert sum(share["amount"] for share in expense["shares"]) == expense["amount"]
        for payer in expense["payers"]:
            balances[names[payer["member_id"]]] += payer["amount"]
        for share in expense["shares"]:
            balances[names[share["member_id"]]] -= share["amount"]
    return dict(balances)
