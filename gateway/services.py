"""What the gateway's endpoints work with, put together for either way to run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flask import request

from common.database import Database
from common.rpc.interface import Bus
from gateway.auth import tokens
from gateway.auth.wiring import Auth
from gateway.caller import Caller
from gateway.endpoint import Endpoint
from gateway.limits import RequestLimits

SIGN_IN = "/api/v1/auth/"


@dataclass(frozen=True, slots=True)
class GatewayServices:
    """The gateway's collaborators. `limits` is None when rate limits are off; `public_url` has no trailing slash.

    `checks` tells whether the `broker` and the `cache` are up, where there are any.
    """

    bus: Bus
    database: Database
    auth: Auth
    limits: RequestLimits | None
    public_url: str
    checks: Mapping[str, Callable[[], bool]] = field(default_factory=dict)

    def authenticate(self) -> Caller:
        """Return who sent the current request; raises Unauthenticated when its token is not good."""
        return tokens.authenticate()

    def limit(self, caller: Caller, endpoint: Endpoint) -> None:
        """Count the current request; raises TooMany."""
        if self.limits is not None:
            self.limits.check(caller, request.remote_addr or "", is_sign_in=endpoint.rule.startswith(SIGN_IN))
