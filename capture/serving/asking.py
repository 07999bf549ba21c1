"""What is asked of the shelf, and by which words, so that every way into this room asks alike."""

import logging
from typing import NamedTuple

from capture.core.finished import Finished, Headers
from capture.serving.plan import Plan

SEEN = (200, 304)  # a visitor who has the page sees it too

log = logging.getLogger(__name__)

NOTED = {b"host": "host", b"accept-encoding": "accept_encoding", b"if-none-match": "if_none_match"}


class Question(NamedTuple):
    host: str
    path: str
    query: str
    accept_encoding: str
    if_none_match: str


def question_of(path: str, query: bytes, headers: Headers) -> Question:
    noted: dict[str, str] = {}
    for name, value in headers:
        if name in NOTED:
            key, text = NOTED[name], value.decode("latin-1")
            noted[key] = f"{noted[key]}, {text}" if key in noted else text
    return Question(
        noted.get("host", ""),
        path,
        query.decode("latin-1"),
        noted.get("accept_encoding", ""),
        noted.get("if_none_match", ""),
    )


def answer_to(plan: Plan, question: Question) -> Finished | None:
    """A broken shelf costs speed, not the page: the application is asked instead."""
    try:
        return plan.shelf(*question)
    except Exception:
        log.exception("the shelf failed on %r", question.path)
        return None


def note_view(plan: Plan, question: Question, headers: Headers, peer: str) -> None:
    if plan.viewed is None:
        return
    try:
        plan.viewed(question.host, question.path, question.query, headers, peer)
    except Exception:
        log.exception("a view of %r was not noted", question.path)
