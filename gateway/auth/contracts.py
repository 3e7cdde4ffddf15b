"""What the gateway itself is asked and answers: registration, sign-in, sessions, credentials and profiles."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from common.contracts.events import EventSummary
from common.contracts.types import UNSET, Currency, Cursor, Email, Id, Name, PageSize, Secret, Unset, Version
from common.errors import FieldError
from gateway.auth.fields import Code, LanguageTag, Mobile, NewPassword, RecoveryCode, TimeZone, Transport

DEFAULT_LOCALE = "en"
DEFAULT_TIMEZONE = "UTC"
DEFAULT_CURRENCY = "EUR"


@dataclass(frozen=True, slots=True)
class Nothing:
    """A request without fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Somebody wants to become a user; a password is optional, codes from an authenticator are the rule."""

    name: Name
    email: Email
    mobile: Mobile | None = None
    password: NewPassword | None = None


@dataclass(frozen=True, slots=True)
class TotpSetup:
    """What an authenticator app needs: the secret in base32, the `otpauth` URI, and that as a QR code in SVG."""

    secret: str
    uri: str
    qr_svg: str


@dataclass(frozen=True, slots=True)
class PendingRegistration:
    """A registration that waits for the first code."""

    registration_id: UUID
    totp: TotpSetup
    expires_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmRegistration:
    """The first code from the authenticator; with `transport` "cookie" the refresh token goes into a cookie."""

    registration_id: Id
    code: Code
    transport: Transport = "body"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """Who signs in, and the proof: a code, a password, both, or a recovery code.

    `device_token`, from an earlier sign-in on this device, keeps strangers' wrong codes from locking this device out.
    """

    email: Email
    code: Code | None = None
    password: Secret | None = None
    recovery_code: RecoveryCode | None = None
    transport: Transport = "body"
    device_token: Secret | None = None

    def problems(self) -> Iterator[FieldError]:
        """Yield what is wrong with the combination of proofs."""
        if self.recovery_code is None and self.code is None and self.password is None:
            yield FieldError("code", "Give a code, a password or a recovery code.")
        if self.recovery_code is not None and not (self.code is None and self.password is None):
            yield FieldError("recovery_code", "A recovery code stands alone.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """A signed-in user's tokens, to live for `expires_in` seconds; the refresh token may be in a cookie instead."""

    access_token: str
    expires_in: int
    refresh_token: str | Unset = UNSET
    device_token: str | Unset = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshTokens:
    """The refresh token, unless it comes as a cookie."""

    refresh_token: Secret | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOut(RefreshTokens):
    """Ends the session of the access token, of the refresh token or of the cookie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestTokens:
    """A guest's access token for one event; it ends with the link that it came from."""

    access_token: str
    expires_in: int
    event_id: UUID
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSessions:
    """Asks for the devices on which the caller is signed in."""

    limit: PageSize = 50
    cursor: Cursor | None = None


@dataclass(frozen=True, slots=True)
class SignedInDevice:
    """A device on which the user is signed in; `device` is what it says of itself."""

    id: UUID
    device: str
    created_at: int
    last_used_at: int
    current: bool


@dataclass(frozen=True, slots=True)
class SessionPage:
    """One page of devices, newest first."""

    items: tuple[SignedInDevice, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class SessionOf:
    """Names a session."""

    session_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePassword:
    """A new password, or null for none, with a fresh code or the present password as the proof."""

    password: NewPassword | None
    code: Code | None = None
    current_password: Secret | None = None

    def problems(self) -> Iterator[FieldError]:
        """Yield what is wrong with the combination of proofs."""
        if (self.code is None) == (self.current_password is None):
            yield FieldError("code", "Give either a fresh code or the current password.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUpAuthenticator:
    """Asks for a new authenticator, with a fresh code from the present one or a recovery code as the proof."""

    code: Code | None = None
    recovery_code: RecoveryCode | None = None

    def problems(self) -> Iterator[FieldError]:
        """Yield what is wrong with the combination of proofs."""
        if (self.code is None) == (self.recovery_code is None):
            yield FieldError("code", "Give either a fresh code or a recovery code.")


@dataclass(frozen=True, slots=True)
class PendingAuthenticator:
    """A new authenticator that replaces the present one with its first code."""

    totp_id: UUID
    totp: TotpSetup
    expires_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmAuthenticator:
    """The first code from the new authenticator."""

    totp_id: Id
    code: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeRecoveryCodes:
    """Asks for new recovery codes, with a fresh code as the proof."""

    code: Code


@dataclass(frozen=True, slots=True)
class RecoveryCodes:
    """Ten recovery codes; they are shown this once and replace all former ones."""

    recovery_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user's profile; `pending_email` counts once a mail to it was confirmed."""

    id: UUID
    name: str
    email: str
    pending_email: str | None
    mobile: str | None
    locale: str
    timezone: str
    currency: str
    single_device: bool
    two_factor: bool
    has_password: bool
    created_at: int
    updated_at: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmedRegistration(Tokens):
    """A new user, signed in; the recovery codes are shown this once."""

    user: User
    recovery_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditUser:
    """Changes to a profile; what is not mentioned stays."""

    if_version: Version | None = None
    name: Name | Unset = UNSET
    email: Email | Unset = UNSET
    mobile: Mobile | Unset | None = UNSET
    locale: LanguageTag | Unset = UNSET
    timezone: TimeZone | Unset = UNSET
    currency: Currency | Unset = UNSET
    single_device: bool | Unset = UNSET
    two_factor: bool | Unset = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteUser:
    """Erases a user."""

    if_version: Version | None = None


@dataclass(frozen=True, slots=True)
class UserExport:
    """Everything that is kept about a user."""

    exported_at: int
    user: User
    sessions: tuple[SignedInDevice, ...]
    events: tuple[EventSummary, ...]
