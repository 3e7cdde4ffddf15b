"""Servers that tests start for themselves, and kill as they like: a RabbitMQ node and Celery workers."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

from common.settings import Broker

ROOT = Path(__file__).parent.parent
START_TIMEOUT_S = 60.0
# Debian's wrappers in the PATH insist on the account of the system's own node.
SCRIPT_FOLDERS = (Path("/usr/lib/rabbitmq/bin"), Path("/opt/rabbitmq/sbin"))


class DidNotHappen(AssertionError):
    """What a test waited for did not come about in time."""


def wait_until(condition: Callable[[], bool], what: str, timeout_s: float = START_TIMEOUT_S) -> None:
    """Return as soon as `condition()` holds; raises DidNotHappen after `timeout_s`."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise DidNotHappen(what)
        time.sleep(0.05)


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody uses at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def is_listening(port: int) -> bool:
    """Return whether somebody accepts connections on this port."""
    with socket.socket() as attempt:
        attempt.settimeout(1)
        return attempt.connect_ex(("127.0.0.1", port)) == 0


def rabbitmq_script(name: str) -> str | None:
    """Return the path of one of RabbitMQ's own scripts, None where RabbitMQ is not installed."""
    candidates = (folder / name for folder in SCRIPT_FOLDERS)
    return next((str(path) for path in candidates if path.exists()), shutil.which(name))


class Process:
    """A program in a process group of its own, with its output in a file."""

    def __init__(self, command: list[str], environment: Mapping[str, str], output: Path) -> None:
        self.output = output
        with output.open("ab") as sink:
            self._popen = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
            )
        self.pid = self._popen.pid

    def is_alive(self) -> bool:
        """Return whether the program still runs."""
        return self._popen.poll() is None

    def kill(self) -> None:
        """Kill the whole group with SIGKILL and make sure that the program is dead."""
        if self.is_alive():
            os.killpg(self.pid, signal.SIGKILL)
        self._popen.wait(START_TIMEOUT_S)

    def terminate(self) -> int:
        """Ask the program to end, as an operator does; return its exit code."""
        self._popen.send_signal(signal.SIGTERM)
        return self._popen.wait(START_TIMEOUT_S)


class RabbitNode:
    """A RabbitMQ node with its own ports, name and files in `folder`, beside any other on this machine."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder
        self._name = f"quits-{uuid.uuid4().hex[:8]}@localhost"
        self._environment = self._make_environment()
        self._process: Process | None = None

    @classmethod
    def started(cls, folder: Path) -> Self:
        """Return a node that answers."""
        node = cls(folder)
        node.start()
        return node

    def start(self) -> None:
        """Start the node and return as soon as it takes connections."""
        script = rabbitmq_script("rabbitmq-server")
        assert script, "RabbitMQ is not installed"
        process = self._process = Process([script], self._environment, self._folder / "output")
        wait_until(lambda: is_listening(self.port) or not process.is_alive(), "RabbitMQ listens")
        self.control("await_startup")

    def kill(self) -> None:
        """Kill the node as a power cut would; what it had written stays for the next start."""
        assert self._process, "it was never started"
        self._process.kill()
        wait_until(lambda: not is_listening(self.port), "RabbitMQ is dead")

    def control(self, *words: str) -> str:
        """Run `rabbitmqctl` on this node and return what it prints, one line a row, columns separated by tabs."""
        script = rabbitmq_script("rabbitmqctl")
        assert script, "RabbitMQ is not installed"
        command = [script, "--node", self._name, "--quiet", *words]
        return subprocess.run(
            command, env={**os.environ, **self._environment}, check=True, capture_output=True, text=True, timeout=60
        ).stdout

    def new_vhost(self) -> Broker:
        """Return how to reach a new virtual host of this node."""
        vhost = uuid.uuid4().hex[:8]
        # Two orders in one go: each start of rabbitmqctl takes a second.
        everything = ", ".join(['<<".*">>'] * 3)
        self.control(
            "eval",
            f'ok = rabbit_vhost:add(<<"{vhost}">>, <<"test">>), '
            f'rabbit_auth_backend_internal:set_permissions(<<"guest">>, <<"{vhost}">>, {everything}, <<"test">>).',
        )
        return Broker("127.0.0.1", self.port, "guest", "guest", vhost)

    def _make_environment(self) -> dict[str, str]:
        folder = str(self._folder)
        (self._folder / "plugins").write_text("[].")
        (self._folder / "environment").touch()
        local_only = "-kernel inet_dist_use_interface {127,0,0,1}"
        return {
            "HOME": folder,
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_CONFIG_FILE": f"{folder}/none",
            "RABBITMQ_CONF_ENV_FILE": f"{folder}/environment",
            "RABBITMQ_CTL_ERL_ARGS": local_only,
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/plugins",
            "RABBITMQ_LOG_BASE": f"{folder}/log",
            "RABBITMQ_MNESIA_BASE": f"{folder}/mnesia",
            "RABBITMQ_NODENAME": self._name,
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_PID_FILE": f"{folder}/pid",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": local_only,
        }


def broker_environment(broker: Broker) -> dict[str, str]:
    """Return the settings that name `broker` to a process."""
    return {
        "RABBITMQ_DEFAULT_HOST": broker.host,
        "RABBITMQ_DEFAULT_PORT": str(broker.port),
        "RABBITMQ_DEFAULT_USER": broker.user,
        "RABBITMQ_DEFAULT_PASS": broker.password,
        "RABBITMQ_DEFAULT_VHOST": broker.vhost,
    }


class CeleryWorker(Process):
    """A stock Celery worker that is ready for work."""

    def __init__(self, app: str, environment: Mapping[str, str], folder: Path, concurrency: int = 2) -> None:
        name = f"{uuid.uuid4().hex[:8]}@localhost"
        command = [sys.executable, "-m", "celery", "--app", app, "worker", "--hostname", name]
        command += ["--concurrency", str(concurrency), "--loglevel", "INFO"]
        super().__init__(command, environment, folder / f"worker-{name}.log")
        wait_until(lambda: self._has_said(" ready.") or not self.is_alive(), f"the worker of {app} is ready")
        assert self.is_alive(), self.output.read_text()

    def _has_said(self, words: str) -> bool:
        return words in self.output.read_text(errors="replace")
