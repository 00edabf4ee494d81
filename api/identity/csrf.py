"""Whether a request that a cookie signs was made by our own pages, and not by another's in the same browser."""

import hmac
from collections.abc import Mapping
from typing import Final

from ledger.identity_providers import is_loopback

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
HEADER: Final = "X-CSRF-Token"
OWN_SITES: Final = frozenset({"same-origin", "none"})


def is_forged(headers: Mapping[str, str], expected: str, origin: str) -> bool:
    """Whether a request that may change something lacks the token of its session, or comes from elsewhere.

    Header names are in lower case. `origin` is where browsers find us; on this machine, in development, by any name.
    """
    if headers.get("sec-fetch-site", "none") not in OWN_SITES:
        return True
    sender = headers.get("origin")
    here = f"http://{headers.get('host', '')}"
    is_ours = sender is None or sender == origin or (is_loopback(origin) and is_loopback(here) and sender == here)
    sent = headers.get(HEADER.lower(), "")
    return not (is_ours and hmac.compare_digest(sent.encode(), expected.encode()))
