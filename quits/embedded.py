"""The whole product in this one process: PostgreSQL from its wheel, all services on threads, one web server.

It is the same code as behind RabbitMQ; only this composition differs: calls run in process, and a thread per outbox
hands messages to the subscribers.
"""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Server
from flask import Flask

from budget_service import subscribers as budget_subscribers
from budget_service.service import Budget
from common import log, migrate, relay, schedule
from common.contracts.budget import BudgetService
from common.contracts.core import CoreService
from common.contracts.notify import NotifyService
from common.contracts.stats import StatsService
from common.database import Database
from common.invitations import InvitationTokens
from common.relay_in_process import InProcessSender
from common.rpc.context import Signer
from common.rpc.inprocess import InProcessBus
from common.rpc.interface import implementation_of
from core_service import due
from core_service import subscribers as core_subscribers
from core_service.service import Core
from gateway.app import create_app
from gateway.auth import wiring
from gateway.auth.gate import MemoryGate
from gateway.limits import RequestLimits
from gateway.services import GatewayServices
from notify_service import subscribers as notify_subscribers
from notify_service.outbox_folder import OutboxFolder
from notify_service.service import Notify
from notify_service.subscribers import Post
from quits import keys, lan, private_files, tls, welcome
from quits.errors import CannotStart
from quits.options import Options
from quits.postgres import PostgresServer
from stats_service import subscribers as stats_subscribers
from stats_service.service import Stats

DATABASES = ("gateway", "core", "budget", "stats", "notify")
THREADS = 8
# A connection per thread that may hold one, one for the relay, and one for what is due.
POOL_SIZE = THREADS + 2
QUEUE_SIZE = 64
STOP_TIMEOUT_S = 10
LARGEST_REQUEST_BYTES = 40 * 1024 * 1024
LOOK_AFTER_DATABASE_S = 1.0

Say = Callable[[str], None]


def run(options: Options, say: Say, stop: threading.Event) -> None:
    """Start everything, serve until `stop` is set, then stop everything. Raises CannotStart."""
    started = time.monotonic()
    with ExitStack() as stack:
        _check_port(options)
        _make_folder(options.data_folder)
        secrets = keys.load(options.data_folder)
        urls, keep_up = stack.enter_context(_databases(options, say))
        app = stack.enter_context(product(urls, secrets, options))
        stack.enter_context(_web_server(app, options, say))
        say(welcome.text(options, time.monotonic() - started))
        while not stop.wait(LOOK_AFTER_DATABASE_S):
            keep_up()
        say("Stopping …")


@contextmanager
def product(urls: Mapping[str, str], secrets: Mapping[str, str], options: Options) -> Iterator[Flask]:
    """Give the application with all services behind it; its threads and connections end with the block."""
    signer = Signer(secrets["SECRET_KEY"])
    with ExitStack() as stack:
        own = {name: stack.enter_context(closing(Database(urls[name], POOL_SIZE))) for name in DATABASES}
        bus = InProcessBus(signer)
        bus.serve(implementation_of(CoreService, Core(own["core"], secrets["SECRET_KEY"])))
        bus.serve(implementation_of(BudgetService, Budget(own["budget"])))
        bus.serve(implementation_of(StatsService, Stats(own["stats"])))
        bus.serve(implementation_of(NotifyService, Notify(own["notify"])))
        stack.enter_context(_relays(own, _post(secrets, options)))
        stack.enter_context(_occurrences(own["core"]))
        gate = MemoryGate(own["gateway"])
        services = GatewayServices(
            bus=bus,
            database=own["gateway"],
            auth=wiring.build(
                own["gateway"],
                gate,
                secrets["SECRET_KEY"],
                counts_addresses=options.has_rate_limits,
                # A browser keeps a secure cookie of http://127.0.0.1, other clients do not.
                has_secure_cookies=options.is_tls,
            ),
            limits=RequestLimits(None) if options.has_rate_limits else None,
            public_url=options.public_url or welcome.address(options),
        )
        yield create_app(services, secrets["JWT_SECRET_KEY"])


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise private_files.unwritable(folder, error) from error


@contextmanager
def _databases(options: Options, say: Say) -> Iterator[tuple[dict[str, str], Callable[[], None]]]:
    """Give the URL of each service's database, migrated, and what starts our own server again should it have died.

    Our own server runs as long as the block.
    """
    if options.database_url:
        urls = {name: f"{options.database_url.rstrip('/')}/quits_{name}" for name in DATABASES}
        _migrate(urls, say)
        yield urls, lambda: None
        return
    server = PostgresServer(options.data_folder / "postgres", say)
    try:
        server.start()
        server.ensure_databases(DATABASES)
        urls = {name: server.url(name) for name in DATABASES}
        _migrate(urls, say)
        yield urls, server.start
    finally:
        server.stop()


def _migrate(urls: Mapping[str, str], say: Say) -> None:
    for name, url in urls.items():
        if migrate.upgrade(name, url):
            say(f"Prepared the {name} database.")


def _post(secrets: Mapping[str, str], options: Options) -> Post:
    folder = OutboxFolder(options.data_folder / "outbox")
    return Post(folder.send, InvitationTokens(secrets["SECRET_KEY"]), options.public_url or welcome.address(options))


@contextmanager
def _relays(own: Mapping[str, Database], post: Post) -> Iterator[None]:
    """Run a relay for each outbox on a thread of its own."""
    stop = threading.Event()
    subscribers = {
        "core": core_subscribers.subscriber(own["core"]),
        "budget": budget_subscribers.subscriber(own["budget"]),
        "stats": stats_subscribers.subscriber(own["stats"]),
        "notify": notify_subscribers.subscriber(own["notify"], post),
    }
    threads = [
        threading.Thread(
            target=relay.run,
            args=(database, InProcessSender(subscribers, stop), stop),
            kwargs={"has_news": database.has_published},
            name=f"relay-{name}",
        )
        for name, database in own.items()
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for database in own.values():
            database.has_published.set()
        for thread in threads:
            thread.join(STOP_TIMEOUT_S)


@contextmanager
def _occurrences(core: Database) -> Iterator[None]:
    """Record what is due of recurring expenses, at once and from time to time, on a thread of its own."""
    stop = threading.Event()

    def record() -> None:
        while True:
            schedule.run(schedule.RECORD_OCCURRENCES, due.record_occurrences, core)
            if stop.wait(schedule.RECORD_EVERY_S):
                return

    thread = threading.Thread(target=record, name="occurrences")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(STOP_TIMEOUT_S)


@contextmanager
def _web_server(app: Flask, options: Options, say: Say) -> Iterator[None]:
    server = Server((options.host, options.port), app, numthreads=THREADS, request_queue_size=QUEUE_SIZE)
    server.shutdown_timeout = STOP_TIMEOUT_S
    # The server reads what a refused request still holds; this bounds it. The application answers to less than this.
    server.max_request_body_size = LARGEST_REQUEST_BYTES
    if options.is_tls:
        certificate, key = options.certificate, options.key
        if certificate is None or key is None:
            certificate, key = tls.certificate(options.data_folder / "tls", lan.addresses())
        server.ssl_adapter = BuiltinSSLAdapter(str(certificate), str(key))
    try:
        server.prepare()
    except OSError as error:
        raise CannotStart(f"Cannot listen on {options.host} port {options.port}: {error.strerror or error}.") from error
    thread = threading.Thread(target=server.serve, name="web")
    thread.start()
    try:
        yield
    finally:
        server.stop()
        thread.join(STOP_TIMEOUT_S)


def _check_port(options: Options) -> None:
    """Raise CannotStart when the port is taken: better known before the database is started."""
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((options.host, options.port))
        except OSError as error:
            raise CannotStart(
                f"Port {options.port} on {options.host} cannot be used ({error.strerror}): stop what listens there, or "
                f"choose another with QUITS_PORT={options.port + 1}."
            ) from error


def stop_on_signals() -> threading.Event:
    """Return an event that Ctrl-C or SIGTERM sets; a second Ctrl-C does not wait for anything any more."""
    stop = threading.Event()

    def first(number: int, frame: object) -> None:
        stop.set()
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    signal.signal(signal.SIGINT, first)
    signal.signal(signal.SIGTERM, first)
    return stop


def configure_log() -> None:
    """Log warnings and errors where a person reads them; QUITS_LOG=debug shows every request."""
    log.configure("quits", for_people=True, level=10 if os.environ.get("QUITS_LOG") == "debug" else 30)
