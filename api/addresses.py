"""Where a request comes from: the peer, or what a trusted proxy says of it."""

import ipaddress
import re
from collections.abc import Iterable
from typing import Final, TypeAlias

from litestar.types import HTTPScope

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
HOPS_MAX: Final = 32
IPV6_PREFIX: Final = 64
"""A subscriber has at least that many addresses of version 6."""
_FOR: Final = re.compile(r'(?i)(?:^|;)\s*for\s*=\s*"?(\[[^\]]*\]|[^;,":]+)')


class Addresses:
    """Tells whoever asks apart by address."""

    def __init__(self, trusted: Iterable[str] = (), header: str = "x-forwarded-for") -> None:
        self._trusted: tuple[Network, ...] = tuple(map(ipaddress.ip_network, trusted))
        self._header = header.encode()

    def of(self, scope: HTTPScope) -> str:
        """The address that a request is to be judged by; of version 6 its network.

        The chain of proxies is read from its near end: the first that is not trusted is the one that asked, whatever it
        wrote there itself.
        """
        client = scope.get("client")
        found = _parsed(client[0]) if client else None
        if self._trusted and found is not None and self._trusts(found):
            for text in self._hops(scope):
                hop = _parsed(text)
                if hop is None:
                    break
                found = hop
                if not self._trusts(hop):
                    break
        if isinstance(found, ipaddress.IPv6Address):
            return str(ipaddress.ip_network((found, IPV6_PREFIX), strict=False))
        return str(found)

    def _trusts(self, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
        return any(address in network for network in self._trusted)

    def _hops(self, scope: HTTPScope) -> list[str]:
        """The addresses that the header names, the nearest first."""
        lines = [value.decode("latin-1") for name, value in scope["headers"] if name == self._header]
        parts = [part.strip() for line in lines for part in line.split(",")][-HOPS_MAX:]
        if self._header == b"forwarded":
            parts = [found[1].strip("[]") if (found := _FOR.search(part)) else "" for part in parts]
        return parts[::-1]


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address, with or without a port; those of version 4 written as version 6 are of version 4."""
    if text.count(":") == 1:
        text = text.partition(":")[0]
    elif text.startswith("["):
        text = text[1:].partition("]")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
