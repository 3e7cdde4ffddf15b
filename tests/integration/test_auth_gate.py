"""An ended session stays ended, whichever of PostgreSQL and Redis is away, lost its memory, or both."""

import time
import uuid
from collections.abc import Iterator

import pytest

from common.database import Database, DatabaseAway
from common.errors import TooMany
from gateway import cache, queries
from gateway.auth.errors import SessionRevoked
from gateway.auth.gate import LEASE_S, MemoryGate, RedisGate
from gateway.caller import Caller
from gateway.limits import PER_ADDRESS_TO_SIGN_IN, RequestLimits
from tests import databases
from tests.gateway_world import SECRET_KEY, Clock, Person, World, world
from tests.redis_server import RedisServer


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis of these tests alone."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.kill()


@pytest.fixture
def here(redis: RedisServer) -> Iterator[World]:
    """A world whose gate is in Redis."""
    with world(lambda database: gate_of(redis, database)) as made:
        yield made


def gate_of(redis: RedisServer, database: Database) -> RedisGate:
    """Return the gate of one more process; each database is an installation of its own."""
    return RedisGate(cache.connect(redis.url), database, f"{SECRET_KEY} of {database.engine.url}", clock=Clock())


def url_of(here: World) -> str:
    """Return the address of the world's database."""
    return here.database.engine.url.render_as_string(hide_password=False)


def end(here: World, person: Person) -> None:
    """Sign somebody out."""
    here.auth.sessions.end(person.user_id, person.signed_in.session_id)


def test_a_session_that_ended_is_refused_by_all_processes_at_once(here: World, redis: RedisServer) -> None:
    ann, other = here.register(), gate_of(redis, here.database)
    other.check(ann.signed_in.session_id)
    end(here, ann)
    with pytest.raises(SessionRevoked):
        other.check(ann.signed_in.session_id)


def test_a_fresh_list_is_believed_without_asking_postgresql(here: World) -> None:
    """Red when each request asks PostgreSQL: that would be correct, and slow."""
    ann = here.register()
    here.auth.gate.check(ann.signed_in.session_id)
    with databases.away(url_of(here)):
        here.auth.gate.check(ann.signed_in.session_id)


def test_with_redis_dead_postgresql_answers(here: World, redis: RedisServer) -> None:
    ann, bob = here.register(), here.register()
    end(here, bob)
    redis.kill()
    try:
        here.auth.gate.check(ann.signed_in.session_id)
        with pytest.raises(SessionRevoked):
            here.auth.gate.check(bob.signed_in.session_id)
    finally:
        redis.start()


def test_with_both_dead_nobody_is_let_in_and_nobody_is_called_signed_out(here: World, redis: RedisServer) -> None:
    ann, bob = here.register(), here.register()
    end(here, bob)
    redis.kill()
    try:
        with databases.away(url_of(here)):
            for person in (ann, bob):
                with pytest.raises(DatabaseAway):
                    here.auth.gate.check(person.signed_in.session_id)
    finally:
        redis.start()


def test_signing_out_while_redis_is_dead_holds_when_it_comes_back_empty(here: World, redis: RedisServer) -> None:
    ann, other = here.register(), gate_of(redis, here.database)
    other.check(ann.signed_in.session_id)
    redis.kill()
    end(here, ann)
    redis.start()
    time.sleep(cache.LEFT_ALONE_S)
    for gate in (other, here.auth.gate, gate_of(redis, here.database)):
        with pytest.raises(SessionRevoked):
            gate.check(ann.signed_in.session_id)


def test_what_ended_before_redis_lost_its_memory_stays_ended(here: World, redis: RedisServer) -> None:
    ann, bob = here.register(), here.register()
    end(here, ann)
    redis.kill()
    redis.start()
    here.auth.gate.check(bob.signed_in.session_id)
    with pytest.raises(SessionRevoked):
        here.auth.gate.check(ann.signed_in.session_id)


def test_a_redis_that_lost_its_memory_is_not_believed_while_postgresql_is_away(here: World, redis: RedisServer) -> None:
    ann, bob = here.register(), here.register()
    here.auth.gate.check(bob.signed_in.session_id)
    end(here, ann)
    redis.kill()
    redis.start()
    with databases.away(url_of(here)), pytest.raises(DatabaseAway):
        here.auth.gate.check(ann.signed_in.session_id)


def test_while_postgresql_alone_is_away_redis_goes_on_to_answer(here: World) -> None:
    ann, bob = here.register(), here.register()
    end(here, bob)
    here.auth.gate.check(ann.signed_in.session_id)
    with databases.away(url_of(here)):
        time.sleep(LEASE_S)
        here.auth.gate.check(ann.signed_in.session_id)
        with pytest.raises(SessionRevoked):
            here.auth.gate.check(bob.signed_in.session_id)


def test_signing_out_while_redis_is_frozen_holds_when_it_goes_on(here: World, redis: RedisServer) -> None:
    """Red without the lease: the list of a Redis that was frozen does not know who signed out meanwhile."""
    ann, bob, other = here.register(), here.register(), gate_of(redis, here.database)
    other.check(bob.signed_in.session_id)
    redis.freeze()
    try:
        end(here, ann)
    finally:
        redis.thaw()
    with pytest.raises(SessionRevoked):
        other.check(ann.signed_in.session_id)


def test_what_another_process_listed_in_vain_is_found_within_the_lease(here: World, redis: RedisServer) -> None:
    """Red when a list that was complete once is believed for ever: this end never reached Redis."""
    ann, other = here.register(), gate_of(redis, here.database)
    other.check(ann.signed_in.session_id)
    with here.database.transaction() as transaction:
        queries.revoke_sessions(transaction, ann.user_id, here.clock.now)
    time.sleep(LEASE_S)
    with pytest.raises(SessionRevoked):
        other.check(ann.signed_in.session_id)


def test_installations_that_share_a_redis_do_not_believe_each_others_lists(here: World, redis: RedisServer) -> None:
    ann = here.register()
    end(here, ann)
    with databases.migrated_database("gateway") as url:
        elsewhere = Database(url)
        foreign = gate_of(redis, elsewhere)
        with pytest.raises(SessionRevoked):
            foreign.check(uuid.uuid4())
        elsewhere.close()
    with pytest.raises(SessionRevoked):
        here.auth.gate.check(ann.signed_in.session_id)


def test_a_session_that_never_was_is_refused_when_postgresql_is_asked(here: World, redis: RedisServer) -> None:
    redis.kill()
    try:
        with pytest.raises(SessionRevoked):
            here.auth.gate.check(uuid.uuid4())
    finally:
        redis.start()


def test_one_process_alone_remembers_over_a_restart_and_forgets_in_time() -> None:
    with world() as here:
        ann, bob = here.register(), here.register()
        end(here, ann)
        restarted = MemoryGate(here.database, here.clock)
        with pytest.raises(SessionRevoked):
            restarted.check(ann.signed_in.session_id)
        here.clock.pass_by(3_600)
        restarted.revoke([bob.signed_in.session_id])
        restarted.check(ann.signed_in.session_id)
        with pytest.raises(SessionRevoked):
            restarted.check(bob.signed_in.session_id)


def test_request_limits_go_on_in_memory_while_redis_is_dead(redis: RedisServer) -> None:
    limits = RequestLimits(redis.url)
    limits.check(Caller(), "192.0.2.1", is_sign_in=True)
    redis.kill()
    try:
        for _ in range(PER_ADDRESS_TO_SIGN_IN.amount):
            limits.check(Caller(), "192.0.2.1", is_sign_in=True)
        with pytest.raises(TooMany):
            limits.check(Caller(), "192.0.2.1", is_sign_in=True)
    finally:
        redis.start()


def test_processes_count_requests_together(redis: RedisServer) -> None:
    first, second = RequestLimits(redis.url), RequestLimits(redis.url)
    for number in range(PER_ADDRESS_TO_SIGN_IN.amount):
        (first if number % 2 else second).check(Caller(), "192.0.2.2", is_sign_in=True)
    for limits in (first, second):
        with pytest.raises(TooMany):
            limits.check(Caller(), "192.0.2.2", is_sign_in=True)
