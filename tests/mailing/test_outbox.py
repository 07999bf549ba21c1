"""Mails: queued with the fact, sent by the worker to a real server, tried again, and kept where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from capture.core import mail
from capture.core.clock import now
from capture.core.transactions import transaction
from capture.mailing import outbox
from capture.mailing.models import Mail
from capture.mailing.outbox import Written, queue
from capture.mailing.retries import WAITS_SECONDS, after_failure
from capture.mailing.send import EXTENSION, send_all, send_due, sender_of
from tests.mailserver import MailServer, mail_server
from tests.products import Product

AT = datetime(2026, 11, 24, 3, 4, 5, tzinfo=UTC)
NEWS = Written(
    "invitation",
    "ẩn@example.com",
    "vi",
    "Mời bạn vào Nhà Thử",
    "Chào bạn",
    ("Một <b>dòng</b>.",),
    ("Nhận", "http://x/y"),
)


@pytest.fixture
def server(site: Product) -> Iterator[MailServer]:
    """A mail server, and the product set to use it."""
    before = site.app.config["SETTINGS"]
    with mail_server() as made:
        site.app.config["SETTINGS"] = replace(before, smtp_url=made.url, mail_from="hello@nharang.example")
        yield made
    site.app.config["SETTINGS"] = before


def queued(**changes: Any) -> str:
    with transaction() as write:
        return queue(write, replace(NEWS, recipient="an@example.com", **changes), at=now())


def test_a_mail_arrives_once_as_text_and_html_in_the_readers_language(site: Product, server: MailServer) -> None:
    mail_id = queued()
    assert send_all() == 1
    assert send_all() == 0
    (came,) = server.taken
    assert came["To"] == "an@example.com"
    assert came["From"] == "hello@nharang.example"
    assert came["Subject"] == "Mời bạn vào Nhà Thử"
    assert came["Message-ID"] == f"<{mail_id}@nharang.example>"
    text, html = came.get_body(("plain",)), came.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "Một <b>dòng</b>." in text.get_content()
    assert "Một &lt;b&gt;dòng&lt;/b&gt;." in html.get_content()
    assert "http://x/y" in text.get_content()
    assert "Bạn nhận thư này" in html.get_content()
    assert site.rows(Mail)[0].state == "sent"


def test_the_worker_sends_beside_its_deliveries(site: Product, server: MailServer) -> None:
    queued()
    send_due()
    under_way = site.app.extensions[EXTENSION]
    assert under_way.acquire(timeout=10)
    under_way.release()
    assert len(server.taken) == 1
    assert site.rows(Mail)[0].state == "sent"


def test_a_mail_of_a_fact_that_was_rolled_back_never_leaves(site: Product, server: MailServer) -> None:
    with pytest.raises(ZeroDivisionError), transaction() as write:
        queue(write, replace(NEWS, recipient="an@example.com"), at=now())
        raise ZeroDivisionError
    assert send_all() == 0
    assert server.taken == []


def test_a_busy_server_is_asked_again_later_and_a_no_is_final(site: Product, server: MailServer) -> None:
    server.answers = ["451 greylisted, come back", "550 no such person"]
    queued()
    send_all()
    (row,) = site.rows(Mail)
    assert (row.state, row.attempts) == ("waiting", 1)
    assert "greylisted" in row.why
    assert send_all() == 0, "not before its time"
    with time_machine.travel(now() + timedelta(seconds=61)):
        assert send_all() == 1
    (row,) = site.rows(Mail)
    assert (row.state, row.attempts) == ("failed", 2)
    assert "550 no such person" in row.why


def test_a_server_that_is_away_is_asked_again(site: Product) -> None:
    before = site.app.config["SETTINGS"]
    site.app.config["SETTINGS"] = replace(before, smtp_url="smtp://127.0.0.1:9")
    try:
        queued()
        send_all()
    finally:
        site.app.config["SETTINGS"] = before
    (row,) = site.rows(Mail)
    assert (row.state, row.attempts) == ("waiting", 1)


def test_the_worker_signs_in_where_the_address_says_so(site: Product, server: MailServer) -> None:
    url = server.url.replace("//", "//linh%40nharang.example:right@")
    settings = site.app.config["SETTINGS"] = replace(site.app.config["SETTINGS"], smtp_url=url, mail_from=None)
    queued()
    send_all()
    assert server.signed_in == [(b"linh@nharang.example", b"right")]
    assert server.taken[0]["From"] == sender_of(settings) == "linh@nharang.example"


def test_two_workers_never_send_one_mail_twice_and_a_lapsed_claim_is_due_again(site: Product) -> None:
    site.app.config["SETTINGS"] = replace(before := site.app.config["SETTINGS"], smtp_url="smtp://127.0.0.1:9")
    queued()
    site.app.config["SETTINGS"] = before
    with transaction() as write:
        first = outbox.claim_one(write, now())
    with transaction() as write:
        assert outbox.claim_one(write, now()) is None
        later = now() + timedelta(seconds=outbox.CLAIM_SECONDS + 1)
        second = outbox.claim_one(write, later)
    assert first.id == second.id
    with transaction() as write:
        assert not outbox.record(write, first, None, at=later), "the first one's word counts no more"
        assert outbox.record(write, second, None, at=later)


def test_without_a_server_mails_are_kept_and_one_time_links_go_when_they_are_over(site: Product) -> None:
    queued(blank_at=now() + timedelta(minutes=30))
    assert site.rows(Mail)[0].state == "kept"
    outbox.blank_expired()
    assert "http://x/y" in site.rows(Mail)[0].text
    with time_machine.travel(now() + timedelta(minutes=31)):
        outbox.blank_expired()
    (row,) = site.rows(Mail)
    assert (row.text, row.html, row.state) == ("", "", "kept")


def test_a_line_break_makes_no_second_header(site: Product) -> None:
    for line in ("\r\nBcc: all@example.com", "\n", "\r", "\x00", "\u2028x", "\x85"):
        for changes in ({"recipient": f"an@example.com{line}"}, {"recipient": "an@example.com", "subject": f"x{line}"}):
            with pytest.raises(ValueError), transaction() as write:
                queue(write, replace(NEWS, **changes), at=now())
        letter = mail.Letter("1", f"a@b.example{line}", "an@example.com", "s", "t", "h", AT)
        with pytest.raises(ValueError):
            mail.message_of(letter)
    assert site.count(Mail) == 0


def test_no_mail_is_sent_inside_a_transaction(site: Product, server: MailServer) -> None:
    letter = mail.Letter("1", "a@b.example", "an@example.com", "s", "t", "h", AT)
    with pytest.raises(RuntimeError), transaction():
        mail.send(server.url, letter)
    assert server.taken == []


def test_a_server_without_encryption_gets_nothing_unless_it_is_this_machine() -> None:
    with mail_server() as plain:
        letter = mail.Letter("1", "a@b.example", "an@example.com", "s", "t", "h", AT)
        assert mail.send(plain.url, letter) is None
        mine, mail.LOOPBACK = mail.LOOPBACK, frozenset()
        try:
            refused = mail.send(plain.url, letter)
            assert refused is not None
            assert "STARTTLS" in refused.detail
            assert mail.send(plain.url + "?starttls=never", letter) is None
        finally:
            mail.LOOPBACK = mine


def test_the_schedule_ends_after_twenty_hours() -> None:
    outlooks = [after_failure(number, is_permanent=False, now=AT) for number in range(1, 8)]
    assert [(one.due_at - AT).total_seconds() for one in outlooks if one.due_at] == list(WAITS_SECONDS)
    assert outlooks[-1].state == "failed"
    assert after_failure(1, is_permanent=True, now=AT).state == "failed"
