"""ihatemoney, the widest used self-hosted product of the kind: installed from PyPI, run by gunicorn on PostgreSQL.

Its REST API has no pages (a list is everything), and no settlement (its web page has): the balances come from
`statistics`. It runs as its own gunicorn template says: three synchronous workers.
"""

import venv
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from itsdangerous import URLSafeSerializer
from psycopg2 import extensions

from bench import cpu, launch, postgres
from bench.connection import Connection
from bench.ledgers import Ledger
from bench.load import Server
from bench.progress import say

VERSION = "7.2.1"
WORKERS = 3
_MOST_PROJECTS = 4
_SIGNING_KEY = "only-for-measuring"
_CODE_HASH = "scrypt:32768:8:1$nobody$0"
_TODAY = datetime.now(UTC).date().isoformat()


def install() -> Path:
    """Return the folder of the programs of its virtual environment, made at the first call (a minute)."""
    folder = launch.scratch("ihatemoney")
    programs = folder / "bin"
    if not (programs / "gunicorn").exists():
        say(f"installing ihatemoney {VERSION} into {folder}")
        venv.create(folder, with_pip=True)
        requirements = [f"ihatemoney=={VERSION}", "psycopg2-binary", "gunicorn"]
        launch.complete([str(programs / "pip"), "install", "--quiet", *requirements])
    return programs


@contextmanager
def running() -> Iterator["IHateMoney"]:
    """Give the product; all that it starts ends with the block."""
    programs = install()
    with ExitStack() as instances:
        yield IHateMoney(programs, instances)


@contextmanager
def _instance(programs: Path) -> Iterator[tuple[Server, str]]:
    port = launch.free_port()
    with postgres.created(launch.unique_name()) as database:
        environment = {"IHATEMONEY_SETTINGS_FILE_PATH": str(_settings(database))}
        # Its workers migrate when they start, all at once: one has to do it before.
        launch.complete([str(programs / "python"), "-c", "import ihatemoney.wsgi"], environment)
        bind = f"127.0.0.1:{port}"
        command = [str(programs / "gunicorn"), "--workers", str(WORKERS), "--bind", bind, "ihatemoney.wsgi:application"]
        name = f"ihatemoney-{port}"
        with launch.started(name, command, lambda: launch.answers(port, "/api/currencies"), environment) as pid:
            groups = {"app": cpu.application(pid), "postgres": cpu.database_backends(database)}
            yield Server("127.0.0.1", port, cpu.Meter(groups)), database


def _settings(database: str) -> Path:
    path = launch.scratch("settings") / f"{database}.cfg"
    path.write_text(
        f"SQLALCHEMY_DATABASE_URI = {postgres.url_of(database)!r}\n"
        f"SECRET_KEY = {_SIGNING_KEY!r}\n"
        "ACTIVATE_DEMO_PROJECT = False\n"
        "MAIL_SUPPRESS_SEND = True\n"
    )
    return path


@dataclass(frozen=True)
class IHateMoney:
    """The product, with an instance and a database for every `fill`.

    It reads a project's bills by scanning the bills of all projects, so that what else is stored slows it down.
    """

    programs: Path
    instances: ExitStack
    name: str = "ihatemoney"

    def renew(self) -> None:
        """Do nothing: its tokens hold until the password changes."""

    def fill(self, ledgers: int, members: int, expenses: int) -> list[Ledger]:
        """Return new projects, written by SQL: by the API 10,000 expenses would take a minute or more.

        There are never more than four: what adding costs does not depend on how many bills a project has.
        """
        server, database = self.instances.enter_context(_instance(self.programs))
        with postgres.connected(database) as connection:
            filled = [_fill_project(server, connection, members, expenses) for _ in range(min(ledgers, _MOST_PROJECTS))]
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        return filled

    def add_expense(self, connection: Connection, ledger: Ledger, number: int) -> None:
        """Add a bill of all members."""
        content = {
            "date": _TODAY,
            "what": f"Dinner {number}",
            "payer": ledger.members[number % len(ledger.members)],
            "payed_for": ledger.members,
            "amount": "90.01",
        }
        connection.call("POST", f"{ledger.path}/bills", ledger.headers, content, expected=201)

    def read_balances(self, connection: Connection, ledger: Ledger) -> None:
        """Read the statistics, which are the balances."""
        connection.call("GET", f"{ledger.path}/statistics", ledger.headers)

    def list_expenses(self, connection: Connection, ledger: Ledger, limit: int) -> None:
        """Read all bills: there are no pages, whatever the `limit`."""
        connection.call("GET", f"{ledger.path}/bills", ledger.headers)


def _fill_project(server: Server, connection: extensions.connection, members: int, expenses: int) -> Ledger:
    project = launch.unique_name()
    values = {"project": project, "password": _CODE_HASH, "members": members, "expenses": expenses}
    with connection.cursor() as cursor:
        cursor.execute(_PROJECT, values)
        cursor.execute(_MEMBERS, values)
        people = tuple(str(row[0]) for row in cursor.fetchall())
        cursor.execute(_BILLS, values)
    # The token that its API gives for the project's password; asking costs 50 ms of password hashing each.
    token = URLSafeSerializer(_SIGNING_KEY + _CODE_HASH, salt="auth").dumps([project])
    assert isinstance(token, str)
    return Ledger(server, f"/api/projects/{project}", {"Authorization": f"Bearer {token}"}, people)


_PROJECT = """
INSERT INTO project (id, name, password, contact_email, logging_preference, default_currency)
VALUES (%(project)s, %(project)s, %(password)s, 'nobody@example.com', 'ENABLED', 'EUR')
"""
_MEMBERS = """
INSERT INTO person (project_id, name, weight, activated)
SELECT %(project)s, 'Member ' || number, 1, true FROM generate_series(1, %(members)s) number
RETURNING id
"""
_BILLS = """
WITH people AS (
    SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM person WHERE project_id = %(project)s
), bills AS (
    INSERT INTO bill (payer_id, amount, converted_amount, date, creation_date, what, bill_type, external_link,
                      original_currency)
    SELECT people.id, 10 + number %% 90, 10 + number %% 90, current_date - number / 30, current_date - number / 30,
           'Dinner ' || number, 'EXPENSE', '', 'EUR'
    FROM generate_series(1, %(expenses)s) number JOIN people ON people.place = number %% %(members)s
    RETURNING id
)
INSERT INTO billowers (bill_id, person_id) SELECT bills.id, people.id FROM bills CROSS JOIN people
"""
