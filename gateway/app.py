"""The gateway's composition root: the Flask application out of endpoints, health checks and the web app's files."""

import re
import time
from collections.abc import Sequence

import structlog
import uuid_utils.compat as uuids
from flask import Flask, Response, g, request

from gateway import http, metrics, web
from gateway.auth import tokens
from gateway.auth.routes import auth
from gateway.endpoint import Routes
from gateway.routes import documentation
from gateway.routes.activity import activity
from gateway.routes.categories import categories
from gateway.routes.comments import comments
from gateway.routes.events import events
from gateway.routes.exchange import exchange
from gateway.routes.expenses import expenses
from gateway.routes.invitations import invitations
from gateway.routes.members import members
from gateway.routes.people import people
from gateway.routes.recurring_expenses import recurring_expenses
from gateway.routes.splits import splits
from gateway.routes.system import system
from gateway.routes.users import users
from gateway.services import GatewayServices

log = structlog.get_logger(__name__)

MAX_BODY_BYTES = 1024 * 1024
SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}", re.ASCII)
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(self), microphone=()",
}
ROUTES: Sequence[Routes] = (
    auth,
    users,
    events,
    members,
    expenses,
    people,
    activity,
    invitations,
    comments,
    categories,
    splits,
    recurring_expenses,
    exchange,
)


def create_app(services: GatewayServices, jwt_secret_key: str) -> Flask:
    """Return the WSGI application of the gateway on these services."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.extensions["quits"] = services
    tokens.install(app, jwt_secret_key, services.auth.gate.check)
    http.register(app)
    app.before_request(_begin)
    app.after_request(_end)
    app.register_blueprint(system)
    for routes in ROUTES:
        app.register_blueprint(routes.blueprint())
    web.install(app)
    app.register_blueprint(documentation.blueprint([endpoint for routes in ROUTES for endpoint in routes.endpoints]))
    return app


def _begin() -> None:
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if SANE_REQUEST_ID.fullmatch(given) else str(uuids.uuid7())
    g.started = time.perf_counter()


def _end(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.request_id
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    route = None if request.url_rule is None else request.url_rule.rule
    took_s = time.perf_counter() - g.started
    metrics.observe(request.method, route, response.status_code, took_s)
    log.info(
        "request",
        request_id=g.request_id,
        method=request.method,
        route=route,
        status=response.status_code,
        took_ms=round(took_s * 1000, 1),
    )
    return response
