"""How Flower runs: `celery -A quits.schedule flower --conf=deploy/flower.py`, settings from config.env."""

import os
import sys
from pathlib import Path

from common.settings import Environment, SettingsRefused, read_config

environment = Environment(read_config(Path("config.env"), os.environ))
address = environment.text("FLOWER_ADDRESS", "127.0.0.1")
port = environment.port("FLOWER_PORT", 5555)
enable_events = environment.switch("FLOWER_ENABLE_EVENTS", default=False)
# It can stop workers and revoke tasks: never without a password.
basic_auth = [environment.secret("FLOWER_BASIC_AUTH")]
try:
    environment.check()
except SettingsRefused as refusal:
    sys.exit(f"Flower cannot start: {refusal}.")
