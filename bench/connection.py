"""A lean HTTP/1.1 client: one connection kept alive, because the load shares two cores with what it measures."""

import json
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
_CLOSES = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
_BODILESS = frozenset({204, 304})


class UnexpectedAnswer(Exception):
    """The server answered, but not with the expected status."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer."""

    status: int
    body: bytes

    def json(self) -> object:
        """Return the decoded body."""
        return json.loads(self.body)


class Connection:
    """One keep-alive connection for one thread; opens itself again when the server closed it after an answer."""

    def __init__(self, host: str, port: int, timeout_s: float = 60) -> None:
        self._address = (host, port)
        self._timeout_s = timeout_s
        self._socket: socket.socket | None = None
        self._unread = b""

    def call(
        self, method: str, path: str, headers: Mapping[str, str], content: object = None, expected: int = 200
    ) -> Reply:
        """Send one request, `content` as JSON unless it is None, and return the answer.

        Raises UnexpectedAnswer for another status than `expected`, OSError when the connection fails.
        """
        body = b"" if content is None else json.dumps(content, separators=(",", ":")).encode()
        reply = self._exchange(self._head(method, path, headers, body) + body)
        if reply.status != expected:
            raise UnexpectedAnswer(f"{method} {path}: {reply.status} {reply.body[:300].decode(errors='replace')}")
        return reply

    def close(self) -> None:
        """Close the connection, if it is open."""
        if self._socket:
            self._socket.close()
        self._socket, self._unread = None, b""

    def _head(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self._address[0]}:{self._address[1]}", "Accept: */*"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if body or method != "GET":
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return "\r\n".join([*lines, "", ""]).encode()

    def _exchange(self, request: bytes) -> Reply:
        if self._socket is None:
            self._socket = socket.create_connection(self._address, self._timeout_s)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self._socket.sendall(request)
            head = self._until(b"\r\n\r\n")
            status = int(head[9:12])
            body = self._body(status, head)
        except OSError:
            self.close()
            raise
        if _CLOSES.search(head):
            self.close()
        return Reply(status, body)

    def _body(self, status: int, head: bytes) -> bytes:
        if status in _BODILESS:
            return b""
        if length := _LENGTH.search(head):
            return self._exactly(int(length.group(1)))
        if not _CHUNKED.search(head):
            raise ConnectionError("an answer without a length")
        parts = []
        while size := int(self._until(b"\r\n").split(b";")[0], 16):
            parts.append(self._exactly(size + 2)[:-2])
        self._until(b"\r\n")
        return b"".join(parts)

    def _until(self, end: bytes) -> bytes:
        while (position := self._unread.find(end)) < 0:
            self._receive()
        taken, self._unread = self._unread[: position + len(end)], self._unread[position + len(end) :]
        return taken

    def _exactly(self, size: int) -> bytes:
        parts, missing = [self._unread], size - len(self._unread)
        while missing > 0:
            self._unread = b""
            self._receive()
            parts.append(self._unread)
            missing -= len(self._unread)
        received = b"".join(parts)
        self._unread = received[size:]
        return received[:size]

    def _receive(self) -> None:
        assert self._socket is not None
        received = self._socket.recv(1 << 16)
        if not received:
            raise ConnectionError("the server closed the connection in the middle of an answer")
        self._unread += received
