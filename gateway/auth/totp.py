"""Time-based one-time passwords (RFC 6238): six digits, 30 seconds, one step of tolerance on either side.

Whether a code was used before only the database can tell, see `queries.claim_totp_step`.
"""

import hmac
from uuid import UUID

import pyotp
import segno

from common.sealing import Sealer
from gateway.auth.contracts import TotpSetup

ISSUER = "Quits"
SECRET_LENGTH = 32  # characters of base32: 160 bits
STEP_S = 30
TOLERATED_STEPS = 1
DIGITS = 6
# Stands in for the secret of a user who does not exist, so that looking for nobody takes as long as for somebody.
DUMMY_SECRET = pyotp.random_base32(SECRET_LENGTH)


def new_secret() -> str:
    """Return a random secret of 160 bits, in base32."""
    return pyotp.random_base32(SECRET_LENGTH)


def setup_of(secret: str, email: str) -> TotpSetup:
    """Return what an authenticator app needs: the secret, the `otpauth` URI, and that as a QR code (inline SVG)."""
    uri = pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)
    return TotpSetup(secret, uri, segno.make(uri, error="m").svg_inline(scale=4))


def seal(sealer: Sealer, secret: str, owner: UUID) -> bytes:
    """Return a secret encrypted for the user, registration or setup that it belongs to."""
    return sealer.seal(secret.encode(), f"totp {owner}")


def open_sealed(sealer: Sealer, sealed: bytes, owner: UUID) -> str:
    """Return the secret that was sealed for `owner`; raises SealBroken."""
    return sealer.open(sealed, f"totp {owner}").decode()


def matching_step(secret: str, code: str, now: int) -> int | None:
    """Return the newest time step around `now` (Unix seconds) whose code this is, or None.

    White space within the code does not count. All steps are compared, in constant time, whatever comes.
    """
    given = "".join(code.split())
    given = given if len(given) == DIGITS and given.isascii() and given.isdigit() else ""
    generator = pyotp.TOTP(secret)
    current = now // STEP_S
    matched = None
    for step in range(current - TOLERATED_STEPS, current + TOLERATED_STEPS + 1):
        if hmac.compare_digest(generator.generate_otp(step), given):
            matched = step
    return matched
