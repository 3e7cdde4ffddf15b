"""Under which addresses other devices in the same network reach this machine."""

import ipaddress
import socket

# Reserved for documentation: nothing is sent to them, they only make the kernel choose a source address.
ELSEWHERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
ANY_PORT = 9


def addresses() -> list[str]:
    """Return this machine's own addresses on its network, IPv4 first; empty when it has no network."""
    found = [_source_address(family, destination) for family, destination in ELSEWHERE]
    return [address for address in found if address is not None and is_worth_printing(address)]


def is_worth_printing(address: str) -> bool:
    """Return whether another device at home can use `address`, tomorrow too.

    Public IPv6 addresses change every day on most machines, link-local ones need the name of an interface.
    """
    parsed = ipaddress.ip_address(address)
    if parsed.is_loopback or parsed.is_unspecified or parsed.is_link_local:
        return False
    return isinstance(parsed, ipaddress.IPv4Address) or parsed.is_private


def _source_address(family: socket.AddressFamily, destination: str) -> str | None:
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            # Connecting a UDP socket sends nothing.
            probe.connect((destination, ANY_PORT))
            return str(probe.getsockname()[0])
    except OSError:
        return None
