"""The two cookies that a browser is given: that of a session, and that of a sign-in under way."""

from typing import Final

from litestar.datastructures import Cookie

SESSION: Final = "smoe-session"
SIGN_IN: Final = "smoe-sign-in"
LENGTH_MAX: Final = 4_096


class Cookies:
    """Names and writes cookies for an origin; only over HTTPS can they bear the prefix that keeps others from setting
    them."""

    def __init__(self, origin: str) -> None:
        self.is_secure = origin.startswith("https://")
        prefix = "__Host-" if self.is_secure else ""
        self.session_name = prefix + SESSION
        self.sign_in_name = prefix + SIGN_IN

    def session(self, token: str) -> Cookie:
        """That of a session, for as long as the browser is open; the session ends by itself here."""
        return self._cookie(self.session_name, token, None)

    def sign_in(self, sealed: str, seconds: int) -> Cookie:
        """That of a sign-in under way."""
        return self._cookie(self.sign_in_name, sealed, seconds)

    def none(self, name: str) -> Cookie:
        """What makes a browser forget one."""
        return self._cookie(name, "", 0)

    def found(self, headers: list[tuple[bytes, bytes]], name: str) -> str | None:
        """The value of a cookie; None where there is none, or several."""
        values = []
        for header, value in headers:
            if header == b"cookie":
                for pair in value.decode("latin-1").split(";"):
                    key, _, text = pair.strip().partition("=")
                    if key == name:
                        values.append(text)
        return values[0] if len(values) == 1 and 0 < len(values[0]) <= LENGTH_MAX else None

    def _cookie(self, name: str, value: str, seconds: int | None) -> Cookie:
        return Cookie(
            key=name,
            value=value,
            path="/",
            max_age=seconds,
            secure=self.is_secure,
            httponly=True,
            samesite="lax",
            documentation_only=False,
        )
