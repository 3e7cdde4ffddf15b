"""The OpenAPI document of the whole gateway, as `docs/openapi.json` holds it."""

from collections.abc import Sequence
from typing import TextIO

from gateway import specification
from gateway.app import ROUTES
from gateway.endpoint import Routes


def write(stream: TextIO, routes: Sequence[Routes] = ROUTES) -> None:
    """Write the document of these routes to `stream`."""
    endpoints = (endpoint for noun in routes for endpoint in noun.endpoints)
    stream.write(specification.text_of(specification.document(endpoints)).decode())
