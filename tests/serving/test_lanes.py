"""Full lanes refuse at once, and no lane takes another's threads."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

TIGHT = {"lanes": {"leads": (2, 8), "beacons": (1, 1), "rest": (2, 2)}, "queue_seconds": 0.25}


def test_a_full_lane_refuses_at_once_and_says_when_to_come_again(start: Any) -> None:
    server = start({"lanes": {"leads": (1, 1), "beacons": (1, 1), "rest": (1, 1)}})
    with ThreadPoolExecutor(12) as crowd:
        asked = [crowd.submit(server.post, "/lead?sleep=0.4", b"hello") for _ in range(12)]
        replies = [one.result() for one in asked]
    refused = [reply for reply in replies if reply.status == 503]
    assert len(refused) == 10
    assert {reply.headers["retry-after"] for reply in refused} == {"5"}
    assert server.post("/lead", b"hello").status == 200


def test_beacons_never_starve_leads(start: Any) -> None:
    server = start(TIGHT)
    took = []
    with ThreadPoolExecutor(16) as crowd:
        beacons = [crowd.submit(server.post, "/beacon?sleep=0.1", b"{}") for _ in range(40)]
        for _ in range(5):
            began = time.monotonic()
            assert server.post("/lead", b"hello").headers["x-lane"].startswith("leads")
            took.append(time.monotonic() - began)
        statuses = {one.result().status for one in beacons}
    assert statuses == {200, 503}
    assert sorted(took)[2] < 0.1


def test_what_waited_too_long_is_refused_without_running(start: Any) -> None:
    server = start(TIGHT)
    with ThreadPoolExecutor(2) as crowd:
        first = crowd.submit(server.post, "/beacon/first?sleep=0.5", b"{}")
        time.sleep(0.1)
        second = crowd.submit(server.post, "/beacon/second", b"{}")
        assert (first.result().status, second.result().status) == (200, 503)
    delivered = [path for path, _ in server.get("/delivered").told]
    assert "/beacon/first" in delivered and "/beacon/second" not in delivered


def test_waiting_work_is_refused_though_no_thread_becomes_free(start: Any) -> None:
    server = start(TIGHT)
    with ThreadPoolExecutor(2) as crowd:
        first = crowd.submit(server.post, "/beacon?sleep=2", b"{}")
        time.sleep(0.1)
        began = time.monotonic()
        assert server.post("/beacon", b"{}").status == 503
        assert time.monotonic() - began < 1
        assert first.result().status == 200


def test_pages_are_served_while_every_lane_is_full(start: Any) -> None:
    server = start({"lanes": {"leads": (1, 0), "beacons": (1, 0), "rest": (1, 0)}})
    with ThreadPoolExecutor(1) as crowd:
        slow = crowd.submit(server.get, "/echo?sleep=0.4")
        time.sleep(0.1)
        assert server.get("/echo").status == 503
        assert server.get("/guide").status == server.get("/guide", "Content-Length: 0").status == 200
        assert slow.result().status == 200
