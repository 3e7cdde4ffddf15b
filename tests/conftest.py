"""Servers and databases that the tests share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from common.database import Database
from common.settings import Broker
from tests import core, databases
from tests.servers import RabbitNode, rabbitmq_script


@pytest.fixture(scope="session")
def rabbit_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitNode]:
    """A RabbitMQ node of this test run alone; a test that kills it starts it again."""
    if not rabbitmq_script("rabbitmq-server"):
        pytest.skip("RabbitMQ is not installed")
    node = RabbitNode.started(tmp_path_factory.mktemp("rabbitmq"))
    yield node
    node.kill()


@pytest.fixture(scope="session")
def broker(rabbit_node: RabbitNode) -> Broker:
    """An empty virtual host of that node."""
    return rabbit_node.new_vhost()


@pytest.fixture(scope="session")
def server_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where servers write what they say."""
    return tmp_path_factory.mktemp("servers")


@pytest.fixture(scope="session")
def core_database() -> Iterator[Database]:
    """The core service's database, of this test run (of each of its processes) alone; a test makes its own events."""
    with databases.migrated_database("core") as url:
        os.environ[core.DATABASE_VARIABLE] = url
        yield core.database_at(url)
        core.database_at(url).close()
