"""The product in both kinds, each started once for all tests from end to end."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.api import Api
from tests.e2e.product import Product, Services, embedded_settings
from tests.postgres_server import PostgresCluster
from tests.redis_server import RedisServer
from tests.servers import RabbitNode, rabbitmq_script


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """`quits up` with a folder of its own."""
    folder = tmp_path_factory.mktemp("embedded")
    product = Product("up", embedded_settings(folder), folder)
    yield product
    product.stop()


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Services]:
    """`quits stack` with RabbitMQ, PostgreSQL and Redis of its own."""
    _need("RabbitMQ", rabbitmq_script("rabbitmq-server"))
    _need("Redis", shutil.which("redis-server"))
    rabbit: RabbitNode = request.getfixturevalue("rabbit_node")
    folder = tmp_path_factory.mktemp("services")
    postgres, redis = PostgresCluster(folder), RedisServer(folder)
    product = Services(folder, rabbit, postgres, redis)
    yield product
    product.stop()
    redis.kill()
    postgres.kill()


@pytest.fixture(scope="session", params=["embedded", "services"])
def api(request: Any) -> Api:
    """The REST interface of either kind."""
    product: Product = request.getfixturevalue(request.param)
    return product.api


def _need(server: str, found: str | None) -> None:
    if found:
        return
    sentence = f"{server} is not installed"
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)
