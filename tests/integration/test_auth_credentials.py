"""Changing what one proves oneself with, and one's profile, on a real PostgreSQL."""

import uuid
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from common import outbox
from gateway.auth.contracts import (
    ChangePassword,
    ConfirmAuthenticator,
    ConfirmRegistration,
    DeleteUser,
    EditUser,
    MakeRecoveryCodes,
    Register,
    SetUpAuthenticator,
    SignIn,
)
from gateway.auth.profiles import Editor
from tests.gateway_world import HOME, Person, World, refused, world


@pytest.fixture(scope="module")
def shared() -> Iterator[World]:
    """One database for all tests here; each registers its own people."""
    with world() as made:
        yield made


@pytest.fixture
def here(shared: World) -> World:
    """The world, with a day passed."""
    shared.clock.pass_by(86_400)
    return shared


def editor_of(person: Person, key: uuid.UUID | None = None, fingerprint: str = "") -> Editor:
    """Return somebody editing from the session that they registered in."""
    return Editor(person.user_id, person.signed_in.session_id, key, fingerprint)


def change_password(here: World, person: Person, command: ChangePassword) -> None:
    """Change a password from the session of the registration."""
    here.auth.credentials.change_password(person.user_id, person.signed_in.session_id, command)


def test_a_password_is_set_with_a_code_and_changed_with_the_old_one(here: World) -> None:
    ann = here.register()
    change_password(here, ann, ChangePassword(password="correct horse", code=here.code(ann.secret)))
    assert here.auth.profiles.show(ann.user_id).has_password
    change_password(here, ann, ChangePassword(password="battery staple", current_password="correct horse"))
    assert refused(lambda: here.auth.login.sign_in(SignIn(email=ann.email, password="correct horse"), HOME))
    here.auth.login.sign_in(SignIn(email=ann.email, password="battery staple"), HOME)


@pytest.mark.parametrize(
    ("proof", "outcome"),
    [({"code": "wrong"}, "wrong_code"), ({"current_password": "wrong"}, "wrong_password")],
)
def test_without_the_right_proof_the_password_stays(here: World, proof: dict[str, str], outcome: str) -> None:
    ann = here.register(password="correct horse")
    version = here.auth.profiles.show(ann.user_id).version
    command = ChangePassword(password="battery staple", **proof)
    assert refused(lambda: change_password(here, ann, command)) == outcome
    here.auth.login.sign_in(SignIn(email=ann.email, password="correct horse"), HOME)
    assert here.auth.profiles.show(ann.user_id).version == version


def test_without_a_password_there_is_no_current_password(here: World) -> None:
    ann = here.register()
    command = ChangePassword(password="battery staple", current_password="nobody has this password")
    assert refused(lambda: change_password(here, ann, command)) == "wrong_password"


def test_removing_the_password_leaves_the_code(here: World) -> None:
    ann = here.register(password="correct horse")
    change_password(here, ann, ChangePassword(password=None, current_password="correct horse"))
    command = SignIn(email=ann.email, password="correct horse")
    assert refused(lambda: here.auth.login.sign_in(command, HOME)) == "wrong_credentials"
    here.sign_in(ann)


def test_two_factors_take_a_password_and_keep_it(here: World) -> None:
    ann = here.register()
    both = EditUser(two_factor=True)
    assert refused(lambda: here.auth.profiles.edit(editor_of(ann), both)) == "two_factor_needs_password"
    change_password(here, ann, ChangePassword(password="correct horse", code=here.code(ann.secret)))
    here.auth.profiles.edit(editor_of(ann), both)
    removal = ChangePassword(password=None, current_password="correct horse")
    assert refused(lambda: change_password(here, ann, removal)) == "two_factor_needs_password"


def test_a_changed_password_signs_all_other_devices_out(here: World) -> None:
    ann = here.register(password="correct horse")
    here.auth.profiles.edit(editor_of(ann), EditUser(single_device=False))
    other = here.sign_in(ann)
    change_password(here, ann, ChangePassword(password="battery staple", current_password="correct horse"))
    here.auth.gate.check(ann.signed_in.session_id)
    assert refused(lambda: here.auth.gate.check(other.session_id)) == "session_revoked"


def test_a_new_authenticator_counts_once_its_first_code_came(here: World) -> None:
    ann = here.register()
    set_up = SetUpAuthenticator(code=here.code(ann.secret))
    pending = here.auth.credentials.set_up_authenticator(ann.user_id, set_up)
    here.clock.pass_by(30)
    with_old = SignIn(email=ann.email, code=here.code(ann.secret))
    session_id = here.auth.login.sign_in(with_old, HOME).session_id
    confirm = ConfirmAuthenticator(totp_id=pending.totp_id, code=here.code(pending.totp.secret))
    here.auth.credentials.confirm_authenticator(ann.user_id, session_id, confirm)
    with_new = SignIn(email=ann.email, code=here.code(pending.totp.secret))
    assert refused(lambda: here.auth.login.sign_in(with_new, HOME)) == "wrong_credentials", "it is used up"
    here.clock.pass_by(30)
    with_old = SignIn(email=ann.email, code=here.code(ann.secret))
    assert refused(lambda: here.auth.login.sign_in(with_old, HOME)) == "wrong_credentials"
    here.auth.login.sign_in(SignIn(email=ann.email, code=here.code(pending.totp.secret)), HOME)


def test_a_lost_authenticator_is_replaced_with_a_recovery_code(here: World) -> None:
    ann = here.register()
    set_up = SetUpAuthenticator(recovery_code=ann.recovery_codes[9])
    pending = here.auth.credentials.set_up_authenticator(ann.user_id, set_up)
    assert refused(lambda: here.auth.credentials.set_up_authenticator(ann.user_id, set_up)) == "wrong_code"
    wrong = ConfirmAuthenticator(totp_id=pending.totp_id, code=here.wrong_code(pending.totp.secret))
    session_id = ann.signed_in.session_id
    assert refused(lambda: here.auth.credentials.confirm_authenticator(ann.user_id, session_id, wrong)) == "wrong_code"
    here.clock.pass_by(3_600)
    late = ConfirmAuthenticator(totp_id=pending.totp_id, code=here.code(pending.totp.secret))
    outcome = refused(lambda: here.auth.credentials.confirm_authenticator(ann.user_id, session_id, late))
    assert outcome == "authenticator_over"


def test_nobody_confirms_somebody_elses_authenticator(here: World) -> None:
    ann, eve = here.register(), here.register()
    set_up = SetUpAuthenticator(recovery_code=ann.recovery_codes[9])
    pending = here.auth.credentials.set_up_authenticator(ann.user_id, set_up)
    command = ConfirmAuthenticator(totp_id=pending.totp_id, code=here.code(pending.totp.secret))
    confirm = here.auth.credentials.confirm_authenticator
    assert refused(lambda: confirm(eve.user_id, eve.signed_in.session_id, command)) == "not_found"


def test_new_recovery_codes_replace_the_former_ones(here: World) -> None:
    ann = here.register()
    code = here.code(ann.secret)
    made = here.auth.credentials.make_recovery_codes(ann.user_id, MakeRecoveryCodes(code=code)).recovery_codes
    assert not set(made) & set(ann.recovery_codes)
    former = SignIn(email=ann.email, recovery_code=ann.recovery_codes[0])
    assert refused(lambda: here.auth.login.sign_in(former, HOME)) == "wrong_credentials"
    here.auth.login.sign_in(SignIn(email=ann.email, recovery_code=made[0]), HOME)
    again = MakeRecoveryCodes(code=code)
    assert refused(lambda: here.auth.credentials.make_recovery_codes(ann.user_id, again)) == "wrong_code"


def test_a_thief_of_a_session_cannot_guess_codes(here: World) -> None:
    ann = here.register()
    wrong = MakeRecoveryCodes(code=here.wrong_code(ann.secret))
    outcomes = [refused(lambda: here.auth.credentials.make_recovery_codes(ann.user_id, wrong)) for _ in range(6)]
    assert outcomes == ["wrong_code"] * 5 + ["too_many_attempts"]


def test_a_profile_changes_only_where_it_is_told_to(here: World) -> None:
    ann = here.register()
    before = here.auth.profiles.show(ann.user_id)
    edited = here.auth.profiles.edit(editor_of(ann), EditUser(name="Anna", timezone="Europe/Vienna")).user
    assert (edited.name, edited.timezone, edited.version) == ("Anna", "Europe/Vienna", 2)
    assert (edited.currency, edited.locale, edited.mobile) == (before.currency, before.locale, before.mobile)
    assert edited.updated_at == here.clock.now > before.updated_at
    assert here.auth.profiles.show(ann.user_id) == edited


def test_an_edit_that_changes_nothing_makes_no_new_version(here: World) -> None:
    ann = here.register()
    assert here.auth.profiles.edit(editor_of(ann), EditUser(name="Ann", mobile=None)).user.version == 1


def test_a_stale_edit_is_refused(here: World) -> None:
    ann = here.register()
    here.auth.profiles.edit(editor_of(ann), EditUser(if_version=1, name="Anna"))
    stale = EditUser(if_version=1, name="Annette")
    assert refused(lambda: here.auth.profiles.edit(editor_of(ann), stale)) == "stale_version"
    assert refused(lambda: here.auth.profiles.delete(ann.user_id, DeleteUser(if_version=1))) == "stale_version"
    assert here.auth.profiles.show(ann.user_id).name == "Anna"


def test_an_edit_repeated_under_its_key_changes_nothing_again(here: World) -> None:
    ann, eve, key = here.register(), here.register(), uuid.uuid4()
    command = EditUser(if_version=1, name="Anna")
    assert not here.auth.profiles.edit(editor_of(ann, key, "same"), command).is_replay
    here.auth.profiles.edit(editor_of(ann), EditUser(name="Annette"))
    repeated = here.auth.profiles.edit(editor_of(ann, key, "same"), command)
    assert repeated.is_replay
    assert (repeated.user.name, repeated.user.version) == ("Annette", 3)
    for editor in (editor_of(ann, key, "other"), editor_of(eve, key, "same")):
        assert refused(lambda: here.auth.profiles.edit(editor, command)) == "id_taken"  # noqa: B023


def test_a_refused_edit_does_not_use_its_key_up(here: World) -> None:
    ann, key = here.register(), uuid.uuid4()
    editor = editor_of(ann, key, "same")
    assert refused(lambda: here.auth.profiles.edit(editor, EditUser(if_version=7, name="Anna"))) == "stale_version"
    assert not here.auth.profiles.edit(editor, EditUser(name="Anna")).is_replay


def test_a_new_address_waits_for_its_mail_and_the_old_one_still_signs_in(here: World) -> None:
    ann = here.register()
    edited = here.auth.profiles.edit(editor_of(ann), EditUser(email="anna@example.net")).user
    assert (edited.email, edited.pending_email) == (ann.email, "anna@example.net")
    here.sign_in(ann)
    assert here.auth.profiles.edit(editor_of(ann), EditUser(email=ann.email)).user.pending_email is None


def test_a_deleted_user_leaves_nothing_personal_behind(here: World) -> None:
    ann = here.register(password="correct horse")
    here.auth.profiles.edit(editor_of(ann), EditUser(name="Annabella", mobile="+43 660 1234567"))
    here.auth.registrations.register(Register(name="Annabella", email=ann.email))
    here.auth.profiles.delete(ann.user_id, DeleteUser())
    with here.database.transaction() as transaction:
        tables = transaction.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        # What is on its way to the services names the user as they were; it is gone once it was sent.
        kept = [table for table in tables if table != "outbox"]
        stored = " ".join(str(transaction.execute(text(f"SELECT * FROM {table}")).all()) for table in kept)
        published = [each.message() for each in outbox.claim(transaction, 10_000) if each.kind == "UserDeleted"]
        sealed = transaction.scalar(text("SELECT totp_sealed FROM users WHERE id = :user_id"), {"user_id": ann.user_id})
    for personal in ("Annabella", ann.email, "+43 660 1234567"):
        assert personal not in stored
    assert sealed is None
    assert [each.subject_id for each in published].count(ann.user_id) == 1


def test_a_deleted_user_is_signed_out_and_cannot_come_back(here: World) -> None:
    ann = here.register()
    here.auth.profiles.delete(ann.user_id, DeleteUser())
    assert refused(lambda: here.auth.gate.check(ann.signed_in.session_id)) == "session_revoked"
    assert refused(lambda: here.auth.sessions.refresh(ann.signed_in.refresh_token)) == "session_revoked"
    assert refused(lambda: here.auth.profiles.show(ann.user_id)) == "session_revoked"
    assert refused(lambda: here.sign_in(ann)) == "wrong_credentials"


def test_the_address_of_a_deleted_user_is_free_again(here: World) -> None:
    ann = here.register()
    here.auth.profiles.delete(ann.user_id, DeleteUser())
    pending = here.auth.registrations.register(Register(name="Ann", email=ann.email))
    command = ConfirmRegistration(registration_id=pending.registration_id, code=here.code(pending.totp.secret))
    assert here.auth.registrations.confirm(command, HOME).user.id != ann.user_id
