"""Where a request comes from: nobody's word is taken for it but a trusted proxy's."""

from typing import Any

import pytest

from api.addresses import Addresses

TRUSTED = ("10.0.0.0/8", "2001:db8:ffff::/48")


def scope(peer: str | None, *headers: tuple[str, str]) -> Any:
    lines = [(name.lower().encode(), value.encode()) for name, value in headers]
    return {"client": None if peer is None else (peer, 4711), "headers": lines}


def test_without_a_trusted_proxy_the_peer_is_the_one() -> None:
    asked = scope("203.0.113.9", ("X-Forwarded-For", "198.51.100.1"), ("Forwarded", "for=198.51.100.1"))
    assert Addresses().of(asked) == "203.0.113.9"
    assert Addresses(TRUSTED).of(asked) == "203.0.113.9", "whoever comes around the proxy says nothing of themselves"


@pytest.mark.parametrize(
    ("chain", "found"),
    [
        ("198.51.100.1", "198.51.100.1"),
        ("198.51.100.1:5000", "198.51.100.1"),
        ("1.1.1.1, 198.51.100.1", "198.51.100.1"),
        ("1.1.1.1, 198.51.100.1, 10.9.9.9", "198.51.100.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::7]:443", "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.1", "198.51.100.1"),
        ("10.1.1.1, 10.2.2.2", "10.1.1.1"),
        ("198.51.100.1, unknown", "10.0.0.1"),
        ("unknown", "10.0.0.1"),
        ("", "10.0.0.1"),
    ],
)
def test_a_trusted_proxy_is_believed_and_what_stands_before_it_is_not(chain: str, found: str) -> None:
    assert Addresses(TRUSTED).of(scope("10.0.0.1", ("X-Forwarded-For", chain))) == found


def test_a_header_on_several_lines_is_one_chain() -> None:
    asked = scope("10.0.0.1", ("X-Forwarded-For", "1.1.1.1"), ("X-Forwarded-For", "198.51.100.1, 10.3.3.3"))
    assert Addresses(TRUSTED).of(asked) == "198.51.100.1"


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("for=198.51.100.1;proto=https", "198.51.100.1"),
        ('for=1.1.1.1, For="198.51.100.1:80"', "198.51.100.1"),
        ('proto=https;for="[2001:db8:1:2::7]:443"', "2001:db8:1:2::/64"),
        ("for=_hidden", "10.0.0.1"),
        ("by=1.1.1.1", "10.0.0.1"),
    ],
)
def test_the_standard_header_where_it_is_the_one(value: str, found: str) -> None:
    asked = scope("10.0.0.1", ("X-Forwarded-For", "9.9.9.9"), ("Forwarded", value))
    assert Addresses(TRUSTED, "forwarded").of(asked) == found


def test_a_socket_without_an_address_is_one_caller() -> None:
    assert Addresses(TRUSTED).of(scope(None, ("X-Forwarded-For", "198.51.100.1"))) == "None"
