"""A page behind a password: nobody keeps it, nobody finds it, and who knows the word comes in without script."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import time_machine
from flask.testing import FlaskClient

from capture.core.clock import now
from capture.core.shelf import EXTENSION as SHELF
from capture.submissions.models import Submission
from tests.conftest import GUIDE_WORD as WORD
from tests.products import Product

STANDARD = Path(__file__).parents[1] / "site.yaml"
SECRET = "Roast your first batch"


@pytest.fixture
def locked(site: Product) -> Product:
    site.put("pages", "guide", password="env:HOOK_GUIDE_WORD")
    return site


def unlocked(client: FlaskClient, locale: str = "en", word: str = WORD, query: str = "") -> str:
    answer = client.post("/_unlock/guide", data={"_password": word, "_locale": locale, "_query": query})
    assert answer.status_code == 303, answer.status_code
    return answer.headers["Location"]


def test_a_stranger_is_asked_in_the_pages_language_and_sees_nothing_of_it(locked: Product) -> None:
    client = locked.app.test_client()
    for path, title in (("/guide", "Trang này có mật khẩu"), ("/en/guide", "This page has a password")):
        answer = client.get(f"{path}?utm_source=x")
        assert answer.status_code == 200
        assert title in answer.text
        assert SECRET not in answer.text and "Rang mẻ" not in answer.text and "rang xay" not in answer.text
        assert 'name="_query" value="utm_source=x"' in answer.text
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert "Set-Cookie" not in answer.headers


def test_who_knows_the_password_comes_back_to_where_they_were(locked: Product) -> None:
    client = locked.app.test_client()
    assert unlocked(client, query="utm_source=x&utm_medium=y") == "/en/guide?utm_source=x&utm_medium=y"
    answer = client.get("/en/guide?utm_source=x")
    assert SECRET in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in answer.headers


def test_the_cookie_is_for_that_path_alone(locked: Product) -> None:
    client = locked.app.test_client()
    answer = client.post("/_unlock/guide", data={"_password": WORD, "_locale": "en"})
    [cookie] = answer.headers.getlist("Set-Cookie")
    told = dict(part.strip().partition("=")[::2] for part in cookie.split(";"))
    assert told["Path"] == "/en/guide"
    assert told["Max-Age"] == "43200"
    assert told["SameSite"] == "Lax"
    assert "HttpOnly" in told and "Domain" not in told
    secure = client.post("/_unlock/guide", data={"_password": WORD}, base_url="https://localhost")
    assert "Secure" in secure.headers["Set-Cookie"]


def test_no_shelf_and_no_sitemap_has_it(locked: Product) -> None:
    client = locked.app.test_client()
    unlocked(client)
    locked.app.extensions[SHELF].keep_up()
    for path in ("/guide", "/en/guide"):
        client.get(path)
        assert locked.app.extensions[SHELF].answer("localhost", path, "", "", "") is None
    assert "guide" not in client.get("/sitemap.xml").text
    assert "/guide" not in client.get("/robots.txt").text


def test_a_password_takes_the_page_off_the_shelf(site: Product, client: FlaskClient) -> None:
    client.get("/guide")
    shelf = site.app.extensions[SHELF]
    assert shelf.answer("localhost", "/guide", "", "", "") is not None
    site.put("pages", "guide", password="env:HOOK_GUIDE_WORD")
    shelf.keep_up()
    assert shelf.answer("localhost", "/guide", "", "", "") is None


@pytest.mark.parametrize("word", ["", "x", WORD + "x", WORD.upper(), WORD[:-1], "a" * 100_000, "\x00"])
def test_a_wrong_password_is_asked_again(locked: Product, word: str) -> None:
    client = locked.app.test_client()
    answer = client.post("/_unlock/guide", data={"_password": word, "_locale": "en", "_query": "utm_source=x"})
    assert answer.status_code == 422
    assert "This is not the password" in answer.text
    assert 'name="_query" value="utm_source=x"' in answer.text
    assert "Set-Cookie" not in answer.headers
    assert word not in answer.text or word in {"", "x"}
    assert SECRET not in client.get("/en/guide").text


def test_a_pass_ends_after_twelve_hours_and_with_the_password(locked: Product) -> None:
    client = locked.app.test_client()
    with time_machine.travel(now(), tick=False) as clock:
        unlocked(client)
        token = client.get_cookie("capture_page", path="/en/guide").decoded_value  # type: ignore[union-attr]
        worn = {"Cookie": f"capture_page={token}"}
        other = locked.app.test_client(use_cookies=False)
        clock.shift(12 * 3600 - 1)
        assert SECRET in other.get("/en/guide", headers=worn).text
        clock.shift(2)
        assert SECRET not in other.get("/en/guide", headers=worn).text
    unlocked(client)
    token = client.get_cookie("capture_page", path="/en/guide").decoded_value  # type: ignore[union-attr]
    locked.put("pages", "guide", password="env:HOOK_CRM_SECRET")
    assert SECRET not in other.get("/en/guide", headers={"Cookie": f"capture_page={token}"}).text


def test_a_pass_opens_one_page_only_and_a_forged_one_none(locked: Product) -> None:
    client = locked.app.test_client()
    locked.put("pages", "summer", password="env:HOOK_GUIDE_WORD")
    unlocked(client)
    token = client.get_cookie("capture_page", path="/en/guide").decoded_value  # type: ignore[union-attr]
    other = locked.app.test_client(use_cookies=False)
    assert "20 % off" not in other.get("/en/summer", headers={"Cookie": f"capture_page={token}"}).text
    for forged in (token[:-1] + ("A" if token[-1] != "A" else "B"), token + "A", "", "x.y.z", "ÿ", token.split(".")[0]):
        assert SECRET not in other.get("/en/guide", headers={"Cookie": f"capture_page={forged}"}).text


def test_the_form_of_the_page_works_and_its_errors_show_the_page(locked: Product) -> None:
    client = locked.app.test_client()
    unlocked(client)
    proof = re.search(r'name="_pass" value="([^"]+)"', client.get("/en/guide").text)
    assert proof
    data = {"email": "x", "_page": "guide", "_locale": "en", "_pass": proof[1]}
    wrong = client.post("/f/guide", data=data)
    assert wrong.status_code == 422 and SECRET in wrong.text and wrong.headers["Cache-Control"] == "no-store"
    assert client.post("/f/guide", data={**data, "email": "an@example.com"}).status_code == 303
    assert locked.rows(Submission)[0].page_version_id is not None


def test_nobody_reads_the_page_through_its_form(locked: Product) -> None:
    client = locked.app.test_client()
    for proof in (None, "", "x", "a.b.c"):
        data = {"email": "x", "_page": "guide", "_locale": "en"} | ({} if proof is None else {"_pass": proof})
        answer = client.post("/f/guide", data=data)
        assert answer.status_code == 422
        assert SECRET not in answer.text and "_pass" not in answer.text
    client.post("/f/guide", data={"email": "an@example.com", "_page": "guide"})
    client.post("/api/v1/forms/guide/submissions", json={"fields": {"email": "b@example.com"}, "page": "guide"})
    assert [one.page_version_id for one in locked.rows(Submission)] == [None, None]


def test_the_way_back_leads_nowhere_else(locked: Product) -> None:
    client = locked.app.test_client()
    for query in ("\r\nSet-Cookie: a=1", "//evil.example", "#x", "?x", "é", "<b>", "a" * 9_000):
        place = unlocked(client, query=query, locale="fr")
        assert re.fullmatch(r"/guide(\?[!-~]*)?", place) and len(place) < 2_100


@pytest.mark.parametrize("slug", ["pricing", "nothing", "%00", "_unlock", "../guide"])
def test_there_is_nothing_to_unlock_where_no_password_is(locked: Product, slug: str) -> None:
    assert locked.app.test_client().post(f"/_unlock/{slug}", data={"_password": WORD}).status_code == 404


def test_a_closed_page_cannot_be_unlocked(locked: Product) -> None:
    locked.put("pages", "guide", published=False)
    assert locked.app.test_client().post("/_unlock/guide", data={"_password": WORD}).status_code == 404


def test_many_tries_have_to_wait(tmp_path: Path) -> None:
    product = Product.made(tmp_path, f"sqlite:///{tmp_path}/x.sqlite", RATE_LIMITS="on")
    with product.app.app_context():
        product.apply(STANDARD)
        product.put("pages", "guide", password="env:HOOK_GUIDE_WORD")
    client = product.app.test_client()
    with time_machine.travel(now(), tick=False):
        tries = [client.post("/_unlock/guide", data={"_password": "x", "_locale": "en"}) for _ in range(11)]
        right = client.post("/_unlock/guide", data={"_password": WORD})
    product.close()
    assert [one.status_code for one in tries] == [422] * 10 + [429]
    assert "Please wait a minute" in tries[-1].text and tries[-1].headers["Retry-After"] == "60"
    assert right.status_code == 429


def test_no_other_page_sets_a_cookie(locked: Product) -> None:
    client = locked.app.test_client()
    unlocked(client)
    for path in ("/", "/guide", "/en/guide", "/pricing", "/summer", "/t.js", "/nothing", "/robots.txt", "/sitemap.xml"):
        assert "Set-Cookie" not in client.get(path).headers, path
