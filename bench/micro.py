"""Where the time of a submission goes: microseconds of the product's own steps, its SQL, and a profile."""

from __future__ import annotations

import argparse
import cProfile
import io
import itertools
import os
import pstats
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, current_app
from people import CAMPAIGN, FORM, browser, form_body
from sqlalchemy import event
from targets import HERE, PAGE, PRODUCT_SETTINGS
from werkzeug.test import EnvironBuilder

from capture import create_app
from capture.attribution.channels import channel_of
from capture.attribution.source import source_of
from capture.core.db import db
from capture.core.migrations import upgrade
from capture.core.shelf import EXTENSION as SHELF
from capture.core.statements import observers
from capture.core.transactions import transaction
from capture.formbuilder.queries import forms_by_slug
from capture.scoring.facts import facts_of
from capture.scoring.queries import models
from capture.scoring.rules import score_card
from capture.sites.apply import apply_file
from capture.sites.here import site_here
from capture.submissions.answers import check_answers
from capture.submissions.arrival import Arrival
from capture.submissions.public import from_browser, thanks_path
from capture.submissions.receive import receive
from capture.submissions.screening import Evidence, screen
from capture.tracking.journey import journey_of

ORIGIN = "http://127.0.0.1:8000"
URL = f"{ORIGIN}/{PAGE}?{urlencode(CAMPAIGN)}"
TRIES, SECONDS_A_TRY = 5, 0.1
VALUE = re.compile(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b")
numbers = itertools.count(1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=300, help="how many are profiled")
    parser.add_argument("--dir", type=Path, default=HERE.parent / "instance" / "bench")
    wanted = parser.parse_args()
    wanted.dir.mkdir(parents=True, exist_ok=True)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {0})
    with tempfile.TemporaryDirectory(dir=wanted.dir) as folder:
        app = made_app(Path(folder))
        with app.test_request_context(f"/f/{PAGE}", method="POST", **posting()):
            print_steps(app)
            print_statements(wanted.submissions)
            print_profile(app, wanted.submissions)


def made_app(folder: Path) -> Flask:
    environment = {**PRODUCT_SETTINGS, "INSTANCE": str(folder)}
    os.environ["HOOK_CRM_SECRET"] = PRODUCT_SETTINGS["HOOK_CRM_SECRET"]
    app = create_app(environment)
    with app.app_context():
        upgrade(app)
        apply_file(HERE / "site.yaml", app.extensions["capture.doors"].sections)
    app.test_client().get(f"/{PAGE}", headers={"Host": "127.0.0.1"})
    return app


def posting() -> dict[str, Any]:
    return {
        "data": form_body(next(numbers), PAGE),
        "headers": {**browser(ORIGIN, PAGE), **FORM},
        "base_url": ORIGIN,
        "environ_base": {"REMOTE_ADDR": "127.0.0.1"},
    }


def print_steps(app: Flask) -> None:
    print("| step | µs median | min–max |\n| --- | ---: | ---: |")
    for name, step in steps(app).items():
        times = [microseconds(step) for _ in range(TRIES)]
        print(f"| {name} | {statistics.median(times):,.1f} | {min(times):,.1f}–{max(times):,.1f} |")


def steps(app: Flask) -> dict[str, Callable[[], object]]:
    """Each as the product runs it."""
    site = site_here()
    form = forms_by_slug()[site.id, PAGE]
    arrival = arrived()
    answers, source = check_answers(arrival), source_of(URL, None, own_hosts=site.hosts)
    receipt = receive(arrival)
    with transaction() as write:
        journey = journey_of(write, one_lead())
    facts = facts_of(
        {"email": answers.contact.email, "phone": answers.contact.phone}, answers.values, journey, offer_kind="ebook"
    )
    return {
        "shelf answer, br": lambda: app.extensions[SHELF].answer("127.0.0.1:8000", f"/{PAGE}", "", "br", ""),
        "arrival out of the request": lambda: from_browser(site, form),
        "validation of the form (check_answers)": lambda: check_answers(arrival),
        "screening": lambda: screen(Evidence("", "Ann Lee", "same-origin")),
        "source_of": lambda: source_of(URL, None, own_hosts=site.hosts),
        "channel_of": lambda: channel_of(source),
        "facts_of": lambda: facts_of(
            {"email": "a@example.com", "phone": "+14152000001"}, answers.values, journey, offer_kind="ebook"
        ),
        "score_card": lambda: score_card(models()[site.id], facts),
        "thanks_path (signature)": lambda: thanks_path(receipt),
        "empty transaction": empty_transaction,
        "receive, one at a time, durable": lambda: receive(arrived()),
        "making of the request for that": arrived,
        "POST as a WSGI call, one at a time, durable": lambda: called(app, environ()),
        "making of the environ for that": environ,
    }


def arrived() -> Arrival:
    """A new person's form, as the door gives it to `receive`."""
    with current_app.test_request_context(f"/f/{PAGE}", method="POST", **posting()):
        site = site_here()
        return from_browser(site, forms_by_slug()[site.id, PAGE])


def environ() -> dict[str, Any]:
    return EnvironBuilder(f"/f/{PAGE}", method="POST", **posting()).get_environ()


def called(app: Flask, environ: dict[str, Any]) -> None:
    statuses: list[str] = []
    b"".join(app.wsgi_app(environ, lambda status, _headers: statuses.append(status)))  # type: ignore[arg-type,return-value]
    if not statuses[0].startswith("303"):
        raise RuntimeError(f"the form was answered with {statuses[0]}")


def one_lead() -> str:
    return str(db.session.connection().exec_driver_sql("SELECT id FROM lead LIMIT 1").scalar())


def empty_transaction() -> None:
    with transaction():
        pass


def microseconds(step: Callable[[], object]) -> float:
    step()
    calls, began = 0, time.perf_counter()
    while time.perf_counter() - began < SECONDS_A_TRY:
        step()
        calls += 1
    return (time.perf_counter() - began) / calls * 1e6


def print_statements(submissions: int) -> None:
    """The statements of a submission, and its time with and without waiting for the disk."""
    arrivals = [arrived() for _ in range(submissions)]
    wall, cpu = time.perf_counter(), time.process_time()
    for one in arrivals:
        receive(one)
    wall = (time.perf_counter() - wall) / submissions * 1e6
    cpu = (time.process_time() - cpu) / submissions * 1e6
    with traced() as texts:
        receive(arrived())
    print(f"\nreceive: {wall:,.0f} µs, of it CPU {cpu:,.0f} µs; {len(texts)} statements:\n")
    print("\n".join(f"{number}. {text}" for number, text in enumerate(texts, 1)))


@contextmanager
def traced() -> Iterator[list[str]]:
    """What the database is asked, by either way (many rows at once count as one)."""
    texts: list[str] = []

    def note(text: str) -> None:
        texts.append(short(text))

    def on_execute(_connection: Any, _cursor: Any, text: str, *_: Any) -> None:
        note(text)

    event.listen(db.engine, "before_cursor_execute", on_execute)
    observers.append(note)
    try:
        yield texts
    finally:
        observers.remove(note)
        event.remove(db.engine, "before_cursor_execute", on_execute)


def short(statement: str) -> str:
    text = " ".join(VALUE.sub("?", statement).split())
    where = text.partition(" FROM ")[2] if text.startswith("SELECT") else ""
    return f"SELECT … FROM {where[:110]}" if where else text[:60]


def print_profile(app: Flask, submissions: int) -> None:
    """Of the whole call: Flask, the door, `receive`."""
    environs = [environ() for _ in range(submissions)]
    profile = cProfile.Profile()
    profile.enable()
    for one in environs:
        called(app, one)
    profile.disable()
    for order, lines in (("tottime", 25), ("cumulative", 45)):
        text = io.StringIO()
        pstats.Stats(profile, stream=text).strip_dirs().sort_stats(order).print_stats(lines)
        print(f"\n{submissions} × POST by {order} (the profiler's own cost is in it):")
        print("\n".join(line for line in text.getvalue().splitlines()[6:] if line.strip()))


if __name__ == "__main__":
    main()
