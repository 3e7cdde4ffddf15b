"""What can go wrong when people prove who they are."""

from common.errors import Conflict, FieldError, Forbidden, Gone, Invalid, TooMany, Unauthenticated


class TokenInvalid(Unauthenticated):
    """The access token is malformed, forged or meant for something else."""

    code = "token_invalid"
    message = "The access token is not valid."


class TokenExpired(Unauthenticated):
    """The access token has lived its minutes."""

    code = "token_expired"
    message = "The access token has expired."


class SessionRevoked(Unauthenticated):
    """The session was ended: by signing out, on another device, or because something was wrong."""

    code = "session_revoked"
    message = "You were signed out. Sign in again."


class RefreshInvalid(Unauthenticated):
    """The refresh token is unknown or has expired."""

    code = "refresh_invalid"
    message = "The refresh token is not valid. Sign in again."


class RefreshReused(Unauthenticated):
    """A refresh token was used again after its successor: somebody has a copy, so the session was ended."""

    code = "refresh_reused"
    message = "This refresh token was used before, so the session was ended. Sign in again."


class WrongCredentials(Unauthenticated):
    """Address and proof do not go together; nobody can tell which of them is wrong."""

    code = "wrong_credentials"
    message = "The address or the proof is wrong."


class CodeRequired(Unauthenticated):
    """The password is right, but this user wants a code as well; only who knows the password is told."""

    code = "code_required"
    message = "Give the code from your authenticator as well."


class PasswordRequired(Unauthenticated):
    """The code is right, but this user wants the password as well; only who has the code is told."""

    code = "password_required"
    message = "Give your password as well."


class WrongCode(Invalid):
    """The code is wrong, was used before, or its time is over."""

    code = "wrong_code"
    message = "The code is wrong."

    @classmethod
    def in_field(cls, field: str = "code") -> "WrongCode":
        """Return the refusal of the code in this field."""
        return cls(fields=[FieldError(field, "Wrong, used before, or too old.")])


class WrongPassword(Invalid):
    """The present password is wrong, or there is none."""

    code = "wrong_password"
    message = "The current password is wrong."


class RegistrationOver(Gone):
    """The registration was confirmed already or has expired."""

    code = "registration_over"
    message = "This registration was used or has expired. Sign in, or register again."


class AuthenticatorOver(Gone):
    """The new authenticator was not confirmed in time."""

    code = "authenticator_over"
    message = "This has expired. Set up the authenticator again."


class TwoFactorNeedsPassword(Conflict):
    """Asking for both a password and a code takes a password."""

    code = "two_factor_needs_password"
    message = "Two factors take a password: set one first, or switch two_factor off before removing it."


class TooManyAttempts(TooMany):
    """Too many wrong codes or passwords, for this account or from this address."""

    code = "too_many_attempts"
    message = "Too many wrong attempts. Wait, then try again."


class OriginRefused(Forbidden):
    """A request that lives on a cookie came from another site's page."""

    code = "origin_refused"
    message = "This request came from another site."
