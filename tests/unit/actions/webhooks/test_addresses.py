"""Where webhooks may go: hostile names and addresses, and what the settings let through."""

from __future__ import annotations

import pytest

from tipstaff.actions.webhooks.addresses import (
    AddressError,
    Place,
    Rules,
    check_address,
    place_of,
    rules_of,
)

RULES = rules_of("443", "")
INSIDE = rules_of("443 8443 9000", "hooks.internal localhost 127.0.0.1 ::1")


def test_an_address_is_taken_apart() -> None:
    """Host, port and target, as they are asked for; names in small letters, without the dot of the root."""
    assert place_of("https://Hooks.Example.ORG./in?a=1", RULES) == Place(
        "https", "hooks.example.org", 443, "/in?a=1"
    )
    assert place_of("https://hooks.example.org", RULES).target == "/"
    assert place_of("https://hooks.example.org:443/", RULES).header == "hooks.example.org"
    assert place_of("https://hooks.internal:8443/", INSIDE).header == "hooks.internal:8443"
    assert place_of("https://[2606:4700::1111]/", RULES).header == "[2606:4700::1111]"


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.org/",
        "ftp://hooks.example.org/",
        "file:///etc/passwd",
        "gopher://hooks.example.org/",
        "https:///x",
        "https://",
        "//hooks.example.org",
        "https://user@hooks.example.org/",
        "https://user:word@hooks.example.org/",
        "https://hooks.example.org@127.0.0.1/",
        "https://hooks.example.org/#part",
        "https://hooks.example.org/#",
        "https://hooks.example.org:80/",
        "https://hooks.example.org:8443/",
        "https://hooks.example.org:22/",
        "https://hooks.example.org:0/",
        "https://hooks.example.org:99999/",
        "https://hooks.example.org:4x/",
        "https://hooks.example.org\\@127.0.0.1/",
        "https://hooks.exa\tmple.org/",
        "https://hooks.example.org/\r\nX-Evil: 1",
        "https://hooks.example.org/ x",
        " https://hooks.example.org/",
        "https://hooks。example.org/",
        "https://鈎.example.org/",
        "https://%31%32%37.0.0.1/",
        "https://[fe80::1%25eth0]/",
        "https://[::1/",
        "https://" + "a" * 500 + "/",
        "http://127.0.0.1/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://10.0.0.8/",
    ],
)
def test_what_is_refused_as_it_is_written(url: str) -> None:
    """Other schemes and ports, users, fragments, what is not plain ASCII, and addresses that are inside."""
    with pytest.raises(AddressError):
        place_of(url, RULES)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104  to be refused
        "0.1.2.3", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.9.9.9", "169.254.169.254",
        "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1",
        "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1",
        "255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:8.8.8.8",
        "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "100::1", "2001::1", "2001:20::1",
        "2001:db8::1", "2002:7f00:1::", "2002:808:808::1", "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1",
        "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "localhost", "", "8.8.8.8 ", "1.1",
    ],
)  # fmt: skip
def test_what_is_not_on_the_internet_is_refused(address: str) -> None:
    """Private, loopback, link-local, multicast and reserved addresses, and IPv6 that leads to IPv4."""
    with pytest.raises(AddressError):
        check_address(place_of("https://hooks.example.org/", RULES), address, RULES)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "2a00:1450:4001::1"])
def test_what_is_on_the_internet_is_let_through(address: str) -> None:
    """Global addresses, of both kinds."""
    check_address(place_of("https://hooks.example.org/", RULES), address, RULES)


def test_hosts_inside_are_named_one_by_one() -> None:
    """Where the settings name a host, its addresses may be inside; never those that are nobody's."""
    place = place_of("https://hooks.internal:8443/", INSIDE)
    for address in ("10.0.0.8", "127.0.0.1", "fd00::8", "8.8.8.8"):
        check_address(place, address, INSIDE)
    for address in ("169.254.169.254", "0.0.0.0", "224.0.0.1", "fe80::1", "::ffff:10.0.0.8"):  # noqa: S104  to be refused
        with pytest.raises(AddressError):
            check_address(place, address, INSIDE)
    with pytest.raises(AddressError):
        check_address(place_of("https://other.internal:8443/", INSIDE), "10.0.0.8", INSIDE)


def test_http_is_for_this_machine_alone() -> None:
    """Of hosts that the settings name, those whose address is loopback."""
    place = place_of("http://localhost:9000/", INSIDE)
    check_address(place, "127.0.0.1", INSIDE)
    check_address(place, "::1", INSIDE)
    for address in ("10.0.0.8", "8.8.8.8"):
        with pytest.raises(AddressError, match="go to others by https"):
            check_address(place, address, INSIDE)
    assert place_of("http://127.0.0.1:9000/", INSIDE)
    with pytest.raises(AddressError, match="webhook_inside"):
        place_of("http://127.0.0.2:9000/", INSIDE)


def test_settings_are_words() -> None:
    """Ports and hosts are separated by blanks; hosts are written in any letters."""
    assert rules_of("443 8443", "A.example b") == Rules(frozenset({443, 8443}), frozenset({"a.example", "b"}))
