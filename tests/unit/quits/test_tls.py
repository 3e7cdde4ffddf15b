"""What a certificate for this machine names."""

from ipaddress import ip_address

from cryptography.x509 import DNSName, IPAddress

from quits import tls


def test_a_machine_is_known_by_its_addresses_and_names():
    assert tls.subject_names(["192.168.1.20", "quits.example"], "Laptop") == {
        DNSName("localhost"),
        IPAddress(ip_address("127.0.0.1")),
        IPAddress(ip_address("::1")),
        IPAddress(ip_address("192.168.1.20")),
        DNSName("quits.example"),
        DNSName("laptop"),
        DNSName("laptop.local"),
    }


def test_a_full_host_name_gets_no_second_ending():
    names = tls.subject_names([], "laptop.fritz.box")
    assert DNSName("laptop.fritz.box") in names
    assert DNSName("laptop.fritz.box.local") not in names


def test_a_host_name_that_no_certificate_can_hold_is_left_out():
    always = {DNSName("localhost"), IPAddress(ip_address("127.0.0.1")), IPAddress(ip_address("::1"))}
    for hostname in ("", "küche", "two..dots"):
        assert tls.subject_names([], hostname) == always
