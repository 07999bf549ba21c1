"""uvicorn promises nothing about its protocol class, so an upgrade that takes a name away must fail here, loudly."""

import inspect

import httptools
import pytest
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

OVERRIDDEN = [
    "connection_made",
    "data_received",
    "on_message_begin",
    "on_header",
    "on_headers_complete",
    "on_body",
    "on_message_complete",
    "on_response_complete",
    "pause_writing",
    "resume_writing",
]
SET_BY_THE_PROTOCOL = [
    "app",
    "connections",
    "cycle",
    "expect_100_continue",
    "flow",
    "headers",
    "loop",
    "parser",
    "pipeline",
    "server_state",
    "transport",
]


@pytest.mark.parametrize("name", [*OVERRIDDEN, "_unset_keepalive_if_required", "shutdown"])
def test_the_protocol_still_has_this_method(name: str) -> None:
    assert inspect.isfunction(getattr(HttpToolsProtocol, name))


@pytest.mark.parametrize("name", SET_BY_THE_PROTOCOL)
def test_the_protocol_still_sets_this_name(name: str) -> None:
    assert name in inspect.getsource(HttpToolsProtocol.__init__)


def test_the_parser_still_gives_the_address_in_pieces_to_one_name() -> None:
    assert "self.url += url" in inspect.getsource(HttpToolsProtocol.on_url)


@pytest.mark.parametrize("name", ["keep_alive", "more_body", "response_complete", "response_started"])
def test_a_cycle_still_has_this_name(name: str) -> None:
    assert f"self.{name} = " in inspect.getsource(RequestResponseCycle.__init__)


def test_the_servers_state_still_has_its_names() -> None:
    state = ServerState()
    assert isinstance(state.connections, set)
    assert isinstance(state.default_headers, list)
    assert isinstance(state.total_requests, int)


def test_flow_control_still_says_whether_writing_is_paused() -> None:
    assert "self.write_paused = False" in inspect.getsource(FlowControl.__init__)


@pytest.mark.parametrize(
    "name",
    [
        "get_method",
        "get_http_version",
        "should_keep_alive",
        "should_upgrade",
        "feed_data",
        "set_dangerous_leniencies",
    ],
)
def test_the_parser_still_has_this_method(name: str) -> None:
    assert callable(getattr(httptools.HttpRequestParser, name))


def test_an_exception_in_a_callback_still_stops_the_parser() -> None:
    class Stops:
        seen = 0

        def on_headers_complete(self) -> None:
            self.seen += 1
            raise ValueError

    stops = Stops()
    with pytest.raises(httptools.HttpParserError):
        httptools.HttpRequestParser(stops).feed_data(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 3)
    assert stops.seen == 1


def test_an_offered_protocol_still_says_where_it_would_begin() -> None:
    request = b"POST / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 1\r\n\r\n"
    with pytest.raises(httptools.HttpParserUpgrade) as offer:
        httptools.HttpRequestParser(object()).feed_data(request + b"x")
    assert offer.value.args == (len(request),)
