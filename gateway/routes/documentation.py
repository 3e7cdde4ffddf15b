"""The OpenAPI document of the endpoints, and a page that shows it and tries it out, all from this host."""

from collections.abc import Sequence
from functools import cache
from importlib import resources
from pathlib import Path

from flask import Blueprint, Response, request, send_from_directory
from werkzeug.exceptions import NotFound

from gateway import specification
from gateway.endpoint import Endpoint
from gateway.files import JSON_TYPE

OWN_FILES = Path(__file__).parent.parent / "static" / "documentation"
PAGE, SCRIPT = "index.html", "docs.js"
# Swagger UI as released; the package that brings it also has a page, but with a script in it, which our policy forbids.
SWAGGER_UI = "flask_swagger_ui"
SWAGGER_FILES = {"swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"}


def blueprint(endpoints: Sequence[Endpoint]) -> Blueprint:
    """Return the blueprint of the document of `endpoints`, which is made once, when it is first asked for."""
    documentation = Blueprint("documentation", __name__, url_prefix="/api/v1")

    @cache
    def text() -> bytes:
        return specification.text_of(specification.document(endpoints))

    @documentation.get("/openapi.json")
    def show_document() -> Response:
        response = Response(text(), content_type=JSON_TYPE)
        response.headers["Cache-Control"] = "no-cache"
        response.add_etag()
        response.make_conditional(request)
        return response

    documentation.add_url_rule("/docs", "show_page", show_page)
    documentation.add_url_rule("/docs/<name>", "show_file", show_file)
    return documentation


def show_page() -> Response:
    """Answer with the interactive page."""
    return send_from_directory(OWN_FILES, PAGE)


def show_file(name: str) -> Response:
    """Answer with one of the files that the page consists of."""
    if name == SCRIPT:
        return send_from_directory(OWN_FILES, name)
    if name not in SWAGGER_FILES:
        raise NotFound
    return send_from_directory(str(resources.files(SWAGGER_UI) / "dist"), name)
