"""Where from, what before, and what they get."""

from __future__ import annotations

import contextvars
from datetime import UTC, datetime, timedelta

import orjson
import pytest
import time_machine
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder

from capture.delivery.models import Message
from capture.leads.models import Doubt, Lead
from capture.offers.models import Coupon, CouponCode, Grant
from capture.scoring.models import Score
from capture.serving.adapter import Call
from capture.serving.files import FileAnswer
from capture.submissions.models import Submission
from capture.tracking.models import Touchpoint, Visit, Visitor
from tests.products import Product, typed

AN_ID, OTHER_ID = "A" * 22, "B" * 22
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120 Safari/537.36"}


def look(client: FlaskClient, page: str, visitor: str = AN_ID, url: str = "", referrer: str = "") -> None:
    event = {"kind": "page_view", "page": page, "url": "http://localhost" + (url or page), "referrer": referrer}
    assert client.post("/t", json={"visitor": visitor, "events": [event]}, headers=BROWSER).status_code == 204


def sent(site: Product) -> dict:  # type: ignore[type-arg]
    return orjson.loads(site.rows(Message)[-1].body)["data"]


def test_without_script_the_referer_is_the_landing_address(client: FlaskClient, site: Product) -> None:
    came = "http://localhost/guide?utm_source=facebook&utm_medium=cpc&utm_campaign=tet&fbclid=x1"
    client.post("/f/guide", data={**typed(), "_page": "guide"}, headers={"Referer": came})
    first = sent(site)["attribution"]["first_touch"]
    assert (first["channel"], first["source"], first["medium"], first["campaign"]) == (
        "Paid Social",
        "facebook",
        "cpc",
        "tet",
    )
    assert first["click_ids"] == {"fbclid": "x1"}
    assert first["landing_page"] == "/guide"
    assert sent(site)["touchpoints"]["recent"][0]["page"] == "/guide"


def test_a_refused_form_keeps_where_the_visitor_came_from(client: FlaskClient, site: Product) -> None:
    came = "http://localhost/guide?utm_source=zalo&utm_medium=social"
    again = client.post("/f/guide", data={**typed(email="an"), "_page": "guide"}, headers={"Referer": came}).text
    assert "utm_source=zalo&amp;utm_medium=social" in again
    client.post(
        "/f/guide", data={**typed(), "_page": "guide", "_url": came}, headers={"Referer": "http://localhost/f/guide"}
    )
    assert sent(site)["attribution"]["first_touch"]["source"] == "zalo"


def test_views_before_the_form_are_joined_and_scored(client: FlaskClient, site: Product) -> None:
    look(client, "/guide", url="/guide?utm_source=google&utm_medium=cpc&gclid=g1")
    look(client, "/pricing", referrer="http://localhost/guide")
    client.post("/f/guide", data={**typed(), "_visitor": AN_ID, "_url": "http://localhost/guide"})
    data = sent(site)
    assert {"rule": "price-page", "label": "Viewed the price page", "points": 15} in data["lead"]["reasons"]
    assert data["attribution"]["first_touch"]["channel"] == "Paid Search"
    assert [one["page"] for one in data["touchpoints"]["recent"]] == ["/pricing", "/guide"]
    assert site.count(Visit) == 1, "going on inside the site is no new visit"


def test_first_touch_stays_and_last_touch_moves(client: FlaskClient, site: Product) -> None:
    with time_machine.travel(datetime(2026, 11, 1, tzinfo=UTC), tick=False):
        look(client, "/guide", url="/guide?utm_source=google&utm_medium=cpc")
        client.post("/f/guide", data={**typed(), "_visitor": AN_ID})
    with time_machine.travel(datetime(2026, 11, 3, tzinfo=UTC), tick=False):
        look(client, "/guide", url="/guide?utm_source=newsletter&utm_medium=email")
        client.post("/f/guide", data={**typed(name="An"), "_visitor": AN_ID})
    touches = sent(site)["attribution"]
    assert touches["first_touch"]["channel"] == "Paid Search"
    assert touches["last_touch"]["channel"] == "Email"


def test_a_browser_never_joins_two_identified_people(client: FlaskClient, site: Product) -> None:
    look(client, "/pricing")
    client.post("/f/guide", data={**typed(), "_visitor": AN_ID})
    client.post(
        "/f/guide", data={**typed(email="binh@example.com", phone="0987654321", name="Bình"), "_visitor": AN_ID}
    )
    an, binh = site.rows(Lead)
    assert site.rows(Visitor, id=AN_ID)[0].lead_id == an.id
    assert sent(site)["touchpoints"]["total"] == 0
    assert binh.score < an.score


def test_an_email_of_one_beside_a_phone_of_another_is_a_doubt(client: FlaskClient, site: Product) -> None:
    client.post("/f/guide", data=typed())
    client.post("/f/guide", data=typed(email="binh@example.com", phone="0987654321", name="Trần Bình"))
    client.post("/f/guide", data=typed(phone="0987654321"))
    an, binh = site.rows(Lead)
    assert an.submissions == 2
    assert an.phone == "+84912345678", "the doubted phone is kept, not shown"
    [doubt] = site.rows(Doubt)
    assert {doubt.lead_id, doubt.other_lead_id} == {an.id, binh.id}


def test_the_console_says_where_a_value_is_from_and_why_two_may_be_one(client: FlaskClient, site: Product) -> None:
    client.post("/f/guide", data={**typed(), "_page": "guide"})
    client.post("/f/guide", data=typed(email="binh@example.com", phone="0987654321", name="Trần Bình"))
    client.post("/f/guide", data=typed(phone="0987654321"))
    browser = site.signed_in()
    browser.set_cookie("capture_locale", "en")
    an, _binh = site.rows(Lead)
    page = browser.get(f"/console/leads/{an.id}").text
    assert "Form “The roasting guide”" in page
    assert "One of them gave the phone number of the other, and another email." in page


def test_what_was_not_measured_is_unknown(client: FlaskClient, site: Product) -> None:
    client.post("/f/guide", data=typed())
    [score] = site.rows(Score)
    assert "price-page" not in [reason["rule"] for reason in score.reasons]
    assert score.model_id


def test_a_beacon_of_a_declared_robot_is_answered_alike_and_not_kept(client: FlaskClient, site: Product) -> None:
    robot = {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}
    event = {"visitor": AN_ID, "events": [{"kind": "page_view", "page": "/guide"}]}
    assert client.post("/t", json=event, headers=robot).status_code == 204
    assert site.count(Touchpoint) == 0


def test_stages_are_crossed_once_and_announced(client: FlaskClient, site: Product) -> None:
    client.post("/f/guide", data=typed())
    client.post("/f/guide", data=typed(size="big"))
    assert [message.type for message in site.rows(Message)] == ["lead.created", "lead.updated", "lead.stage_changed"]
    assert sent(site)["stage"] == {"from": "iql", "to": "sql", "why": "score 95 reached 75"}
    assert site.rows(Lead)[0].stage == "sql"


def test_an_ebook_is_a_signed_expiring_download_that_counts(client: FlaskClient, site: Product) -> None:
    thanks = client.get(client.post("/f/guide", data={**typed(), "_page": "guide"}).headers["Location"])
    assert thanks.headers["Cache-Control"] == "no-store"
    link = thanks.text.split('href="/d/')[1].split('"')[0]
    with client.get(f"/d/{link}") as file:
        assert file.data.startswith(b"%PDF-")
        assert file.headers["Content-Disposition"].startswith("attachment")
    assert site.count(Touchpoint, kind="download") == 1
    assert client.get(f"/d/{link[:-1]}{'B' if link.endswith('A') else 'A'}").status_code == 404
    with time_machine.travel(datetime.now(UTC) + timedelta(days=8)):
        assert client.get(f"/d/{link}").status_code == 404


def test_a_download_counts_once_however_a_reader_fetches_it(client: FlaskClient, site: Product) -> None:
    thanks = client.get(client.post("/f/guide", data={**typed(), "_page": "guide"}).headers["Location"])
    link = "/d/" + thanks.text.split('href="/d/')[1].split('"')[0]

    def fetch(**headers: str) -> int:
        with client.get(link, headers=headers) as answer:
            return answer.status_code

    assert fetch(Range="bytes=100-200") == 206
    assert site.count(Touchpoint, kind="download") == 0, "a later part alone is no download"
    with client.get(link) as whole:
        tag = whole.headers["ETag"]
    assert [fetch(Range="bytes=0-99"), fetch(Range="bytes=100-"), fetch(If_None_Match=tag), fetch()] == [
        206,
        206,
        304,
        200,
    ]
    assert site.count(Touchpoint, kind="download") == 1
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=1)):
        assert fetch(Range="bytes=0-") == 206
    assert site.count(Touchpoint, kind="download") == 2


def test_a_download_is_handed_over_open_and_holds_no_thread(client: FlaskClient, site: Product) -> None:
    thanks = client.get(client.post("/f/guide", data={**typed(), "_page": "guide"}).headers["Location"])
    link = "/d/" + thanks.text.split('href="/d/')[1].split('"')[0]
    for headers, status, start in (({}, 200, 0), ({"Range": "bytes=5-"}, 206, 5)):
        environ = EnvironBuilder(path=link, base_url="http://localhost", headers=headers).get_environ()
        handed = contextvars.Context().run(Call(site.app.wsgi_app, environ, None))  # type: ignore[arg-type]
        assert isinstance(handed, FileAnswer)
        assert (handed.status, handed.start) == (status, start)
        handed.pieces.close()


def test_a_coupon_is_one_for_each_person_and_the_same_again(client: FlaskClient, site: Product) -> None:
    pages = [
        client.get(client.post("/f/guide", data={**typed(name=name), "_page": "summer"}).headers["Location"]).text
        for name in ("An", "Nguyễn An")
    ]
    [code] = site.rows(CouponCode)
    assert all(code.code in page for page in pages)
    assert site.rows(Coupon)[0].claimed == 1
    assert site.count(Grant) == 2


def test_sold_out_still_takes_the_lead(client: FlaskClient, site: Product) -> None:
    from sqlalchemy import update

    from capture.core.transactions import transaction

    with transaction() as write:
        write.execute(update(Coupon).values(limit=0))
    page = client.get(client.post("/f/guide", data={**typed(), "_page": "summer"}).headers["Location"])
    assert "Mã đã phát hết" in page.text
    assert site.count(Lead) == 1
    assert site.rows(Grant)[0].state == "sold_out"


@pytest.mark.parametrize(
    ("data", "headers"),
    [
        ({"_website": "http://spam"}, {}),
        ({"name": "Win http://spam.example now"}, {}),
        ({}, {"Sec-Fetch-Site": "cross-site"}),
    ],
)
def test_a_suspicious_lead_is_held_and_its_answer_looks_like_success(
    client: FlaskClient, site: Product, data: dict[str, str], headers: dict[str, str]
) -> None:
    answer = client.post("/f/guide", data={**typed(), "_page": "summer", **data}, headers=headers)
    assert answer.status_code == 303
    assert client.get(answer.headers["Location"]).status_code == 200
    [submission] = site.rows(Submission)
    assert submission.status == "held"
    assert submission.verdict
    assert site.count(Lead) == site.count(Message) == site.count(CouponCode) == 0


def test_a_foreign_origin_is_refused_and_a_named_one_is_not(client: FlaskClient, site: Product) -> None:
    assert client.post("/f/guide", data=typed(), headers={"Origin": "https://foe.example"}).status_code == 403
    assert client.post("/f/guide", data=typed(), headers={"Origin": "null"}).status_code == 403
    named = {"Origin": "https://friend.example", "Sec-Fetch-Site": "cross-site"}
    assert client.post("/f/guide", data=typed(), headers=named).status_code == 303
    assert (
        client.post("/f/guide", data=typed(name="Khác"), headers={"Origin": "http://localhost:8000"}).status_code == 303
    )
    assert site.count(Submission, status="held") == 0


def test_a_reload_without_script_is_recognised_for_ten_minutes(client: FlaskClient, site: Product) -> None:
    with time_machine.travel(datetime(2026, 11, 1, tzinfo=UTC), tick=False) as clock:
        first, second = (client.post("/f/guide", data={**typed(), "_page": "guide"}) for _ in range(2))
        assert first.headers["Location"] == second.headers["Location"]
        clock.shift(timedelta(minutes=11))
        client.post("/f/guide", data={**typed(), "_page": "guide"})
    assert site.count(Submission) == 2


def test_the_same_answers_for_another_offer_are_another_wish(client: FlaskClient, site: Product) -> None:
    for page in ("guide", "summer"):
        client.post("/f/guide", data={**typed(), "_page": page})
    assert site.count(Submission) == 2
    assert site.count(CouponCode) == 1


def test_a_browsers_key_with_corrected_answers_is_a_new_submission(client: FlaskClient, site: Product) -> None:
    for name in ("An", "An", "Ân"):
        client.post("/f/guide", data={**typed(name=name), "_key": "k1"})
    assert site.count(Submission) == 2


def test_one_cached_page_and_key_never_swallow_a_second_person(client: FlaskClient, site: Product) -> None:
    for person in (typed(), typed(email="binh@example.com", name="Bình", phone="0987654321")):
        client.post("/f/guide", data={**person, "_key": "shared"})
    assert site.count(Lead) == 2
