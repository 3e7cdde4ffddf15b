"""Cookies: out of reach of scripts and of other sites' pages."""

import uuid

import pytest
from flask import Flask, Response, request

from gateway.auth import cookies
from gateway.auth.errors import OriginRefused
from gateway.auth.sessions import SignedIn

SIGNED_IN = SignedIn(uuid.uuid4(), uuid.uuid4(), "Ann", "UTC", "the refresh token", "the device token")
PUBLIC = "https://quits.example"


def check(headers: dict[str, str]) -> None:
    """Check a request to http://127.0.0.1:8000 with these headers."""
    with Flask(__name__).test_request_context(base_url="http://127.0.0.1:8000", headers=headers):
        cookies.require_own_page(request, PUBLIC)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://127.0.0.1:8000"},
        {"Origin": "https://127.0.0.1:8000"},
        {"Origin": PUBLIC},
        {"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-origin"},
    ],
)
def test_our_own_page_may_use_the_cookie(headers: dict[str, str]) -> None:
    check(headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://127.0.0.1:8001"},
        {"Origin": "https://quits.example.evil.example"},
        {"Origin": "https://evil.example?https://quits.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_another_sites_page_may_not(headers: dict[str, str]) -> None:
    with pytest.raises(OriginRefused):
        check(headers)


def test_the_cookies_are_kept_from_scripts_other_sites_and_plain_http() -> None:
    response = Response()
    cookies.keep(SIGNED_IN, is_secure=True)(response)
    lines = response.headers.getlist("Set-Cookie")
    assert len(lines) == 2
    for line in lines:
        for flag in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/api/v1/auth"):
            assert flag in line.split("; ")


def test_signing_out_takes_the_refresh_token_and_leaves_the_device_known() -> None:
    response = Response()
    cookies.forget(is_secure=True)(response)
    (line,) = response.headers.getlist("Set-Cookie")
    assert line.startswith(cookies.REFRESH + "=;")
    assert "Max-Age=0" in line
