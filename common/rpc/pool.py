"""The channels of a process: lent to one thread each, opened when needed, thrown away together when the broker left."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from common.rpc.channel import CONNECTION_ERRORS, ReplyChannel


class BrokerAway(Exception):
    """The broker cannot be reached or takes nothing at the moment: nothing was sent."""


class ChannelPool:
    """At most `size` channels at a time."""

    def __init__(self, open_channel: Callable[[], ReplyChannel], size: int) -> None:
        self._open_channel = open_channel
        self._slots = threading.BoundedSemaphore(size)
        self._idle: list[ReplyChannel] = []

    @contextmanager
    def channel(self, timeout_s: float) -> Iterator[ReplyChannel]:
        """Lend a channel to the calling thread; raises BrokerAway when there is none to be had within `timeout_s`."""
        if not self._slots.acquire(timeout=max(timeout_s, 0)):
            raise BrokerAway("all channels are in use")
        try:
            channel = self._ready_channel()
            is_sound = False
            try:
                yield channel
                is_sound = True
            finally:
                if is_sound:
                    self._idle.append(channel)
                else:
                    self._drop(channel)
        finally:
            self._slots.release()

    def close(self) -> None:
        """Close the channels that are not lent."""
        while channel := self._pop():
            channel.close()

    def forget(self) -> None:
        """Let go of the channels that this process inherited by a fork; their connections are its parent's."""
        while channel := self._pop():
            channel.forget()

    def _ready_channel(self) -> ReplyChannel:
        try:
            while channel := self._pop():
                if self._is_ready(channel):
                    return channel
            return self._open_channel()
        except CONNECTION_ERRORS as error:
            raise BrokerAway(str(error)) from error

    def _is_ready(self, channel: ReplyChannel) -> bool:
        try:
            is_ready = channel.is_ready()
        except CONNECTION_ERRORS:
            self._drop(channel)
            return False
        if not is_ready:
            self._idle.append(channel)
            raise BrokerAway("the broker takes no messages at the moment")
        return True

    def _drop(self, channel: ReplyChannel) -> None:
        channel.drop()
        # What broke one connection has most likely broken its siblings, though their sockets do not know it yet.
        while sibling := self._pop():
            sibling.drop()

    def _pop(self) -> ReplyChannel | None:
        # Threads share the list without a lock: its `pop` and `append` are atomic.
        try:
            return self._idle.pop()
        except IndexError:
            return None
