"""What a browser keeps for us, out of reach of scripts, and whether a request that lives on it is from our own page."""

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Request, Response

from gateway.auth.errors import OriginRefused
from gateway.auth.sessions import SignedIn
from gateway.auth.tokens import REFRESH_LIFETIME_S

REFRESH = "quits_refresh"
DEVICE = "quits_device"
PATH = "/api/v1/auth"
DEVICE_LIFETIME_S = 365 * 86_400
OWN_PAGES = {"same-origin", "same-site", "none"}


def keep(signed_in: SignedIn, *, is_secure: bool) -> Callable[[Response], None]:
    """Return what puts refresh and device token into a response's cookies."""

    def apply(response: Response) -> None:
        for name, value, lifetime_s in (
            (REFRESH, signed_in.refresh_token, REFRESH_LIFETIME_S),
            (DEVICE, signed_in.device_token, DEVICE_LIFETIME_S),
        ):
            response.set_cookie(name, value, lifetime_s, path=PATH, secure=is_secure, httponly=True, samesite="Strict")

    return apply


def forget(*, is_secure: bool) -> Callable[[Response], None]:
    """Return what takes the refresh token out of the browser; the device stays known."""

    def apply(response: Response) -> None:
        response.delete_cookie(REFRESH, path=PATH, secure=is_secure, httponly=True, samesite="Strict")

    return apply


def require_own_page(request: Request, public_url: str) -> None:
    """Raise OriginRefused when a browser says that another site's page made this request.

    Every browser says so with a POST; what says nothing is no browser, and has no page that could be misused.
    """
    origin = request.headers.get("Origin")
    hosts = {request.host, urlsplit(public_url).netloc}
    if origin is not None and urlsplit(origin).netloc not in hosts:
        raise OriginRefused
    if request.headers.get("Sec-Fetch-Site", "none") not in OWN_PAGES:
        raise OriginRefused
