"""Malformed requests without end, the same for the same seed: each as bytes for a socket, and what may come back."""

import base64
import json
import random
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from typing import Any, NamedTuple
from urllib.parse import quote

HTTP_1_1 = b"HTTP/1.1"


class Sent(NamedTuple):
    """A request in bytes."""

    kind: str
    raw: bytes
    is_http: bool
    """Whether it is HTTP as the server reads it, so that the application answers."""
    ends: bool = False
    """Whether the connection is of no more use after it."""


class Target(NamedTuple):
    """An operation, with a path that fits and a body that does."""

    method: str
    path: str
    parameters: tuple[str, ...]
    body: Any = None


STRANGE_TEXTS: Sequence[Any] = (
    "",
    " ",
    "\x00",
    "\x07\x1b[31m",
    "\u202egnp.exe",
    "\u2066a\u2069",
    "\ud800",
    "é" * 300,
    "𝕊" * 50,
    "a\u0301" * 200,
    "'; DROP TABLE ledger.events; --",
    "{{7*7}}${7*7}<script>alert(1)</script>",
    "../../../../etc/passwd",
    "%s%n%x",
    "null",
    "NaN",
    "-1",
    "9" * 400,
    "1e400",
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "2026-11-02T25:61:61Z",
    "\ufeff",
    "\uffff",
    "x" * 5_000,
    "\r\nX-Injected: 1",
)
STRANGE_VALUES: Sequence[Any] = (
    *STRANGE_TEXTS,
    None,
    True,
    False,
    0,
    -1,
    2**31,
    2**63,
    -(2**63) - 1,
    10**40,
    1e308,
    -0.0,
    0.1 + 0.2,
    [],
    {},
    [[]],
    [None] * 50,
    {"": {}},
    {"__proto__": {}, "constructor": []},
)
HEADERS: dict[str, Sequence[str]] = {
    "If-Match": ("*", '""', '"-1"', '"1", "2"', "W/", '"999999999"', "\x80\xff", '"1\\"', "1e9"),
    "Idempotency-Key": ("", " ", "k" * 201, "k" * 7_000, "\xe9", "a,b", '"quoted"', "../..", "null"),
    "Last-Event-ID": ("-1", "1.5", "abc", "9" * 30, "9223372036854775808", " ", "\xb2", "0x10", "1\t"),
    "Authorization": (
        "Bearer",
        "Bearer ",
        "Bearer a.b.c",
        "Basic dTpw",
        "Bearer " + "a" * 6_000,
        "\xff\xfe",
        "Bearer x y",
    ),
    "Content-Type": (
        "application/json; charset=utf-16",
        "multipart/form-data",
        "multipart/form-data; boundary=" + "b" * 300,
        "text/plain",
        "application/json;;;;",
        'application/json; charset="',
        "application/JSON; charset=utf-8; charset=utf-7",
        "",
        "*/*",
        "application/xml",
    ),
    "Content-Encoding": ("gzip", "br", "identity", "deflate, gzip"),
    "Accept": ("", "text/html", "*/*;q=9", "a" * 500, ";;;,,,"),
    "Accept-Encoding": ("gzip;q=0", "*", "zstd, br;q=2", ",,,"),
    "Access-Purpose": ("", "curiosity", "examination,examination", "\xe9", "a" * 500),
    "traceparent": ("00-zz-zz-00", "00-" + "0" * 32 + "-" + "0" * 16 + "-00", "f" * 200),
    "X-Forwarded-For": ("::1", "1.2.3.4, " * 200, "%00", "for=;"),
    "Forwarded": ("for=", 'for="[::"', "for=_x;by=;"),
    "Host": ("", "a b", "evil.example:99999", "[::1", "x" * 300, "a@b", "\xe9"),
    "Cookie": ("a=b; " * 500, "=;=;", '"', "session=\xff"),
    "Origin": ("null", "https://evil.example"),
    "Range": ("bytes=0-", "bytes=-1,0-"),
    "Expect": ("200-ok",),
    "X-Http-Method-Override": ("DELETE",),
    "Transfer-Encoding": ("identity", "gzip, chunked", "chunked, identity", "xchunked"),
    "Content-Length": ("-1", "+5", "0x10", "1 1", "99999999999999999999", ""),
    "Upgrade": ("websocket", "h2c"),
    "Connection": ("Upgrade, HTTP2-Settings", "close, keep-alive"),
}
FRAMING = {"Transfer-Encoding", "Content-Length", "Upgrade", "Connection", "Expect", "Host"}
"""Headers that the server judges before the application sees anything."""


class Malformed:
    """Draws requests for these targets, as these callers."""

    def __init__(self, seed: int, targets: Sequence[Target], tokens: Sequence[str | None]) -> None:
        self._chance = random.Random(seed)
        self._targets = targets
        self._with_body = [target for target in targets if target.body is not None]
        self._tokens = tokens
        self._kinds: Sequence[tuple[Callable[[], Sent], int]] = (
            (self._mutated_body, 8),
            (self._broken_json, 6),
            (self._strange_header, 6),
            (self._strange_query, 6),
            (self._strange_path, 4),
            (self._multipart, 2),
            (self._chunked, 2),
            (self._many_headers, 1),
            (self._no_http, 2),
            (self._other_method, 1),
            (self._whole_case, 1),
        )

    def __iter__(self) -> Iterator[Sent]:
        draws, weights = zip(*self._kinds, strict=True)
        while True:
            yield self._chance.choices(draws, weights)[0]()

    # What is wrong

    def _mutated_body(self) -> Sent:
        target = self._chance.choice(self._with_body)
        body = json.loads(json.dumps(target.body))
        for _ in range(self._chance.choice((1, 1, 1, 2, 5))):
            self._mutate(body)
        content = json.dumps(body, ensure_ascii=self._chance.random() < 0.5).encode("utf-8", "surrogatepass")
        return self._request("mutated body", target, content)

    def _broken_json(self) -> Sent:
        target = self._chance.choice(self._with_body)
        text = json.dumps(target.body).encode()
        at = self._chance.randrange(len(text) + 1)
        depth = self._chance.choice((31, 33, 200, 5_000, 100_000))
        name = self._chance.choice(list(target.body) or ["a"])
        content = self._chance.choice(
            (
                text[:at],
                text[:at] + bytes(self._chance.randrange(256) for _ in range(4)) + text[at:],
                text[:at] + text[at + 1 :],
                b"[" * depth + b"]" * depth,
                b'{"a":' * depth + b"1" + b"}" * depth,
                text[:-1] + b',"%b":1}' % name.encode(),
                text[:-1] + b',"x":' + b"9" * self._chance.choice((20, 400, 5_000, 50_000)) + b"}",
                text[:-1] + b',"x":1e' + b"9" * 30 + b"}",
                text[:-1] + b',"x":NaN}',
                text[:-1] + b',"x":-Infinity}',
                text[:-1] + b',"x":"\\ud800"}',
                text[:-1] + b',"x":"\\u0000\xff"}',
                b"\xef\xbb\xbf" + text,
                text.decode().encode("utf-16"),
                text + text,
                text + b"\x00",
                b"[" + b"1," * 120_000 + b"1]",
                b"",
                b"null",
                b"true",
                b'"' + b"a" * 100_000,
                b"{" * 50,
                b"\xff" * 100,
                b"{}" + b" " * 300_000,
            )
        )
        return self._request("broken JSON", target, content)

    def _strange_header(self) -> Sent:
        target = self._chance.choice(self._targets)
        name = self._chance.choice(list(HEADERS))
        lines = [(name, self._chance.choice(HEADERS[name]))]
        if self._chance.random() < 0.15:
            lines.append((name, self._chance.choice(HEADERS[name])))
        content = b"" if target.body is None else json.dumps(target.body).encode()
        if name in FRAMING:
            # Nobody may wait for the answer long enough: what is asked must not be done.
            return self._request("strange header", target, content[:-1], lines)._replace(is_http=False, ends=True)
        return self._request("strange header", target, content, lines)

    def _strange_query(self) -> Sent:
        target = self._chance.choice([each for each in self._targets if each.method == "GET"])
        names = target.parameters or ("q",)
        pairs = []
        for _ in range(self._chance.choice((1, 1, 2, 3, 60))):
            value = str(self._chance.choice(STRANGE_VALUES)) if self._chance.random() < 0.8 else self._cursor()
            name = (
                self._chance.choice(names)
                if self._chance.random() < 0.9
                else quote(str(self._chance.choice(STRANGE_TEXTS)).encode("utf-8", "replace"))
            )
            pairs.append(f"{name}={quote(value.encode('utf-8', 'surrogatepass'))}")
        query = "&".join(pairs)
        if self._chance.random() < 0.2:
            query = self._chance.choice(
                ("%", "%zz", "%ff%fe", "&&&", "=", "a" * 9_000, "q=%00", "q=" + "%F0%9F" * 90, ";;", "?")
            )
        return self._request("strange query", target._replace(path=f"{target.path}?{query}"))

    def _cursor(self) -> str:
        inner = self._chance.choice(
            (b"", b"[]", b"[1,2]", b"{", b'["2026-11-02","x","y"]', b"\xff\xff", b"null", b"[" * 99)
        )
        return self._chance.choice((base64.urlsafe_b64encode(inner).decode(), "A", "====", "é", "%%%"))

    def _strange_path(self) -> Sent:
        target = self._chance.choice(self._targets)
        parts = target.path.split("/")
        at = self._chance.randrange(1, len(parts))
        piece = self._chance.choice(
            (
                "..", "%2e%2e", "%00", "%ff", "a%2fb", "%252e%252e%252f", "\\", ";jsessionid=1", "%c0%af",
                "", "//", ".",
                "00000000-0000-0000-0000-00000000000g", "00000000000000000000000000000000", "-1", "é".encode().hex(),
                quote("\u202e"), "a" * 1_100, "{case_id}", "{{", "%7B", "*", "null", quote("١٢٣"), "%",
            )
        )  # fmt: skip
        parts[at] = piece
        if self._chance.random() < 0.2:
            parts.append(piece)
        content = b"" if target.body is None else json.dumps(target.body).encode()
        return self._request("strange path", target._replace(path="/".join(parts)), content)

    def _multipart(self) -> Sent:
        target = self._chance.choice(self._with_body)
        part = b'--b\r\nContent-Disposition: form-data; name="data"; filename="../../x.pdf"\r\n\r\n'
        content = self._chance.choice(
            (
                part + b"%PDF-1.7" + b"\x00" * 500 + b"\r\n--b--\r\n",
                part * 500,
                part,
                b"--b--\r\n",
                b"--" * 2_000,
                part + b"--b\r\n" * 2_000,
            )
        )
        return self._request("multipart", target, content, [("Content-Type", "multipart/form-data; boundary=b")])

    def _chunked(self) -> Sent:
        target = self._chance.choice(self._with_body)
        text = json.dumps(target.body).encode()
        good = b"%x\r\n%b\r\n0\r\n\r\n" % (len(text), text)
        content, ends = self._chance.choice(
            (
                (b"".join(b"1\r\n%c\r\n" % byte for byte in text[:400]) + b"0\r\n\r\n", False),
                (b"%x;ext=%b\r\n%b\r\n0\r\n\r\n" % (len(text), b"e" * 200, text[: len(text)]), False),
                (good[:-5] + b"0\r\nTrailer: x\r\n\r\n", False),
                (b"zz\r\n" + text + b"\r\n0\r\n\r\n", True),
                (b"-1\r\n\r\n", True),
                (b"ffffffffffffffffff\r\n", True),
                (b"%x\r\n%b" % (len(text) + 50, text), True),
                (b"10000000\r\n" + b"x" * 3_000_000, True),
                (b"\r\n\r\n", True),
            )
        )
        sent = self._request("chunked", target, None, [("Transfer-Encoding", "chunked")])
        return sent._replace(raw=sent.raw + content, is_http=not ends, ends=ends)

    def _many_headers(self) -> Sent:
        target = self._chance.choice(self._targets)
        count, length = self._chance.choice(((65, 1), (99, 5), (300, 10), (5, 7_900), (1, 8_200), (1, 60_000)))
        lines = [(f"X-{number}", "v" * length) for number in range(count)]
        return self._request("many headers", target, b"", lines)._replace(is_http=False, ends=True)

    def _no_http(self) -> Sent:
        raw = self._chance.choice(
            (
                b"GET\r\n\r\n",
                b"GET / HTTP/9.9\r\n\r\n",
                b"GET / HTTP/1.0\r\n\r\n",
                b"GET /\r\n\r\n",
                b"GET / HTTP/1.1\r\n\r\n",
                b"GET / HTTP/1.1\nHost: a\n\n",
                b"GET / HTTP/1.1\r\nHost: a\r\n folded: b\r\n\r\n",
                b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
                b"GET / HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n",
                b"GET / HTTP/1.1\r\nHost: a\r\n: nameless\r\n\r\n",
                b"G\x00T / HTTP/1.1\r\nHost: a\r\n\r\n",
                b"GET http://evil.example/ HTTP/1.1\r\nHost: a\r\n\r\n",
                b"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n",
                b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
                b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
                b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00" * 50,
                b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xab" * 200,
                b"POST /api/cases HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}   x",
                b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                b"POST /api/cases HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
                b"\r\n\r\n\r\n",
                b"\x00" * 300,
                bytes(self._chance.randrange(256) for _ in range(200)) + b"\r\n\r\n",
            )
        )
        return Sent("no HTTP", raw, is_http=False, ends=True)

    def _other_method(self) -> Sent:
        target = self._chance.choice(self._targets)
        method = self._chance.choice(
            ("TRACE", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "PROPFIND", "get", "POST", "X" * 50)
        )
        sent = self._request("other method", target._replace(method=method), b"{}" if method == "POST" else b"")
        # The answer to HEAD has a length and no body.
        return sent._replace(ends=True) if method == "HEAD" else sent

    def _whole_case(self) -> Sent:
        """Everything in order: whatever may be done to a case is done to it, in no order at all."""
        target = self._chance.choice(self._with_body)
        version = self._chance.randrange(12)
        return self._request("in order", target, json.dumps(target.body).encode(), [("If-Match", f'"{version}"')])

    # How it is written

    def _request(
        self, kind: str, target: Target, content: bytes | None = b"", lines: Sequence[tuple[str, str]] = ()
    ) -> Sent:
        given = {name for name, _ in lines}
        head = [f"{target.method} {target.path}".encode("utf-8", "surrogatepass") + b" " + HTTP_1_1]
        if "Host" not in given:
            head.append(b"Host: 127.0.0.1")
        token = self._chance.choice(self._tokens)
        if token is not None and "Authorization" not in given:
            head.append(b"Authorization: Bearer " + token.encode())
        if (target.method == "POST" or content) and "Content-Type" not in given and self._chance.random() < 0.95:
            head.append(b"Content-Type: application/json")
        if target.method == "POST" and "Idempotency-Key" not in given and self._chance.random() < 0.2:
            head.append(b"Idempotency-Key: %032x" % self._chance.getrandbits(128))
        if target.method == "POST" and "If-Match" not in given and self._chance.random() < 0.5:
            head.append(b'If-Match: "%d"' % self._chance.randrange(1, 12))
        if content is not None and "Content-Length" not in given and (content or target.method == "POST"):
            head.append(b"Content-Length: %d" % len(content))
        head += [f"{name}: {value}".encode("latin-1") for name, value in lines]
        return Sent(kind, b"\r\n".join(head) + b"\r\n\r\n" + (content or b""), is_http=True)

    def _mutate(self, body: Any) -> None:
        """Put something strange somewhere in a body."""
        place = body
        while True:
            keys: Sequence[Any] = list(place) if isinstance(place, dict) else range(len(place))
            if not keys:
                if isinstance(place, dict):
                    place[str(self._chance.choice(STRANGE_TEXTS))] = deepcopy(self._chance.choice(STRANGE_VALUES))
                return
            key = self._chance.choice(keys)
            if isinstance(place[key], dict | list) and place[key] and self._chance.random() < 0.85:
                place = place[key]
                continue
            act = self._chance.random()
            if act < 0.7:
                place[key] = deepcopy(self._chance.choice(STRANGE_VALUES))
            elif act < 0.85:
                del place[key]
            elif isinstance(place, dict):
                place[str(self._chance.choice(STRANGE_TEXTS))] = place.pop(key)
            else:
                place.extend(deepcopy(place[key]) for _ in range(self._chance.choice((1, 60))))
            return
