"""`quits stack`, that is `make stack`: all processes on real servers, a story through them, an orderly end."""

import json
import secrets
import sys
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from sqlalchemy import text

from common import schedule
from common.database import Database
from common.rpc.celery_server import SERIALIZER
from common.settings import Environment
from tests.databases import SERVER
from tests.servers import Process, RabbitNode, broker_environment, free_port, wait_until
from tests.stack import dropped, server_settings

REDIS_INDEX = "9"
READY = "Quits is ready"
PROGRAMS = 12


class Stack(Process):
    """Everything, ready for use."""

    def __init__(self, settings: Mapping[str, str], folder: Path) -> None:
        super().__init__([sys.executable, "-m", "quits", "stack"], settings, folder / "stack.log")
        self.settings = settings
        wait_until(lambda: READY in self.output.read_text() or not self.is_alive(), READY)
        assert self.is_alive(), self.output.read_text()

    def ask(self, method: str, path: str, body: Any = None, token: str = "") -> tuple[int, Any]:
        """Return status and document of the gateway's answer."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.settings['QUITS_PORT']}{path}",
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, _decoded(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, _decoded(error.read())


def _decoded(content: bytes) -> Any:
    return json.loads(content) if content[:1] in b"{[" else content.decode()


@pytest.fixture(scope="module")
def stack(rabbit_node: RabbitNode, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The running stack, with databases, a virtual host and ports of its own."""
    settings = {
        **server_settings(f"quits_test_{uuid.uuid4().hex[:8]}"),
        **broker_environment(rabbit_node.new_vhost()),
        "JWT_SECRET_KEY": secrets.token_urlsafe(48),
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FLASK_ENV": "development",
        "QUITS_HOST": "127.0.0.1",
        "QUITS_PORT": str(free_port()),
        "REDIS_HOST": "127.0.0.1",
        "REDIS_INDEX": REDIS_INDEX,
        "FLOWER_PORT": str(free_port()),
        "FLOWER_BASIC_AUTH": f"operator:{secrets.token_urlsafe(48)}",
    }
    running = Stack(settings, tmp_path_factory.mktemp("stack"))
    yield running
    if running.is_alive():
        running.terminate()
    dropped(settings)


def test_everything_runs_and_ends_in_order(stack: Stack) -> None:
    """One start for all of it: a start takes most of the time."""
    _is_ready(stack)
    token, event_id = _event_without_an_account(stack)
    _expense_reaches_the_balances(stack, token, event_id)
    _expense_reaches_the_statistics(stack)
    _operator_is_asked_for_a_password(stack)
    _what_is_due_is_done(stack)
    _figures_of_all_processes_add_up(stack)
    _stops(stack)


def _is_ready(stack: Stack) -> None:
    assert stack.ask("GET", "/healthz") == (200, {"status": "up"})
    status, document = stack.ask("GET", "/readyz")
    assert status == 200
    assert document["services"] == dict.fromkeys(("core", "budget", "stats", "notify"), "up")
    assert (document["database"], document["broker"], document["cache"]) == ("up", "up", "up")


def _event_without_an_account(stack: Stack) -> tuple[str, str]:
    new = {"name": "Porto", "currency": "EUR", "my_name": "Ann", "members": [{"name": "Ben"}]}
    status, event = stack.ask("POST", "/api/v1/events", new)
    assert status == 201
    status, guest = stack.ask("POST", "/api/v1/auth/guest", {"link": event["link"]["token"]})
    assert status == 200
    return guest["access_token"], event["id"]


def _expense_reaches_the_balances(stack: Stack, token: str, event_id: str) -> None:
    path = f"/api/v1/events/{event_id}"
    _, event = stack.ask("GET", path, token=token)
    ann, ben = (member["id"] for member in sorted(event["members"], key=lambda member: member["name"]))
    dinner = {"description": "Dinner", "amount": 9001, "payers": [{"member_id": ann}]}
    status, _ = stack.ask("POST", f"{path}/expenses", dinner, token)
    assert status == 201
    status, balances = stack.ask("GET", f"{path}/balances", token=token)
    assert status == 200
    assert balances["total_spent"] == 9001
    stands = {line["member_id"]: line["balance"] for line in balances["balances"]}
    assert stands[ann] == -stands[ben]
    assert stands[ann] in (4500, 4501)


def _expense_reaches_the_statistics(stack: Stack) -> None:
    own = Database(_url(stack, "STATS"))
    wait_until(lambda: _number(own, "SELECT count(*) FROM expense_facts") == 1, "stats knows the expense")
    own.close()


def _operator_is_asked_for_a_password(stack: Stack) -> None:
    address = f"http://127.0.0.1:{stack.settings['FLOWER_PORT']}/"
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(address, timeout=10)


def _what_is_due_is_done(stack: Stack) -> None:
    """Beat sends this at its minute; the worker does it whoever sends it."""
    own = Database(_url(stack, "CORE"))
    with own.transaction() as session:
        session.execute(text("INSERT INTO inbox VALUES (gen_random_uuid(), now() - interval '60 days')"))
    _send_as_beat(stack, schedule.prune_task("core"))
    wait_until(lambda: _number(own, "SELECT count(*) FROM inbox") == 0, "the inbox of core is pruned")
    own.close()


def _send_as_beat(stack: Stack, name: str) -> None:
    entry = schedule.entries()[name]
    app = Celery("test", broker=Environment(stack.settings).broker().url)
    app.conf.update(task_create_missing_queues=False, accept_content=["json", SERIALIZER])
    app.send_task(entry["task"], **entry["options"])
    app.close()


def _figures_of_all_processes_add_up(stack: Stack) -> None:
    _, figures = stack.ask("GET", "/metrics")
    route = 'method="POST",route="/api/v1/events",status="201"'
    assert f"quits_http_requests_total{{{route}}} 1.0" in figures


def _stops(stack: Stack) -> None:
    programs = _programs(stack)
    assert len(programs) == PROGRAMS
    assert stack.terminate() == 0, stack.output.read_text()[-4000:]
    assert [pid for pid in programs if Path(f"/proc/{pid}").exists()] == []
    assert not [line for line in stack.output.read_text().splitlines() if "stopped" in line and "(rc=0)" not in line]


def _programs(stack: Stack) -> set[int]:
    """Return the sessions, each led by one program, that the stack's processes have started."""
    own = {stack.pid}
    found = set()
    for _ in range(3):
        for path in Path("/proc").glob("[0-9]*/stat"):
            pid, (parent, session) = int(path.parent.name), _parent_and_session(path)
            if parent in own:
                own.add(pid)
                found |= {session} - {stack.pid}
    return found


def _parent_and_session(path: Path) -> tuple[int, int]:
    try:
        fields = path.read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0, 0
    return int(fields[1]), int(fields[3])


def _url(stack: Stack, section: str) -> str:
    return f"{SERVER}/{stack.settings[f'{section}_POSTGRES_DB']}"


def _number(own: Database, query: str) -> int:
    with own.transaction() as session:
        return int(session.scalar(text(query)))
