"""How gunicorn runs the gateway: `gunicorn -c deploy/gunicorn.py gateway.wsgi:app`, settings from config.env."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from common.settings import Environment, read_config

environment = Environment(read_config(Path("config.env"), os.environ))
host = environment.text("QUITS_HOST", "127.0.0.1")
bind = f"{f'[{host}]' if ':' in host else host}:{environment.port('QUITS_PORT', 8000)}"
workers = environment.number("QUITS_GATEWAY_WORKERS", 2)
threads = environment.number("QUITS_GATEWAY_THREADS", 8)
environment.check()

worker_class = "gthread"
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108, PTH112 -- a heartbeat, nothing secret
# Longer than any request may take: its own deadlines end it before.
timeout = 60
graceful_timeout = 15
keepalive = 75
# As long as it can be: several filters of 100 characters each, percent-encoded, are longer than the default.
limit_request_line = 8190
# Nobody is told which server this is, and nobody controls it but by signals.
proc_name = "quits-gateway"
control_socket_disable = True
# The gateway logs its requests itself, without addresses.
accesslog = None
loglevel = "warning"

# Every process adds its figures to a folder that all of them share, and that lives as long as the master.
_figures = tempfile.mkdtemp(prefix="quits-metrics-")
os.environ["PROMETHEUS_MULTIPROC_DIR"] = _figures


def on_exit(server: Any) -> None:
    """Remove what only these processes needed."""
    shutil.rmtree(_figures, ignore_errors=True)
