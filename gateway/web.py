"""The web app's built files: hashed ones for ever, the page anew each time, compressed where that was prepared."""

from pathlib import Path

from flask import Blueprint, Flask, Response, abort, request, send_file
from werkzeug.routing import PathConverter
from werkzeug.security import safe_join

BUILT = Path(__file__).resolve().parent.parent / "web" / "dist"
FOR_EVER_S = 365 * 86_400
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
    ".json": "application/json",
}
NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Quits</title>
<h1>Quits is running</h1><p>The web app is not built. <code>make run</code> builds it when Node.js is at hand.</p>
<p><a href="/api/v1/docs">The API and its documentation</a> work.</p></html>"""


class PagePath(PathConverter):
    """Any path but those of the API, whose unknown ones are answered as JSON."""

    regex = "(?!api(?:/|$)).*?"


def install(app: Flask, folder: Path = BUILT) -> None:
    """Serve the files in `folder`, and its `index.html` for every other path of the app."""
    pages = Blueprint("web", __name__)

    def show(path: str = "") -> Response:
        found = _file(folder, path) if path else None
        if found is not None:
            return _send(found, max_age=FOR_EVER_S if path.startswith("assets/") else None)
        if Path(path).suffix:
            # A file that is not there: an old page asks for what a new build no longer has.
            abort(404)
        page = _file(folder, "index.html")
        return Response(NOT_BUILT, mimetype="text/html") if page is None else _send(page, max_age=None)

    app.url_map.converters["page"] = PagePath
    pages.add_url_rule("/", view_func=show, endpoint="home")
    pages.add_url_rule("/<page:path>", view_func=show, endpoint="page")
    app.register_blueprint(pages)


def _file(folder: Path, path: str) -> Path | None:
    joined = safe_join(str(folder), path)
    return Path(joined) if joined is not None and Path(joined).is_file() else None


def _send(file: Path, *, max_age: int | None) -> Response:
    for encoding, suffix in ENCODINGS:
        packed = file.with_name(file.name + suffix)
        if request.accept_encodings[encoding] > 0 and packed.is_file():
            response = send_file(packed, mimetype=TYPES.get(file.suffix), max_age=max_age, download_name=file.name)
            response.headers["Content-Encoding"] = encoding
            break
    else:
        response = send_file(file, mimetype=TYPES.get(file.suffix), max_age=max_age)
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "no-cache" if max_age is None else f"public, max-age={max_age}, immutable"
    return response
