"""A signal ends the server after what was begun, with exit code 0."""

import signal
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_request_in_flight_is_finished(start: Any, number: int) -> None:
    server = start()
    with ThreadPoolExecutor(1) as crowd, server.call():
        slow = crowd.submit(server.post, "/lead?sleep=0.6", b"hello")
        time.sleep(0.2)
        server.process.send_signal(number)
        assert slow.result().told["bytes"] == 5
    assert server.process.wait(5) == 0
    assert "the toy stopped\n" in server.said


def test_a_body_that_is_half_there_may_be_finished(start: Any, words: Any, until: Any) -> None:
    server = start()
    with server.call() as line:
        line.say(words.get("/lead", "Content-Length: 10", method="POST") + b"hello")
        time.sleep(0.1)
        server.process.terminate()
        assert until(lambda: refuses_calls(server))
        line.say(b"world")
        assert line.reply().told["bytes"] == 10
    assert server.process.wait(5) == 0


def test_several_processes_serve_and_stop_together(start: Any, until: Any) -> None:
    server = start(processes=2)
    # the parent binds the port, but only its children listen
    assert until(lambda: not refuses_calls(server))
    with ThreadPoolExecutor(1) as crowd:
        slow = crowd.submit(server.post, "/lead?sleep=1", b"hello")
        assert server.get("/guide").status == 200
        time.sleep(0.2)
        server.process.terminate()
        assert slow.result().status == 200
    assert server.process.wait(8) == 0


@pytest.mark.parametrize(
    ("make", "processes"), [("toy:broken_plan", 1), ("no_such_module:plan", 1), ("toy:no_such_plan", 2)]
)
def test_without_a_plan_the_server_ends_with_1_and_says_why(start: Any, make: str, processes: int) -> None:
    server = start(make=make, processes=processes)
    assert server.process.wait(8) == 1


def refuses_calls(server: Any) -> bool:
    try:
        server.call().close()
    except ConnectionRefusedError:
        return True
    return False
