"""Programs and servers are killed under load: what was acknowledged is there, once, and everything adds up."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, NullPool, create_engine, make_url, text

from tests.e2e.api import Party, party
from tests.e2e.load import Load, check
from tests.e2e.product import Product, Services, embedded_settings, is_alive, kill
from tests.servers import wait_until

BACK_WITHIN_S = 10.0
CAUGHT_UP_TIMEOUT_S = 60.0
LOOK_EVERY_S = 0.1
GATEWAY, CORE_RELAY = "gunicorn", "quits relay core"
CORE_WORKER, STATS_WORKER = "core_service.app worker", "stats_service.app worker"

WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
BUSY = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid()"
)


@contextmanager
def _load(event: Party, folder) -> Iterator[Load]:
    load = Load(event, folder)
    try:
        yield load
    finally:
        load.stop()


def test_nothing_is_lost_or_doubled_whichever_of_the_services_is_killed(services: Services, tmp_path):
    event = party(services.api, "Ann", "Ben", "Cid")
    with _load(event, tmp_path) as load:
        load.keeps_going()
        for kill_one in KILLS:
            kill_one(services, event)
            load.keeps_going()
    there = check(event, load.stop())
    _stats_counted_each_once(services, event, {expense["id"] for expense in there})


def _kill_core_worker(services: Services, event: Party) -> None:
    kill(services.program(CORE_WORKER))


def _kill_stats_worker(services: Services, event: Party) -> None:
    """What it had applied was not yet acknowledged at that moment, so it arrives again."""
    worker = services.program(STATS_WORKER)
    with _connection(services, "stats") as connection:
        connection.execute(text("LOCK TABLE message_counts IN SHARE ROW EXCLUSIVE MODE"))
        wait_until(lambda: connection.scalar(WAITING) > 0, "a message is being applied")
        os.kill(worker, signal.SIGSTOP)
    with _connection(services, "stats") as connection:
        wait_until(lambda: connection.scalar(BUSY) == 0, "the message was applied")
    kill(worker)


def _kill_pool_process(services: Services, event: Party) -> None:
    # The worker that was just killed may not be back yet, or not have its pool.
    wait_until(lambda: bool(_pool(services)), "the worker is back")
    kill(_pool(services)[0])


def _pool(services: Services) -> list[int]:
    try:
        return services.children(services.program(CORE_WORKER))
    except ValueError:
        return []


def _kill_relay(services: Services, event: Party) -> None:
    kill(services.program(CORE_RELAY))


def _kill_broker(services: Services, event: Party) -> None:
    """The broker dies and comes back: the same process of the gateway answers again, soon."""
    gateway = services.program(GATEWAY)
    before = services.children(gateway)
    assert before
    services.rabbit.kill()
    services.rabbit.start()
    started_at = time.monotonic()
    while event.ask("GET", "/balances").status != 200:
        assert time.monotonic() - started_at < BACK_WITHIN_S, "the gateway does not answer again"
        time.sleep(LOOK_EVERY_S)
    assert time.monotonic() - started_at < BACK_WITHIN_S
    assert services.program(GATEWAY) == gateway
    assert services.children(gateway) == before


def _kill_gateway(services: Services, event: Party) -> None:
    kill(services.program(GATEWAY), group=True)


def _kill_database(services: Services, event: Party) -> None:
    services.postgres.kill()
    services.postgres.start()


KILLS = (
    _kill_core_worker,
    _kill_stats_worker,
    _kill_pool_process,
    _kill_relay,
    _kill_broker,
    _kill_gateway,
    _kill_database,
)


def _stats_counted_each_once(services: Services, event: Party, ids: set[str]) -> None:
    recorded = _numbers(services, "core", "SELECT count(*) FROM expenses")
    counted = "SELECT count FROM message_counts WHERE kind = 'ExpenseRecorded'"
    wait_until(
        lambda: _numbers(services, "core", "SELECT count(*) FROM outbox") == [0], "all is sent", CAUGHT_UP_TIMEOUT_S
    )
    wait_until(lambda: _numbers(services, "stats", counted) >= recorded, "stats has caught up", CAUGHT_UP_TIMEOUT_S)
    facts = _numbers(services, "stats", f"SELECT expense_id::text FROM expense_facts WHERE event_id = '{event.id}'")
    assert (set(facts), len(facts)) == (ids, len(ids))
    assert _numbers(services, "stats", counted) == recorded


def _numbers(services: Services, section: str, query: str) -> list[object]:
    with _connection(services, section) as connection:
        return list(connection.execute(text(query)).scalars())


@contextmanager
def _connection(services: Services, section: str) -> Iterator[Connection]:
    name = services.settings[f"{section.upper()}_POSTGRES_DB"]
    url = make_url(services.postgres.admin_url).set(drivername="postgresql+psycopg2", database=name)
    with create_engine(url, poolclass=NullPool).begin() as connection:
        yield connection


def _kill_everything(product: Product) -> None:
    product.kill()


def _kill_the_program_and_its_database(product: Product) -> None:
    server = _server_id(product)
    product.kill()
    os.kill(server, signal.SIGKILL)
    wait_until(lambda: not is_alive(server), "its database is dead")


def _server_id(product: Product) -> int:
    pid_file = Path(product.settings["QUITS_DATA_DIR"]) / "postgres/server/data/postmaster.pid"
    return int(pid_file.read_text().splitlines()[0])


@pytest.mark.parametrize("kill_it", [_kill_everything, _kill_the_program_and_its_database])
def test_nothing_is_lost_or_doubled_when_the_embedded_kind_is_killed(kill_it: Callable[[Product], None], tmp_path):
    settings = embedded_settings(tmp_path)
    product = Product("up", settings, tmp_path)
    try:
        event = party(product.api, "Ann", "Ben", "Cid")
        with _load(event, tmp_path) as load:
            load.keeps_going()
            kill_it(product)
            assert not product.is_alive()
            product = Product("up", settings, tmp_path)
            load.keeps_going()
        check(event, load.stop())
    finally:
        product.stop()


def test_an_embedded_database_that_dies_comes_back_by_itself_with_nothing_lost(tmp_path):
    product = Product("up", embedded_settings(tmp_path), tmp_path)
    try:
        event = party(product.api, "Ann", "Ben", "Cid")
        with _load(event, tmp_path) as load:
            load.keeps_going()
            server = _server_id(product)
            kill(server)
            load.keeps_going()
            assert _server_id(product) != server
        check(event, load.stop())
    finally:
        product.stop()
