"""The document and its page as they are served: from this host alone, and without a script in the page."""

import json
import re

import pytest
from flask import Flask

from gateway import http
from gateway.app import ROUTES
from gateway.routes import documentation


@pytest.fixture
def browser():
    app = Flask(__name__)
    http.register(app)
    app.register_blueprint(documentation.blueprint([each for routes in ROUTES for each in routes.endpoints]))
    return app.test_client()


def test_the_document_is_served_and_need_not_be_sent_twice(browser):
    first = browser.get("/api/v1/openapi.json")
    assert first.status_code == 200
    assert first.content_type == "application/json"
    assert "/api/v1/events" in json.loads(first.data)["paths"]
    second = browser.get("/api/v1/openapi.json", headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 304
    assert second.data == b""


def test_the_page_loads_only_files_of_this_host_and_holds_no_script(browser):
    with browser.get("/api/v1/docs") as answer:
        assert answer.status_code == 200
        page = answer.get_data(as_text=True)
    assert re.findall(r"https?:|//", page) == []
    assert re.findall(r"<script(?! src=)[^>]*>|\son\w+=|style=", page) == []
    assert re.findall(r"<script[^>]*>[^<]", page) == []
    named = re.findall(r'(?:src|href)="(docs/[^"]+)"', page)
    assert len(named) == 4
    for name in named:
        with browser.get(f"/api/v1/{name}") as answer:
            assert answer.status_code == 200, name
            assert answer.data


@pytest.mark.parametrize("name", ["index.html", "LICENSE", "..%2f..%2fapp.py", "swagger-ui.js"])
def test_other_files_are_not_there(browser, name):
    assert browser.get(f"/api/v1/docs/{name}").status_code == 404
