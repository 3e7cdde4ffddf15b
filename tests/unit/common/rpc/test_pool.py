"""Who gets which channel, and when one is not used again."""

import threading

import pytest

from common.rpc.channel import ReplyChannel
from common.rpc.pool import BrokerAway, ChannelPool


class FakeChannel(ReplyChannel):
    """A channel without a connection."""

    def __init__(self) -> None:
        self.is_dead = self.is_full = self.is_dropped = self.is_forgotten = False

    def is_ready(self) -> bool:
        if self.is_dead:
            raise ConnectionResetError
        return not self.is_full

    def drop(self) -> None:
        self.is_dropped = True

    def forget(self) -> None:
        self.is_forgotten = True


def two_idle(pool: ChannelPool) -> tuple[ReplyChannel, ReplyChannel]:
    with pool.channel(1) as first, pool.channel(1) as second:
        return first, second


def test_a_channel_is_used_again() -> None:
    pool = ChannelPool(FakeChannel, 2)
    with pool.channel(1) as first:
        pass
    with pool.channel(1) as again:
        assert again is first


def test_two_at_a_time_are_two() -> None:
    first, second = two_idle(ChannelPool(FakeChannel, 2))
    assert first is not second


def test_no_more_than_the_size_are_lent() -> None:
    pool = ChannelPool(FakeChannel, 1)
    with pool.channel(1), pytest.raises(BrokerAway), pool.channel(0.01):
        pass
    with pool.channel(0.01):
        pass


def test_who_waits_gets_the_channel_that_is_given_back() -> None:
    pool = ChannelPool(FakeChannel, 1)
    got = []

    def wait() -> None:
        with pool.channel(10) as channel:
            got.append(channel)

    with pool.channel(1) as first:
        waiting = threading.Thread(target=wait)
        waiting.start()
    waiting.join(10)
    assert got == [first]


def test_a_channel_that_failed_takes_its_idle_siblings_with_it() -> None:
    pool = ChannelPool(FakeChannel, 2)
    siblings = two_idle(pool)
    with pytest.raises(KeyError), pool.channel(1):
        raise KeyError
    assert [sibling.is_dropped for sibling in siblings] == [True, True]
    with pool.channel(1) as fresh:
        assert fresh not in siblings


def test_a_dead_channel_is_replaced_before_anything_is_sent_on_it() -> None:
    pool = ChannelPool(FakeChannel, 2)
    siblings = two_idle(pool)
    for sibling in siblings:
        sibling.is_dead = True
    with pool.channel(1) as fresh:
        assert fresh not in siblings
    assert [sibling.is_dropped for sibling in siblings] == [True, True]


def test_a_blocked_channel_is_kept_for_better_times() -> None:
    pool = ChannelPool(FakeChannel, 1)
    with pool.channel(1) as channel:
        channel.is_full = True
    with pytest.raises(BrokerAway), pool.channel(1):
        pass
    channel.is_full = False
    with pool.channel(1) as again:
        assert again is channel


def test_a_refused_connection_gives_the_slot_back() -> None:
    def refuse() -> ReplyChannel:
        raise ConnectionRefusedError

    pool = ChannelPool(refuse, 1)
    for _ in range(3):
        with pytest.raises(BrokerAway), pool.channel(0.01):
            pass


def test_inherited_channels_are_let_go_without_a_word() -> None:
    pool = ChannelPool(FakeChannel, 2)
    inherited = two_idle(pool)
    pool.forget()
    assert [(channel.is_forgotten, channel.is_dropped) for channel in inherited] == [(True, False)] * 2
