"""Several requests on one connection before the first is answered."""

from typing import Any


def test_answers_come_in_the_order_of_their_requests(server: Any, words: Any) -> None:
    paths = ["/guide", "/echo?a=1&sleep=0.2", "/guide", "/echo?a=2", "/"]
    with server.call() as line:
        line.say(b"".join(words.get(path) for path in paths))
        sizes = [len(line.reply().body) for _ in paths]
    assert [size > 10_000 for size in sizes] == [True, False, True, False, True]


def test_a_body_between_two_requests_is_nobody_elses(server: Any, words: Any) -> None:
    with server.call() as line:
        line.say(words.post("/echo", words.get("/guide")) + words.get("/guide") + words.get("/echo?last"))
        assert line.reply().told["bytes"] == len(words.get("/guide"))
        assert line.reply().headers["content-type"].startswith("text/html")
        assert line.reply().told["query"] == "last"


def test_a_get_with_a_body_leaves_the_next_request_in_its_place(server: Any, words: Any) -> None:
    with server.call() as line:
        for path in ("/guide", "/echo"):
            line.say(words.get(path, "Content-Length: 5") + b"hello" + words.get("/echo?next"))
            assert line.reply().status == 200
            assert line.reply().told["query"] == "next"


def test_head_then_get_on_one_connection(server: Any, words: Any) -> None:
    for path in ("/guide", "/echo"):
        with server.call() as line:
            line.say(words.get(path, method="HEAD") + words.get(path))
            announced = line.reply(to_head=True)
            assert len(line.reply().body) == int(announced.headers["content-length"])


def test_nothing_behind_a_closing_request_is_answered(server: Any, words: Any) -> None:
    for path in ("/guide", "/echo"):
        with server.call() as line:
            line.say(words.get(path, "Connection: close") + words.get("/guide") + words.post("/hidden/close"))
            assert line.reply().status == 200
            assert line.ends()
    assert ["/hidden/close", 0] not in server.get("/delivered").told


def test_a_request_behind_a_refused_one_never_runs(impatient: Any, words: Any) -> None:
    with impatient.call() as line:
        line.say(words.get("/echo", "Content-Length: 70000", method="POST") + words.post("/hidden/behind"))
        assert line.reply().status == 413
        assert line.ends()
    assert ["/hidden/behind", 0] not in impatient.get("/delivered").told


def test_rubbish_behind_a_slow_request_does_not_take_its_answer(server: Any, words: Any) -> None:
    with server.call() as line:
        line.say(words.get("/echo?first&sleep=0.2") + b"rubbish\r\n\r\n" + words.post("/hidden/rubbish"))
        assert line.reply().told["query"] == "first&sleep=0.2"
        assert line.ends()
    assert ["/hidden/rubbish", 0] not in server.get("/delivered").told


UPGRADE = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk")


def test_an_offer_to_change_the_protocol_is_passed_over(server: Any, words: Any) -> None:
    with server.call() as line:
        line.say(words.post("/echo", b"hello", *UPGRADE) + words.get("/guide"))
        assert line.reply().told["bytes"] == 5
        assert line.reply().headers["content-type"].startswith("text/html")
        line.say(words.get("/guide", *UPGRADE) + words.get("/echo?last"))
        assert line.reply().headers["content-type"].startswith("text/html")
        line.say(words.get("/echo?more"))
        assert line.reply().told["query"] == "last"
        assert line.reply().told["query"] == "more"


def test_a_body_after_such_an_offer_may_come_later(server: Any, words: Any) -> None:
    with server.call() as line:
        request = words.post("/echo", b"hello", *UPGRADE)
        line.say(request[:-3])
        server.get("/guide")
        line.say(request[-3:])
        assert line.reply().told["bytes"] == 5


def test_a_malformed_request_with_such_an_offer_is_refused(server: Any) -> None:
    head = b"GET /guide HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    assert server.ask(head + b"\r\n").status == 400
    assert server.ask(head + b"Host: toy\r\nHost: toy\r\n\r\n").status == 400


def test_a_flood_of_such_offers_is_refused(server: Any, words: Any) -> None:
    with server.call() as line:
        line.say(words.get("/guide", *UPGRADE) * 1000)
        assert line.reply().status == 200
        assert line.reply().status == 400
        assert line.ends()
