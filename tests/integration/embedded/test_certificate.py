"""The certificate for the phones at home: browsers accept it, and it is kept while it holds."""

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from quits import tls
from quits.errors import CannotStart

START = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOME = ["192.168.1.20"]


def made_at(folder: Path, now: datetime, addresses: list[str]) -> bytes:
    return tls.certificate(folder, addresses, lambda: now)[0].read_bytes()


def greet(folder: Path, paths: tuple[Path, Path], name: str) -> str:
    """Return what a client that trusts the authority of `folder` hears from a server that it calls by `name`."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(*paths)
    client = ssl.create_default_context(cafile=str(folder / tls.AUTHORITY_FILE))
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    near, far = socket.socketpair()
    with near, far:
        thread = threading.Thread(target=answer, args=(server, far))
        thread.start()
        try:
            with client.wrap_socket(near, server_hostname=name) as secured:
                return secured.recv(100).decode()
        finally:
            near.close()
            thread.join()


def answer(context: ssl.SSLContext, connection: socket.socket) -> None:
    try:
        with context.wrap_socket(connection, server_side=True) as secured:
            secured.sendall(b"hello")
    except ssl.SSLError:
        connection.close()


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "192.168.1.20", "203.0.113.9", "quits.example"])
def test_a_client_that_trusts_the_authority_accepts_every_name_of_the_machine(tmp_path, name):
    paths = tls.certificate(tmp_path, ["192.168.1.20", "203.0.113.9", "quits.example"])
    assert greet(tmp_path, paths, name) == "hello"


def test_a_client_refuses_a_name_that_is_not_the_machine_s(tmp_path):
    paths = tls.certificate(tmp_path, HOME)
    with pytest.raises(ssl.SSLCertVerificationError, match="IP address mismatch"):
        greet(tmp_path, paths, "192.168.1.21")


def test_a_stolen_authority_cannot_speak_for_a_bank(tmp_path):
    tls.certificate(tmp_path, HOME)
    authority = tls._read(tmp_path / tls.AUTHORITY_FILE, tmp_path / tls.AUTHORITY_KEY_FILE)
    forged, key = tls._issue(authority, frozenset({x509.DNSName("bank.example")}), datetime.now(UTC))
    tls._write(tmp_path / "forged.crt", forged, tmp_path / "forged.key", key)
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        greet(tmp_path, (tmp_path / "forged.crt", tmp_path / "forged.key"), "bank.example")


def test_the_certificate_is_kept_while_it_holds(tmp_path):
    first = made_at(tmp_path, START, HOME)
    assert made_at(tmp_path, START + timedelta(days=365), HOME) == first


def test_the_certificate_is_renewed_thirty_days_before_its_end(tmp_path):
    first = made_at(tmp_path, START, HOME)
    authority = (tmp_path / tls.AUTHORITY_FILE).read_bytes()
    assert made_at(tmp_path, START + timedelta(days=367), HOME) != first
    assert (tmp_path / tls.AUTHORITY_FILE).read_bytes() == authority


def test_a_new_address_renews_the_certificate_but_phones_go_on_trusting_it(tmp_path):
    first = made_at(tmp_path, START, HOME)
    authority = (tmp_path / tls.AUTHORITY_FILE).read_bytes()
    assert made_at(tmp_path, START, ["192.168.1.77"]) != first
    assert (tmp_path / tls.AUTHORITY_FILE).read_bytes() == authority


def test_an_address_beyond_the_authority_s_limits_makes_a_new_authority(tmp_path):
    made_at(tmp_path, START, HOME)
    authority = (tmp_path / tls.AUTHORITY_FILE).read_bytes()
    made_at(tmp_path, START, ["203.0.113.9"])
    assert (tmp_path / tls.AUTHORITY_FILE).read_bytes() != authority


def test_no_certificate_outlives_its_authority(tmp_path):
    made_at(tmp_path, START, HOME)
    now = START + tls.AUTHORITY_VALID - timedelta(days=100)
    issued = x509.load_pem_x509_certificate(made_at(tmp_path, now, HOME))
    authority = x509.load_pem_x509_certificate((tmp_path / tls.AUTHORITY_FILE).read_bytes())
    assert issued.not_valid_after_utc <= authority.not_valid_after_utc


def test_a_certificate_holds_at_most_397_days(tmp_path):
    issued = x509.load_pem_x509_certificate(made_at(tmp_path, START, HOME))
    assert issued.not_valid_after_utc - issued.not_valid_before_utc <= timedelta(days=397)


@pytest.mark.parametrize("name", [tls.CERTIFICATE_FILE, tls.KEY_FILE, tls.AUTHORITY_KEY_FILE])
def test_what_is_damaged_is_made_anew(tmp_path, name):
    tls.certificate(tmp_path, HOME)
    (tmp_path / name).write_text("damaged")
    paths = tls.certificate(tmp_path, HOME)
    assert greet(tmp_path, paths, "localhost") == "hello"


def test_only_the_owner_may_read_the_keys(tmp_path):
    tls.certificate(tmp_path, HOME)
    for name in (tls.KEY_FILE, tls.AUTHORITY_KEY_FILE):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


def test_a_folder_that_cannot_be_written_is_refused_in_one_sentence(tmp_path):
    (tmp_path / "taken").touch()
    with pytest.raises(CannotStart, match=r"^Cannot write to"):
        tls.certificate(tmp_path / "taken", HOME)


def test_a_key_without_its_certificate_is_made_anew_with_it(tmp_path):
    tls.certificate(tmp_path, HOME)
    (tmp_path / tls.KEY_FILE).write_bytes((tmp_path / tls.AUTHORITY_KEY_FILE).read_bytes())
    paths = tls.certificate(tmp_path, HOME)
    assert greet(tmp_path, paths, "localhost") == "hello"
