"""The composition root of a worker under test: it serves what the factory named in the environment makes."""

import importlib
import os

from common.rpc.celery_client import CeleryBus
from common.rpc.celery_server import make_app, serve
from common.settings import Environment
from tests.services import FACTORY_VARIABLE, signer

settings = Environment(os.environ)
broker = settings.broker()
module, _, name = settings.text(FACTORY_VARIABLE).partition(":")
settings.check()

implementation = getattr(importlib.import_module(module), name)(CeleryBus(broker, signer))
app = make_app(implementation.service, broker)
serve(app, implementation, signer)
