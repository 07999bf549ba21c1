"""What no two servers read alike is refused, before the shelf or the application sees it."""

from typing import Any

import pytest

HEAD = b"POST /malformed HTTP/1.1\r\nHost: toy\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"

REFUSED: dict[str, tuple[int, bytes]] = {
    "length and chunks": (400, HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    "two different lengths": (400, HEAD + b"Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde"),
    "two equal lengths": (400, HEAD + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"),
    "a length with a plus": (400, HEAD + b"Content-Length: +5\r\n\r\nabcde"),
    "a negative length": (400, HEAD + b"Content-Length: -1\r\n\r\n"),
    "a list of lengths": (400, HEAD + b"Content-Length: 5, 5\r\n\r\nabcde"),
    "a hexadecimal length": (400, HEAD + b"Content-Length: 0x5\r\n\r\nabcde"),
    "an unknown transfer coding": (400, HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
    "chunked not last": (400, HEAD + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
    "two transfer codings": (
        400,
        HEAD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    ),
    "space before the colon": (400, HEAD + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
    "bare line feeds": (400, b"GET /guide HTTP/1.1\nHost: toy\n\n"),
    "a bare carriage return": (400, b"GET /guide HTTP/1.1\r\nHost: toy\r\nX: a\rb\r\n\r\n"),
    "a zero byte": (400, b"GET /guide HTTP/1.1\r\nHost: toy\r\nX: a\0b\r\n\r\n"),
    "a folded header": (400, b"GET /guide HTTP/1.1\r\nHost: toy\r\nX: a\r\n b\r\n\r\n"),
    "a chunk size ended by a line feed": (400, CHUNKED + b"3\nabc\r\n0\r\n\r\n"),
    "a chunk size that is no number": (400, CHUNKED + b"zz\r\nabc\r\n0\r\n\r\n"),
    "no host": (400, b"GET /guide HTTP/1.1\r\n\r\n"),
    "two hosts": (400, b"GET /guide HTTP/1.1\r\nHost: toy\r\nHost: toy\r\n\r\n"),
    "two hosts in http 1.0": (400, b"GET /guide HTTP/1.0\r\nHost: toy\r\nHost: toy\r\n\r\n"),
    "no host and a body": (400, b"POST /malformed HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"),
    "the preface of http 2": (400, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    "an address that is none": (400, b"GET * HTTP/1.1\r\nHost: toy\r\n\r\n"),
    "a tunnel": (400, b"CONNECT toy:443 HTTP/1.1\r\nHost: toy\r\n\r\n"),
    "raw bytes in an address": (400, b"GET /gu\xffide HTTP/1.1\r\nHost: toy\r\n\r\n"),
    "a header of 40 KB": (431, b"GET /guide HTTP/1.1\r\nHost: toy\r\nX: " + b"x" * 40_000 + b"\r\n\r\n"),
    "a header of 1 MB": (431, b"GET /guide HTTP/1.1\r\nHost: toy\r\nX: " + b"x" * 1_000_000),
    "an address of 40 KB": (431, b"GET /" + b"x" * 40_000 + b" HTTP/1.1\r\nHost: toy\r\n\r\n"),
    "300 headers": (431, b"GET /guide HTTP/1.1\r\nHost: toy\r\n" + b"X: x\r\n" * 300 + b"\r\n"),
    "a trailer of 1 MB": (431, CHUNKED + b"3\r\nabc\r\n0\r\nX: " + b"x" * 1_000_000),
    "many trailers": (431, CHUNKED + b"3\r\nabc\r\n0\r\n" + b"X: xxxxxxxxxx\r\n" * 20_000),
    "an endless chunk extension": (431, CHUNKED + b"3;x=" + b"x" * 1_000_000),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_malformed_request_is_refused_and_ends_the_connection(server: Any, words: Any, name: str) -> None:
    status, request = REFUSED[name]
    hidden = f"/hidden/{name.replace(' ', '-')}"
    with server.call() as line:
        try:
            line.say(request + words.post(hidden))
            reply = line.reply()
        except (ConnectionError, EOFError):
            # a client that is still sending may lose the answer, but never its refusal
            assert len(request) > 100_000
            return
        assert (reply.status, reply.headers["connection"]) == (status, "close")
        assert line.ends()
    assert not [path for path, _ in server.get("/delivered").told if path in ("/malformed", hidden)]


def test_a_head_within_the_bounds_passes(server: Any) -> None:
    filling = [f"X-{number}: {'x' * 250}" for number in range(98)]
    assert server.get("/guide", *filling).status == 200
    assert server.get("/echo", *filling).status == 200


def test_a_head_in_single_bytes_is_understood(server: Any, words: Any) -> None:
    with server.call() as line:
        for byte in words.get("/guide", "Accept-Encoding: br"):
            line.say(bytes([byte]))
        assert line.reply().headers["content-encoding"] == "br"


def test_trailers_never_pass_as_headers(server: Any) -> None:
    request = b"POST /environ HTTP/1.1\r\nHost: toy\r\nTransfer-Encoding: chunked\r\n\r\n"
    told = server.ask(request + b"3\r\nabc\r\n0\r\nX-Real-IP: 1.2.3.4\r\n\r\n").told
    assert "HTTP_X_REAL_IP" not in told
    assert told["CONTENT_LENGTH"] == "3"


def test_a_header_with_an_underscore_never_passes_for_one_with_a_dash(server: Any) -> None:
    told = server.get("/environ", "X_Real_IP: 1.2.3.4", "X-Other: 1").told
    assert "HTTP_X_REAL_IP" not in told
    assert told["HTTP_X_OTHER"] == "1"


def test_what_concerns_the_connection_does_not_reach_the_application(server: Any) -> None:
    told = server.get("/environ", "Connection: keep-alive", "Keep-Alive: 5", "Proxy: evil", "TE: trailers").told
    assert not {"HTTP_CONNECTION", "HTTP_KEEP_ALIVE", "HTTP_PROXY", "HTTP_TE"} & set(told)


def test_cookies_are_joined_as_cookies_and_others_as_lists(server: Any) -> None:
    told = server.get("/environ", "Cookie: a=1", "Cookie: b=2", "Accept: x", "Accept: y").told
    assert (told["HTTP_COOKIE"], told["HTTP_ACCEPT"]) == ("a=1; b=2", "x,y")


def test_the_address_is_the_peers_whatever_is_claimed(server: Any) -> None:
    told = server.get("/environ?a=%20", "X-Forwarded-For: 1.2.3.4", "X-Forwarded-Proto: https").told
    assert (told["REMOTE_ADDR"], told["wsgi.url_scheme"], told["QUERY_STRING"]) == (
        "127.0.0.1",
        "http",
        "a=%20",
    )


def test_a_path_reaches_the_application_decoded_once(server: Any) -> None:
    told = server.get("/environ%2f").told
    assert told["path"] == "/environ/"
    assert server.get("/c%25C3").told["path"] == "/c%C3"
