"""A certificate for the phones at home, signed by an authority of this installation's own.

A phone trusts the authority once, from `authority.crt`; certificates then follow the machine's changing addresses
without a warning. A click through a browser's warning is not enough: it refuses a service worker to such a page. The
authority is constrained to the home's networks and names, so that its stolen key cannot speak for a bank.
"""

import ipaddress
import socket
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from quits import private_files

AUTHORITY_FILE = "authority.crt"
AUTHORITY_KEY_FILE = "authority.key"
CERTIFICATE_FILE = "server.crt"
KEY_FILE = "server.key"
ALWAYS = ("localhost", "127.0.0.1", "::1")
HOME_NAMES = ("localhost", "local", "lan", "home.arpa", "internal")
HOME_NETWORKS = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "::1/128", "fc00::/7")
AUTHORITY_VALID = timedelta(days=3650)
# Phones accept 398 days at most; one day of it lies in the past, for clocks that are behind.
VALID = timedelta(days=396)
CLOCK_SKEW = timedelta(days=1)
RENEW_BEFORE = timedelta(days=30)

Signed = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


def utc_now() -> datetime:
    """Return the instant that certificates are valid from."""
    return datetime.now(UTC)


def certificate(
    folder: Path, host_addresses: Iterable[str], clock: Callable[[], datetime] = utc_now
) -> tuple[Path, Path]:
    """Return the paths of a certificate for this machine and of its key, both PEM.

    It names localhost, the machine's host name and `host_addresses` (addresses or names). The one of the last start is
    used again until 30 days before its end or until one of them is missing in it. Raises CannotStart when `folder`
    cannot be written.
    """
    wanted = subject_names(host_addresses, socket.gethostname())
    certificate_path, key_path = folder / CERTIFICATE_FILE, folder / KEY_FILE
    authority = _authority(folder, wanted, clock())
    if not _is_usable(_read(certificate_path, key_path), authority[0], wanted, clock()):
        issued, key = _issue(authority, wanted, clock())
        _write(certificate_path, issued, key_path, key)
    return certificate_path, key_path


def subject_names(host_addresses: Iterable[str], hostname: str) -> frozenset[x509.GeneralName]:
    """Return what a certificate for this machine has to name."""
    names = {_general_name(text) for text in (*ALWAYS, *host_addresses)}
    host = hostname.lower()
    if host.isascii() and all(host.split(".")):
        names |= {_general_name(host)}
        if "." not in host:
            names |= {x509.DNSName(f"{host}.local")}
    return frozenset(names)


def is_permitted(name: x509.GeneralName, authority: x509.Certificate) -> bool:
    """Return whether the authority's name constraints let it vouch for `name`."""
    constraints = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    return any(_covers(tree, name) for tree in constraints.permitted_subtrees or ())


def _covers(tree: x509.GeneralName, name: x509.GeneralName) -> bool:
    if isinstance(tree, x509.DNSName) and isinstance(name, x509.DNSName):
        return name.value == tree.value or name.value.endswith(f".{tree.value}")
    if isinstance(tree, x509.IPAddress) and isinstance(name, x509.IPAddress):
        return ipaddress.ip_address(str(name.value)) in ipaddress.ip_network(str(tree.value))
    return False


def _general_name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text.lower())


def _authority(folder: Path, wanted: frozenset[x509.GeneralName], now: datetime) -> Signed:
    certificate_path, key_path = folder / AUTHORITY_FILE, folder / AUTHORITY_KEY_FILE
    known = _read(certificate_path, key_path)
    if known is not None and _may_vouch(known[0], wanted, now):
        return known
    made = _make_authority(wanted, now)
    _write(certificate_path, made[0], key_path, made[1])
    return made


def _may_vouch(authority: x509.Certificate, wanted: frozenset[x509.GeneralName], now: datetime) -> bool:
    outlives = authority.not_valid_after_utc >= now + VALID
    return outlives and all(is_permitted(name, authority) for name in wanted)


def _make_authority(wanted: frozenset[x509.GeneralName], now: datetime) -> Signed:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Quits at home ({socket.gethostname()})"[:64])])
    builder = _builder(name, name, key, now, AUTHORITY_VALID)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_key_usage(signs_certificates=True), critical=True)
    builder = builder.add_extension(x509.NameConstraints(_permitted(wanted), None), critical=True)
    return builder.sign(key, hashes.SHA256()), key


def _permitted(wanted: frozenset[x509.GeneralName]) -> list[x509.GeneralName]:
    home: list[x509.GeneralName] = [x509.DNSName(name) for name in HOME_NAMES]
    home += [x509.IPAddress(ipaddress.ip_network(network)) for network in HOME_NETWORKS]
    beyond = [name for name in wanted if not any(_covers(tree, name) for tree in home)]
    return home + [_subtree(name) for name in sorted(beyond, key=repr)]


def _subtree(name: x509.GeneralName) -> x509.GeneralName:
    return x509.IPAddress(ipaddress.ip_network(name.value)) if isinstance(name, x509.IPAddress) else name


def _issue(authority: Signed, wanted: frozenset[x509.GeneralName], now: datetime) -> Signed:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Quits")])
    builder = _builder(name, authority[0].subject, key, now, VALID)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_key_usage(signs_certificates=False), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    builder = builder.add_extension(x509.SubjectAlternativeName(sorted(wanted, key=repr)), critical=False)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority[1].public_key())
    builder = builder.add_extension(issuer, critical=False)
    return builder.sign(authority[1], hashes.SHA256()), key


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, valid: timedelta
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - CLOCK_SKEW).not_valid_after(now + valid)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _is_usable(
    known: Signed | None, authority: x509.Certificate, wanted: frozenset[x509.GeneralName], now: datetime
) -> bool:
    if known is None or known[0].not_valid_after_utc < now + RENEW_BEFORE or known[0].not_valid_before_utc > now:
        return False
    named = frozenset(known[0].extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    identifiers = known[0].extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    key_of_authority = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return named == wanted and identifiers.key_identifier == key_of_authority.digest


def _read(certificate_path: Path, key_path: Path) -> Signed | None:
    try:
        found = x509.load_pem_x509_certificate(certificate_path.read_bytes())
        key = serialization.load_pem_private_key(key_path.read_bytes(), password=None)
    except (FileNotFoundError, ValueError):
        return None
    except OSError as error:
        raise private_files.unwritable(certificate_path.parent, error) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != found.public_key():
        return None
    return found, key


def _write(certificate_path: Path, issued: x509.Certificate, key_path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    pem = serialization.Encoding.PEM
    plain = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    private_files.replace(key_path, plain)
    private_files.replace(certificate_path, issued.public_bytes(pem))
