"""A relay as a process of its own, for tests to kill: `python -m tests.relay_process URL [FILE]`.

With a file that is not there yet, it makes the file and dies after it has sent its first batch, before it forgets it.
"""

import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from common import relay
from common.database import Database
from common.messages import Envelope
from common.relay import Delivery
from common.relay_to_rabbitmq import RabbitSender
from common.settings import Environment


class MortalSender(RabbitSender):
    """Dies once, when its first batch has arrived."""

    def send(self, batch: Sequence[Envelope]) -> Delivery:
        """Send, then die."""
        delivery = super().send(batch)
        if not died.exists():
            died.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return delivery


url, died = sys.argv[1], Path(sys.argv[2]) if len(sys.argv) > 2 else Path("/")
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
relay.run(Database(url), MortalSender(Environment(os.environ).broker()), stop)
