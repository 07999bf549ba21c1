"""A forgotten password: one answer for everybody, a link that is good once, and the owner hears of the change."""

from __future__ import annotations

import re
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import update

from capture.accounts.models import SignIn, User
from capture.accounts.passwords import problem_with
from capture.accounts.resets import answer_requests
from capture.core.clock import now
from capture.core.transactions import transaction
from capture.mailing.models import Mail
from tests.colleagues import LINH, PASSWORD, hired, link_of_newest_mail, post, signed_in, try_password
from tests.products import Product, csrf_in

FORGOTTEN = "/console/forgotten"
NEW = "một câu mới dài hơn hẳn"


def ask(product: Product, email: str) -> str:
    answer = post(product.app.test_client(), FORGOTTEN, seen_at=FORGOTTEN, email=email)
    assert answer.status_code == 200
    return re.sub(r'(name="csrf_token" value=")[^"]*', r"\1…", answer.text).replace(email, "…")


def test_a_new_password_comes_by_mail_and_ends_every_session(site: Product) -> None:
    hired(site)
    elsewhere = signed_in(site)
    ask(site, LINH)
    path, browser = link_of_newest_mail(site), site.app.test_client()
    assert post(browser, path, seen_at=path, password="too short").status_code == 422
    assert post(browser, path, seen_at=path, password=NEW).headers["Location"] == "/console/"
    assert browser.get("/console/").status_code == 200
    assert elsewhere.get("/console/").status_code == 303
    assert try_password(site.app.test_client()).status_code == 422
    assert try_password(site.app.test_client(), password=NEW).status_code == 303
    assert site.rows(Mail, recipient=LINH)[-1].kind == "password_changed"
    assert browser.get(path).status_code == 410


def test_an_unknown_address_gets_the_same_answer_in_the_same_time_and_no_mail(site: Product) -> None:
    hired(site)
    hired(site, "gone@example.com", "viewer")
    with transaction() as write:
        write.execute(update(User).where(User.email == "gone@example.com").values(disabled_at=now()))
    told = {ask(site, email) for email in (LINH, "nobody@example.com", "gone@example.com")}
    assert len(told) == 1
    answer_requests()
    assert [one.recipient for one in site.rows(Mail)] == [LINH]
    spent: dict[str, list[float]] = {LINH: [], "nobody@example.com": []}
    for _ in range(15):
        for email, times in spent.items():
            began = time.process_time()
            ask(site, email)
            times.append(time.process_time() - began)
    known, unknown = (statistics.median(times) for times in spent.values())
    assert 0.6 < known / unknown < 1.7, f"{known:.4f} s against {unknown:.4f} s"


def test_one_link_pressed_at_once_in_many_browsers_changes_the_password_once(site: Product) -> None:
    hired(site)
    ask(site, LINH)
    path = link_of_newest_mail(site)
    browsers = [site.app.test_client() for _ in range(6)]
    tokens = [csrf_in(browser.get(path).text) for browser in browsers]

    def press(number: int) -> int:
        data = {"csrf_token": tokens[number], "password": f"{NEW} {number}"}
        return browsers[number].post(path, data=data).status_code

    with ThreadPoolExecutor(6) as pool:
        answers = sorted(pool.map(press, range(6)))
    assert answers == [303] + [410] * 5
    assert site.count(SignIn) == 1


def test_a_link_ends_after_half_an_hour_and_a_newer_one_replaces_it(site: Product) -> None:
    hired(site)
    ask(site, LINH)
    first = link_of_newest_mail(site)
    ask(site, LINH)
    second = link_of_newest_mail(site)
    browser = site.app.test_client()
    assert browser.get(first).status_code == 410
    assert browser.get(second).status_code == 200
    with time_machine.travel(now() + timedelta(minutes=31)):
        assert browser.get(second).status_code == 410


def test_a_look_at_the_link_changes_nothing(site: Product) -> None:
    hired(site)
    ask(site, LINH)
    path, browser = link_of_newest_mail(site), site.app.test_client()
    for method in ("GET", "HEAD", "OPTIONS", "GET"):
        browser.open(path, method=method)
    assert browser.post(path, data={"password": NEW}).status_code == 400, "without the browser's own token"
    assert post(browser, path, seen_at=path, password=NEW).status_code == 303


def test_nobody_is_flooded_with_links(site: Product) -> None:
    hired(site)
    for _ in range(8):
        ask(site, LINH)
        answer_requests()
    assert site.count(Mail, kind="reset") == 3


def test_a_host_that_somebody_made_up_is_in_no_mail(site: Product) -> None:
    hired(site)
    stranger = site.app.test_client()
    token = csrf_in(stranger.get(FORGOTTEN, base_url="http://evil.example").text)
    data = {"csrf_token": token, "email": LINH}
    assert stranger.post(FORGOTTEN, data=data, base_url="http://evil.example").status_code == 200
    answer_requests()
    (mail,) = site.rows(Mail)
    assert "evil.example" not in mail.text + mail.html
    ask(site, LINH)
    answer_requests()
    assert "http://localhost/console/forgotten/" in site.rows(Mail)[-1].text


def test_what_is_typed_may_be_anything(site: Product) -> None:
    for email in ("", "x", "a\r\nBcc: b@example.com", "@", "x" * 5_000, "\x00@", "%(x)s@example.com"):
        answer = post(site.app.test_client(), FORGOTTEN, seen_at=FORGOTTEN, email=email)
        assert answer.status_code in {200, 422}, email
    answer_requests()
    assert site.count(Mail) == 0


@pytest.mark.parametrize(
    "password",
    [
        "qwertyuiopasdfgh",
        "iloveyouforever",
        "matkhau matkhau",
        "linh@example.com",
        "linhlinhlinh2024",
        "nguyễn linh 2024",
    ],
)
def test_what_everybody_would_guess_first_is_refused(password: str) -> None:
    assert problem_with(password, (LINH, "Linh Nguyễn", "Nhà Rang"))
    assert problem_with(PASSWORD, (LINH, "Linh Nguyễn", "Nhà Rang")) is None
