"""Authentication on a real database, with a clock that tests set, and people who sign in."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pyotp

from common.database import Database
from common.errors import QuitsError
from gateway.auth import wiring
from gateway.auth.contracts import ConfirmRegistration, Register, SignIn
from gateway.auth.gate import MemoryGate, SessionGate
from gateway.auth.sessions import SignedIn, Visitor
from gateway.auth.wiring import Auth
from tests import databases

SECRET_KEY = "a key that only tests know, long enough"
START = 1_800_000_000
HOME = Visitor(address="192.0.2.1", device_name="Ann's telephone")
STRANGER = Visitor(address="198.51.100.9", device_name="somebody's")


class Clock:
    """Time that passes when a test says so; it is whole seconds, at the beginning of a code's step."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now

    def pass_by(self, seconds: int) -> None:
        """Let so many seconds pass."""
        self.now += seconds


@dataclass(frozen=True, slots=True)
class Person:
    """A registered user, with what their authenticator knows and the session of their registration."""

    user_id: uuid.UUID
    email: str
    secret: str
    signed_in: SignedIn
    recovery_codes: tuple[str, ...]


@dataclass(slots=True)
class World:
    """The gateway's authentication, and what people do with it."""

    database: Database
    clock: Clock
    auth: Auth

    def register(self, password: str | None = None, visitor: Visitor = HOME) -> Person:
        """Register somebody new and let a step pass, so that their next code is another one."""
        email = f"ann-{uuid.uuid4().hex[:12]}@example.org"
        pending = self.auth.registrations.register(Register(name="Ann", email=email, password=password))
        code = self.code(pending.totp.secret)
        command = ConfirmRegistration(registration_id=pending.registration_id, code=code)
        confirmed = self.auth.registrations.confirm(command, visitor)
        self.clock.pass_by(30)
        return Person(confirmed.user.id, email, pending.totp.secret, confirmed.signed_in, confirmed.recovery_codes)

    def code(self, secret: str) -> str:
        """Return what an authenticator shows now."""
        return pyotp.TOTP(secret).at(self.clock.now)

    def wrong_code(self, secret: str) -> str:
        """Return a code that is wrong now, and was and will be in the neighbouring steps."""
        near = {pyotp.TOTP(secret).at(self.clock.now + offset) for offset in (-60, -30, 0, 30, 60)}
        return next(code for code in map("{:06}".format, range(10)) if code not in near)

    def sign_in(self, person: Person, visitor: Visitor = HOME) -> SignedIn:
        """Sign in with a fresh code, and let a step pass."""
        command = SignIn(email=person.email, code=self.code(person.secret))
        signed_in = self.auth.login.sign_in(command, visitor)
        self.clock.pass_by(30)
        return signed_in

    def fail(self, person: Person, times: int, visitor: Visitor = STRANGER) -> None:
        """Give wrong codes, so many times, waiting as long as one has to."""
        for _ in range(times):
            command = SignIn(email=person.email, code=self.wrong_code(person.secret))
            refused(lambda: self.auth.login.sign_in(command, visitor))  # noqa: B023
            self.clock.pass_by(1_000)


def refused(run: Callable[[], object]) -> str:
    """Return the code of the error that `run` is refused with."""
    try:
        run()
    except QuitsError as error:
        return error.code
    raise AssertionError("it was not refused")


def known(visitor: Visitor, signed_in: SignedIn) -> Visitor:
    """Return a visitor who shows the device token of an earlier sign-in."""
    return replace(visitor, device_token=signed_in.device_token)


@contextmanager
def world(gate_of: Callable[[Database], SessionGate] = MemoryGate) -> Iterator[World]:
    """Make authentication on a database of its own."""
    with databases.migrated_database("gateway") as url:
        database = Database(url, pool_size=10)
        clock = Clock()
        yield World(database, clock, wiring.build(database, gate_of(database), SECRET_KEY, clock=clock))
        database.close()
