"""The web app's files as the gateway serves them."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gateway import web


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    """Return a client of an application that serves a small build."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<p>page</p>")
    (tmp_path / "sw.js").write_text("worker")
    (tmp_path / "assets" / "main-abc.js").write_text("plain")
    (tmp_path / "assets" / "main-abc.js.br").write_bytes(b"packed")
    (tmp_path.parent / "secret.txt").write_text("secret")
    return _client(tmp_path)


def _client(folder: Path) -> FlaskClient:
    app = Flask(__name__, static_folder=None)
    web.install(app, folder)
    return app.test_client()


@pytest.mark.parametrize("path", ["/", "/join", "/events/0192/expenses/new", "/more"])
def test_every_path_of_the_app_is_its_page_and_asked_for_anew(client: FlaskClient, path: str) -> None:
    answer = client.get(path, buffered=True)
    assert (answer.status_code, answer.text) == (200, "<p>page</p>")
    assert answer.headers["Cache-Control"] == "no-cache"


def test_hashed_files_are_kept_for_ever_and_sent_packed_to_who_takes_it(client: FlaskClient) -> None:
    plain = client.get("/assets/main-abc.js", buffered=True)
    packed = client.get("/assets/main-abc.js", headers={"Accept-Encoding": "gzip, br"}, buffered=True)
    assert "immutable" in plain.headers["Cache-Control"]
    assert (plain.text, "Content-Encoding" in plain.headers) == ("plain", False)
    assert (packed.data, packed.headers["Content-Encoding"]) == (b"packed", "br")
    assert packed.mimetype == plain.mimetype == "text/javascript"
    assert packed.headers["Vary"] == "Accept-Encoding"


def test_the_service_worker_is_asked_for_anew(client: FlaskClient) -> None:
    assert client.get("/sw.js", buffered=True).headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["/assets/old-xyz.js", "/api/v1/nothing", "/api", "/../secret.txt", "/%2e%2e/secret.txt"]
)
def test_what_is_not_there_is_not_the_page(client: FlaskClient, path: str) -> None:
    assert client.get(path, buffered=True).status_code == 404


def test_without_a_build_the_way_to_the_api_is_shown(tmp_path: Path) -> None:
    answer = _client(tmp_path / "nothing").get("/")
    assert answer.status_code == 200
    assert "/api/v1/docs" in answer.text
