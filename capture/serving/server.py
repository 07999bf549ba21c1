"""Running the front in the foreground, in one process or several, until SIGTERM or SIGINT."""

import gc
import importlib
import logging
import resource
import signal
import sys
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import NoReturn

from uvicorn.config import STARTUP_FAILURE, Config
from uvicorn.server import Server
from uvicorn.supervisors import Multiprocess

from capture.serving.front import Front
from capture.serving.plan import Plan
from capture.serving.protocol import FrontProtocol

log = logging.getLogger(__name__)

OPEN_FILES = 20_000
SWITCH_SECONDS = 0.0005
GC_THRESHOLDS = (20_000, 50, 1_000)


def run(
    make_app: str,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    processes: int = 1,
    backlog: int = 4096,
    stop_seconds: int = 25,
    max_requests: int | None = None,
    max_requests_jitter: int = 0,
) -> None:
    """Serve the plan that `module:function` returns; ends the interpreter with 0 after a signal, with 1 on failure.

    With several processes each is a fresh interpreter: the function also sets up whatever the plan needs, logging too.
    """
    raise_open_files()
    config = Config(
        partial(load_front, make_app),
        factory=True,
        interface="asgi3",
        host=host,
        port=port,
        workers=processes,
        http=FrontProtocol,
        loop="uvloop",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=backlog,
        timeout_graceful_shutdown=stop_seconds,
        limit_max_requests=max_requests,
        limit_max_requests_jitter=max_requests_jitter,
    )
    try:
        if processes > 1:
            _run_several(config)
        else:
            _run_one(config)
    except SystemExit as end:
        sys.exit(1 if end.code else 0)


def load_front(make_app: str) -> Front:
    """The front for one process, with its plan loaded."""
    open_files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        plan = _plan_of(make_app)
    except Exception:
        log.exception("%s gave no plan", make_app)
        # the one exit code after which uvicorn's parent does not start the same failure again and again
        sys.exit(STARTUP_FAILURE)
    # an eighth stays free: an accepted lead needs files too
    return Front(plan, ready=settle, most_connections=open_files * 3 // 4, most_files=open_files // 8)


def settle() -> None:
    """Loaded modules and pages are never garbage, and with threads beside it the event loop needs its turn soon."""
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)


def raise_open_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _plan_of(make_app: str) -> Plan:
    module, _, function = make_app.partition(":")
    make: Callable[[], Plan] = getattr(importlib.import_module(module), function)
    return make()


def _run_one(config: Config) -> None:
    # uvicorn raises a signal again once it has stopped; this is what then meets it
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    server = Server(config)
    server.run()
    if not server.started:
        sys.exit(STARTUP_FAILURE)


def _run_several(config: Config) -> None:
    supervisor = Multiprocess(config, sockets=[config.bind_socket()])
    supervisor.run()
    if any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes):
        sys.exit(STARTUP_FAILURE)


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    sys.exit(0)
