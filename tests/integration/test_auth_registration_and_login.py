"""Registering and signing in on a real PostgreSQL: what works once, what is refused, and what nobody can tell."""

import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import text

from common import migrate, outbox
from common.errors import QuitsError
from gateway.auth.contracts import ConfirmRegistration, EditUser, Register, SignIn
from gateway.auth.errors import TooManyAttempts, WrongCredentials
from gateway.auth.profiles import Editor
from tests.gateway_world import HOME, STRANGER, World, known, refused, world


@pytest.fixture(scope="module")
def shared() -> Iterator[World]:
    """One database for all tests here; each registers its own people."""
    with world() as made:
        yield made


@pytest.fixture
def here(shared: World) -> World:
    """The world, with a day passed: no address is under suspicion any more."""
    shared.clock.pass_by(86_400)
    return shared


def attempts_at_once(count: int, run: Callable[[], object]) -> list[object]:
    """Run the same from many threads at the same instant; return results and expected errors."""
    ready = threading.Barrier(count)

    def one(_: int) -> object:
        ready.wait()
        try:
            return run()
        except QuitsError as error:
            return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_the_migrations_lead_to_what_the_models_describe(here: World) -> None:
    migrate.check("gateway", here.database.engine.url.render_as_string(hide_password=False))


def test_registering_makes_a_user_who_is_signed_in_and_has_ten_recovery_codes(here: World) -> None:
    ann = here.register()
    profile = here.auth.profiles.show(ann.user_id)
    assert (profile.name, profile.email, profile.version) == ("Ann", ann.email, 1)
    assert profile.single_device
    assert not profile.two_factor
    assert not profile.has_password
    assert len(ann.recovery_codes) == 10
    here.auth.gate.check(ann.signed_in.session_id)


def test_the_services_are_told_of_a_new_user(here: World) -> None:
    ann = here.register()
    with here.database.transaction() as transaction:
        published = [each.message() for each in outbox.claim(transaction, 10_000) if each.kind == "UserRegistered"]
    assert [each.subject_id for each in published].count(ann.user_id) == 1


def test_nothing_that_is_stored_can_be_used_to_sign_in(here: World) -> None:
    ann = here.register(password="correct horse")
    with here.database.transaction() as transaction:
        tables = transaction.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        stored = " ".join(str(transaction.execute(text(f"SELECT * FROM {table}")).all()) for table in tables)
    for secret in (ann.secret, "correct horse", ann.signed_in.refresh_token, *ann.recovery_codes):
        assert secret not in stored


def test_the_code_that_confirms_a_registration_is_used_up_by_it(here: World) -> None:
    ann = here.register()
    here.clock.pass_by(-30)
    command = SignIn(email=ann.email, code=here.code(ann.secret))
    assert refused(lambda: here.auth.login.sign_in(command, HOME)) == "wrong_credentials"
    here.clock.pass_by(30)
    here.sign_in(ann)


def test_a_registration_is_confirmed_once_even_by_many_at_the_same_time(here: World) -> None:
    email = f"{uuid.uuid4().hex}@example.org"
    pending = here.auth.registrations.register(Register(name="Ann", email=email))
    command = ConfirmRegistration(registration_id=pending.registration_id, code=here.code(pending.totp.secret))
    results = attempts_at_once(5, lambda: here.auth.registrations.confirm(command, HOME))
    errors = [result.code for result in results if isinstance(result, QuitsError)]
    assert errors == ["registration_over"] * 4


def test_two_registrations_of_one_address_make_one_user(here: World) -> None:
    email = f"{uuid.uuid4().hex}@example.org"
    first, second = (
        here.auth.registrations.register(Register(name="Ann", email=spelling)) for spelling in (email, email.upper())
    )
    for pending, outcome in ((first, ""), (second, "wrong_code")):
        command = ConfirmRegistration(registration_id=pending.registration_id, code=here.code(pending.totp.secret))
        if outcome:
            assert refused(lambda: here.auth.registrations.confirm(command, HOME)) == outcome  # noqa: B023
        else:
            here.auth.registrations.confirm(command, HOME)


def test_an_address_that_is_taken_gets_the_same_answer_and_confirms_nothing(here: World) -> None:
    ann = here.register()
    free = here.auth.registrations.register(Register(name="Eve", email=f"{uuid.uuid4().hex}@example.org"))
    taken = here.auth.registrations.register(Register(name="Eve", email=ann.email.upper()))
    assert type(taken) is type(free)
    assert taken.expires_at == free.expires_at
    command = ConfirmRegistration(registration_id=taken.registration_id, code=here.code(taken.totp.secret))
    assert refused(lambda: here.auth.registrations.confirm(command, STRANGER)) == "wrong_code"
    assert here.auth.profiles.show(ann.user_id).name == "Ann"


def test_a_wrong_code_confirms_nothing_and_the_right_one_still_does(here: World) -> None:
    pending = here.auth.registrations.register(Register(name="Ann", email=f"{uuid.uuid4().hex}@example.org"))
    secret = pending.totp.secret
    wrong = ConfirmRegistration(registration_id=pending.registration_id, code=here.wrong_code(secret))
    assert refused(lambda: here.auth.registrations.confirm(wrong, HOME)) == "wrong_code"
    here.auth.registrations.confirm(replace(wrong, code=here.code(secret)), HOME)


def test_a_registration_expires_and_an_unknown_one_is_not_found(here: World) -> None:
    pending = here.auth.registrations.register(Register(name="Ann", email=f"{uuid.uuid4().hex}@example.org"))
    here.clock.pass_by(3_600)
    command = ConfirmRegistration(registration_id=pending.registration_id, code=here.code(pending.totp.secret))
    assert refused(lambda: here.auth.registrations.confirm(command, HOME)) == "registration_over"
    unknown = replace(command, registration_id=uuid.uuid4())
    assert refused(lambda: here.auth.registrations.confirm(unknown, HOME)) == "not_found"


def test_a_code_works_once_even_when_sent_many_times_at_once(here: World) -> None:
    ann = here.register()
    here.auth.profiles.edit(Editor(ann.user_id, ann.signed_in.session_id), EditUser(single_device=False))
    command = SignIn(email=ann.email, code=here.code(ann.secret))
    visitor = known(HOME, ann.signed_in)
    results = attempts_at_once(4, lambda: here.auth.login.sign_in(command, visitor))
    errors = [result.code for result in results if isinstance(result, QuitsError)]
    assert errors == ["wrong_credentials"] * 3


def test_an_older_code_does_not_work_after_a_newer_one(here: World) -> None:
    ann = here.register()
    older = here.code(ann.secret)
    here.clock.pass_by(30)
    here.auth.login.sign_in(SignIn(email=ann.email, code=here.code(ann.secret)), HOME)
    command = SignIn(email=ann.email, code=older)
    assert refused(lambda: here.auth.login.sign_in(command, HOME)) == "wrong_credentials"


@pytest.mark.parametrize(
    ("with_password", "two_factor", "given", "outcome"),
    [
        (False, False, ("code",), ""),
        (True, False, ("code",), ""),
        (True, False, ("password",), ""),
        (True, False, ("password", "code"), ""),
        (True, True, ("password", "code"), ""),
        (True, True, ("password",), "code_required"),
        (True, True, ("code",), "password_required"),
        (True, True, ("recovery_code",), ""),
        (False, False, ("password",), "wrong_credentials"),
        (False, False, ("password", "code"), "wrong_credentials"),
        (True, False, ("wrong password", "code"), "wrong_credentials"),
        (True, False, ("password", "wrong code"), "wrong_credentials"),
        (True, True, ("wrong password",), "wrong_credentials"),
        (True, True, ("wrong code",), "wrong_credentials"),
        (True, False, ("wrong recovery_code",), "wrong_credentials"),
    ],
)
def test_which_proofs_sign_in(
    here: World, *, with_password: bool, two_factor: bool, given: tuple[str, ...], outcome: str
) -> None:
    ann = here.register(password="correct horse" if with_password else None)
    if two_factor:
        here.auth.profiles.edit(Editor(ann.user_id, ann.signed_in.session_id), EditUser(two_factor=True))
    proofs = {
        "code": ("code", here.code(ann.secret)),
        "wrong code": ("code", here.wrong_code(ann.secret)),
        "password": ("password", "correct horse"),
        "wrong password": ("password", "battery staple"),
        "recovery_code": ("recovery_code", ann.recovery_codes[3]),
        "wrong recovery_code": ("recovery_code", "aaaa-aaaa-aaaa-aaaa"),
    }
    command = SignIn(email=ann.email.upper(), **dict(proofs[name] for name in given))
    if outcome:
        assert refused(lambda: here.auth.login.sign_in(command, HOME)) == outcome
    else:
        assert here.auth.login.sign_in(command, HOME).user_id == ann.user_id


def test_being_asked_for_the_password_does_not_use_the_code_up(here: World) -> None:
    ann = here.register(password="correct horse")
    here.auth.profiles.edit(Editor(ann.user_id, ann.signed_in.session_id), EditUser(two_factor=True))
    command = SignIn(email=ann.email, code=here.code(ann.secret))
    assert refused(lambda: here.auth.login.sign_in(command, HOME)) == "password_required"
    here.auth.login.sign_in(replace(command, password="correct horse"), HOME)


def test_a_recovery_code_works_once(here: World) -> None:
    ann = here.register()
    command = SignIn(email=ann.email, recovery_code=ann.recovery_codes[0].upper().replace("-", " "))
    here.auth.login.sign_in(command, HOME)
    assert refused(lambda: here.auth.login.sign_in(command, HOME)) == "wrong_credentials"


def test_an_unknown_address_gets_the_same_answers_as_a_known_one(here: World) -> None:
    ann = here.register()
    outcomes = []
    for email in (ann.email, f"{uuid.uuid4().hex}@example.org"):
        here.clock.pass_by(86_400)
        command = SignIn(email=email, code=here.wrong_code(ann.secret))
        outcomes.append([refused(lambda: here.auth.login.sign_in(command, STRANGER)) for _ in range(7)])  # noqa: B023
    assert outcomes[0] == outcomes[1] == ["wrong_credentials"] * 5 + ["too_many_attempts"] * 2


def test_five_wrong_codes_make_even_the_right_one_wait(here: World) -> None:
    ann = here.register()
    wrong = SignIn(email=ann.email, code=here.wrong_code(ann.secret))
    for _ in range(5):
        assert refused(lambda: here.auth.login.sign_in(wrong, STRANGER)) == "wrong_credentials"
    elsewhere = replace(STRANGER, address="203.0.113.5")
    right = SignIn(email=ann.email, code=here.code(ann.secret))
    with pytest.raises(TooManyAttempts) as refusal:
        here.auth.login.sign_in(right, elsewhere)
    assert refusal.value.retry_after_s == 30
    here.clock.pass_by(30)
    here.sign_in(ann, elsewhere)
    assert refused(lambda: here.auth.login.sign_in(wrong, elsewhere)) == "wrong_credentials", "it starts anew"


def test_guessing_in_many_threads_gains_nothing(here: World) -> None:
    ann = here.register()
    wrong = SignIn(email=ann.email, code=here.wrong_code(ann.secret))
    results = attempts_at_once(10, lambda: here.auth.login.sign_in(wrong, STRANGER))
    assert sum(isinstance(result, WrongCredentials) for result in results) == 5
    assert sum(isinstance(result, TooManyAttempts) for result in results) == 5


def test_a_hundred_failures_stop_strangers_but_neither_the_known_device_nor_recovery(here: World) -> None:
    ann = here.register()
    here.fail(ann, 100)
    elsewhere = replace(STRANGER, address="203.0.113.6")
    assert refused(lambda: here.sign_in(ann, elsewhere)) == "too_many_attempts"
    here.auth.login.sign_in(SignIn(email=ann.email, recovery_code=ann.recovery_codes[0]), elsewhere)
    assert refused(lambda: here.sign_in(ann, elsewhere)) == "too_many_attempts", "recovery forgives strangers nothing"
    here.sign_in(ann, known(HOME, ann.signed_in))


def test_a_known_device_has_to_wait_for_its_own_failures(here: World) -> None:
    ann = here.register()
    visitor = known(HOME, ann.signed_in)
    wrong = SignIn(email=ann.email, code=here.wrong_code(ann.secret))
    for _ in range(5):
        assert refused(lambda: here.auth.login.sign_in(wrong, visitor)) == "wrong_credentials"
    assert refused(lambda: here.sign_in(ann, visitor)) == "too_many_attempts"


def test_somebody_elses_device_token_helps_nobody(here: World) -> None:
    ann, eve = here.register(), here.register()
    here.fail(ann, 100)
    assert refused(lambda: here.sign_in(ann, known(STRANGER, eve.signed_in))) == "too_many_attempts"


def test_signing_in_oneself_does_not_wipe_out_failures_on_others(here: World) -> None:
    eve, victim = here.register(), here.register()
    eves_place = replace(STRANGER, address="203.0.113.7")
    wrong = SignIn(email=victim.email, code=here.wrong_code(victim.secret))
    for _ in range(4):
        assert refused(lambda: here.auth.login.sign_in(wrong, eves_place)) == "wrong_credentials"
    here.sign_in(eve, eves_place)
    assert refused(lambda: here.auth.login.sign_in(wrong, eves_place)) == "wrong_credentials"
    assert refused(lambda: here.sign_in(eve, eves_place)) == "too_many_attempts"
