"""One client of the load: records expenses until it is told to stop, and writes down each step before it takes it.

Run as `python -m tests.e2e.load_client URL HISTORY STOP SEED`, with the event as JSON on the standard input. HISTORY
gets one JSON object a line: {"id", "amount", "sent": true} before a request, and {"id", "status"} after it, with null
when no answer came. Every tenth expense is one that must be refused. What got no answer, or that the outcome is
unknown, is repeated with the same id, most of it until it is answered; what got a 503 is repeated or given up.
"""

import http.client
import json
import random
import sys
import time
import uuid
from pathlib import Path
from typing import Any, TextIO

from tests.e2e.api import Api

PAUSE_S = 0.2
BREATH_S = 0.01
ANSWERED = (200, 201, 422)
NOTHING_WAS_DONE = 503


def run(api: Api, event: dict[str, Any], history: TextIO, stop: Path, chance: random.Random) -> None:
    """Record expenses until the file `stop` is there."""
    number = 0
    while not stop.exists():
        number += 1
        body = _expense(event, chance, is_wrong=number % 10 == 0)
        status = _send(api, event, body, history)
        # What was refused with "nothing was done" is sometimes left at that: then it must not be there.
        gives_up = chance.random() < 0.5 if status == NOTHING_WAS_DONE else chance.random() < 0.1
        while status not in ANSWERED and not gives_up and not stop.exists():
            time.sleep(PAUSE_S)
            status = _send(api, event, body, history)
        time.sleep(BREATH_S)


def _expense(event: dict[str, Any], chance: random.Random, *, is_wrong: bool) -> dict[str, Any]:
    amount = chance.randrange(1, 100_000)
    one, other = chance.sample(event["members"], 2)
    split = {
        "type": "exact",
        "participants": [{"member_id": one, "value": amount // 3}, {"member_id": other, "value": amount - amount // 3}],
    }
    if is_wrong:
        split["participants"][0]["value"] += 1  # type: ignore[index]
    expense_id = str(uuid.uuid4())
    payers = [{"member_id": chance.choice(event["members"])}]
    return {"id": expense_id, "amount": amount, "description": expense_id, "payers": payers, "split": split}


def _send(api: Api, event: dict[str, Any], body: dict[str, Any], history: TextIO) -> int | None:
    _write(history, {"id": body["id"], "amount": body["amount"], "sent": True})
    try:
        status = api.ask("POST", f"/events/{event['id']}/expenses", body, event["token"]).status
    except (OSError, http.client.HTTPException):
        status = None
    _write(history, {"id": body["id"], "status": status})
    return status


def _write(history: TextIO, line: dict[str, Any]) -> None:
    history.write(json.dumps(line) + "\n")
    history.flush()


if __name__ == "__main__":
    url, history_path, stop_path, seed = sys.argv[1:]
    with Path(history_path).open("a") as opened:
        run(Api(url), json.load(sys.stdin), opened, Path(stop_path), random.Random(seed))
