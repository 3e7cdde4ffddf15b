"""Refresh tokens and device tokens: derived with a key, good for one thing each."""

import uuid

from gateway.auth import tokens
from gateway.auth.hashing import Hasher, encode
from gateway.auth.tokens import DeviceTokens

KEY = "a key that only tests know, long enough"


def test_a_successor_is_always_the_same_and_takes_the_key() -> None:
    token = tokens.new_refresh_token()
    successor = tokens.successor_of(token, Hasher(KEY, "refresh tokens"))
    assert successor == tokens.successor_of(token, Hasher(KEY, "refresh tokens"))
    assert successor != tokens.successor_of(token, Hasher(KEY + "!", "refresh tokens"))
    assert successor not in {token, tokens.hash_of(token)}


def test_a_refresh_token_is_read_as_it_was_written() -> None:
    token = tokens.new_refresh_token()
    assert tokens.read_refresh_token(encode(token)) == token
    assert tokens.read_refresh_token(encode(token) + "A") is None
    assert tokens.read_refresh_token("é" * 43) is None


def test_a_device_token_is_good_for_its_user_only() -> None:
    devices = DeviceTokens(Hasher(KEY, "device tokens"))
    ann, bob, device = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    token = devices.issue(ann, device)
    assert devices.read(ann, token) == device
    assert devices.read(bob, token) is None
    assert devices.read(ann, None) is None
    assert devices.read(ann, token[:-1] + ("A" if token[-1] != "A" else "E")) is None
