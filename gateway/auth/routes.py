"""Registration, sign-in, sessions and credentials over HTTP."""

from http import HTTPStatus
from typing import Any, Protocol
from uuid import UUID

from flask import request

from common.contracts.core import CoreService
from common.contracts.events import LinkRevoked, OpenLink
from common.errors import Forbidden, NotFound, Unauthenticated
from common.rpc import wire
from common.rpc.context import Context
from common.rpc.interface import Bus, client
from gateway.auth import cookies, tokens
from gateway.auth.contracts import (
    ChangePassword,
    ConfirmAuthenticator,
    ConfirmedRegistration,
    ConfirmRegistration,
    GuestTokens,
    ListSessions,
    MakeRecoveryCodes,
    PendingAuthenticator,
    PendingRegistration,
    RecoveryCodes,
    RefreshTokens,
    Register,
    SessionOf,
    SessionPage,
    SetUpAuthenticator,
    SignIn,
    SignOut,
    Tokens,
)
from gateway.auth.errors import (
    AuthenticatorOver,
    CodeRequired,
    OriginRefused,
    PasswordRequired,
    RefreshInvalid,
    RefreshReused,
    RegistrationOver,
    SessionRevoked,
    TooManyAttempts,
    TwoFactorNeedsPassword,
    WrongCode,
    WrongCredentials,
    WrongPassword,
)
from gateway.auth.fields import Transport
from gateway.auth.sessions import SignedIn, Visitor
from gateway.auth.wiring import Auth
from gateway.endpoint import Access, Answer, Routes


class Services(Protocol):
    """What these routes need of the application."""

    auth: Auth
    bus: Bus
    public_url: str


def register(services: Services, context: Context, command: Register) -> Answer:
    """Begin a registration: set up the authenticator with what this answers, then confirm with its first code."""
    return Answer(services.auth.registrations.register(command))


def confirm_registration(services: Services, context: Context, command: ConfirmRegistration) -> Answer:
    """Make the user and sign in. The recovery codes are shown this once."""
    confirmed = services.auth.registrations.confirm(command, _visitor())
    extra = {"user": confirmed.user, "recovery_codes": confirmed.recovery_codes}
    return _signed_in(services, confirmed.signed_in, command.transport, extra)


def sign_in(services: Services, context: Context, command: SignIn) -> Answer:
    """Sign in with a code, a password, both, or a recovery code."""
    signed_in = services.auth.login.sign_in(command, _visitor(command.device_token))
    return _signed_in(services, signed_in, command.transport)


def refresh(services: Services, context: Context, command: RefreshTokens) -> Answer:
    """Exchange the refresh token, from the body or the cookie, for a new pair."""
    text, transport = _refresh_token(services, command)
    if text is None:
        raise RefreshInvalid
    return _signed_in(services, services.auth.sessions.refresh(text), transport)


def sign_out(services: Services, context: Context, command: SignOut) -> Answer:
    """End the session; its access token stops working at once, everywhere."""
    if context.guest is not None:
        raise Forbidden("A guest is not signed in. The link's rotation ends a guest's access.")
    if context.user_id is not None and context.session_id is not None:
        services.auth.sessions.end(context.user_id, context.session_id)
    else:
        text, _ = _refresh_token(services, command)
        if text is None:
            raise Unauthenticated
        services.auth.sessions.end_by_refresh_token(text)
    return Answer(apply=cookies.forget(is_secure=services.auth.has_secure_cookies))


def open_link(services: Services, context: Context, command: OpenLink) -> Answer:
    """Exchange an event's secret link for a guest's access token, which ends with the link."""
    opened = client(CoreService, services.bus).open_link(context, command)
    token = tokens.issue_guest_token(opened)
    return Answer(
        GuestTokens(access_token=token, expires_in=tokens.GUEST_LIFETIME_S, event_id=opened.event_id, role=opened.role)
    )


def list_sessions(services: Services, context: Context, command: ListSessions) -> Answer:
    """List the devices on which I am signed in, newest first."""
    return Answer(services.auth.sessions.list(_user_id(context), context.session_id, command))


def end_session(services: Services, context: Context, command: SessionOf) -> Answer:
    """Sign out one of my devices."""
    services.auth.sessions.end(_user_id(context), command.session_id)
    return Answer()


def change_password(services: Services, context: Context, command: ChangePassword) -> Answer:
    """Set, change or (null) remove my password; my other devices are signed out."""
    services.auth.credentials.change_password(_user_id(context), _session_id(context), command)
    return Answer()


def set_up_authenticator(services: Services, context: Context, command: SetUpAuthenticator) -> Answer:
    """Begin with a new authenticator; the present one holds until the new one is confirmed."""
    return Answer(services.auth.credentials.set_up_authenticator(_user_id(context), command))


def confirm_authenticator(services: Services, context: Context, command: ConfirmAuthenticator) -> Answer:
    """Replace my authenticator, proving with a first code that the new one works; my other devices are signed out."""
    services.auth.credentials.confirm_authenticator(_user_id(context), _session_id(context), command)
    return Answer()


def make_recovery_codes(services: Services, context: Context, command: MakeRecoveryCodes) -> Answer:
    """Make ten new recovery codes; the former ones are void."""
    return Answer(services.auth.credentials.make_recovery_codes(_user_id(context), command))


def _signed_in(
    services: Services, signed_in: SignedIn, transport: Transport, extra: dict[str, Any] | None = None
) -> Answer:
    token = tokens.issue_user_token(signed_in.user_id, signed_in.session_id, signed_in.name, signed_in.timezone)
    answer = Tokens(access_token=token, expires_in=tokens.ACCESS_LIFETIME_S)
    if transport == "cookie":
        keep = cookies.keep(signed_in, is_secure=services.auth.has_secure_cookies)
        return Answer({**wire.dump_command(answer), **(extra or {})}, apply=keep)
    in_body = {"refresh_token": signed_in.refresh_token, "device_token": signed_in.device_token}
    return Answer({**wire.dump_command(answer), **in_body, **(extra or {})})


def _refresh_token(services: Services, command: RefreshTokens) -> tuple[str | None, Transport]:
    if command.refresh_token is not None:
        return command.refresh_token, "body"
    cookies.require_own_page(request, services.public_url)
    return request.cookies.get(cookies.REFRESH), "cookie"


def _visitor(device_token: str | None = None) -> Visitor:
    return Visitor(
        address=request.remote_addr or "",
        device_name=request.headers.get("User-Agent", ""),
        device_token=device_token or request.cookies.get(cookies.DEVICE),
    )


def _user_id(context: Context) -> UUID:
    assert context.user_id is not None, "the endpoint is for users only"
    return context.user_id


def _session_id(context: Context) -> UUID:
    assert context.session_id is not None, "the endpoint is for users only"
    return context.session_id


auth = Routes("auth", "/auth")

auth.local("POST", "/register", Register, PendingRegistration, register, status=HTTPStatus.CREATED, access=Access.OPEN)
auth.local(
    "POST",
    "/register/confirm",
    ConfirmRegistration,
    ConfirmedRegistration,
    confirm_registration,
    status=HTTPStatus.CREATED,
    access=Access.OPEN,
    raises=(NotFound, RegistrationOver, WrongCode),
)
auth.local(
    "POST",
    "/login",
    SignIn,
    Tokens,
    sign_in,
    access=Access.OPEN,
    raises=(WrongCredentials, CodeRequired, PasswordRequired, TooManyAttempts),
)
auth.local(
    "POST",
    "/refresh",
    RefreshTokens,
    Tokens,
    refresh,
    access=Access.OPEN,
    raises=(RefreshInvalid, RefreshReused, SessionRevoked, OriginRefused),
)
auth.local(
    "POST",
    "/logout",
    SignOut,
    type(None),
    sign_out,
    status=HTTPStatus.NO_CONTENT,
    access=Access.OPTIONAL,
    raises=(RefreshInvalid, OriginRefused),
)
auth.local("POST", "/guest", OpenLink, GuestTokens, open_link, access=Access.OPEN, raises=(NotFound, LinkRevoked))
auth.local("GET", "/sessions", ListSessions, SessionPage, list_sessions)
auth.local(
    "DELETE",
    "/sessions/<uuid:session_id>",
    SessionOf,
    type(None),
    end_session,
    status=HTTPStatus.NO_CONTENT,
    raises=(NotFound,),
)
auth.local(
    "PUT",
    "/password",
    ChangePassword,
    type(None),
    change_password,
    status=HTTPStatus.NO_CONTENT,
    raises=(WrongCode, WrongPassword, TwoFactorNeedsPassword, TooManyAttempts),
)
auth.local(
    "POST",
    "/totp",
    SetUpAuthenticator,
    PendingAuthenticator,
    set_up_authenticator,
    status=HTTPStatus.CREATED,
    raises=(WrongCode, TooManyAttempts),
)
auth.local(
    "POST",
    "/totp/confirm",
    ConfirmAuthenticator,
    type(None),
    confirm_authenticator,
    status=HTTPStatus.NO_CONTENT,
    raises=(NotFound, AuthenticatorOver, WrongCode, TooManyAttempts),
)
auth.local(
    "POST",
    "/recovery-codes",
    MakeRecoveryCodes,
    RecoveryCodes,
    make_recovery_codes,
    status=HTTPStatus.CREATED,
    raises=(WrongCode, TooManyAttempts),
)
