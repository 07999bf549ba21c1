"""Signed links: each opens one door, for a time, on one site; nothing else that looks like one opens anything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask.testing import FlaskClient

from capture.core.clock import now
from capture.core.db import db
from capture.core.signing import opened, signed
from capture.submissions.models import Submission
from capture.tracking.models import Touchpoint
from tests.attacks.hostile import STANDARD, statuses, unwanted
from tests.products import KEY, Product, typed

NEW_KEY = "the key that came after the first one, also long enough"


def thanks_of(client: FlaskClient, **data: str) -> str:
    return str(client.post("/f/guide", data={**typed(**data), "_page": "guide"}).headers["Location"])


def download_of(client: FlaskClient, thanks: str) -> str:
    return "/d/" + client.get(thanks).text.split('href="/d/', 1)[1].split('"', 1)[0]


def spoiled(token: str) -> list[str]:
    """Every way to write a token a little differently."""
    value, stamp, mark = token.rsplit(".", 2)
    other = "01890000-0000-7000-8000-000000000000"
    swapped = [token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in range(0, len(token), 5)]
    made = [
        f"{other}.{stamp}.{mark}",
        f"{value}.AAAAAA.{mark}",
        f"{value}.{stamp}.",
        f"{value}..{mark}",
        f".{stamp}.{mark}",
    ]
    made += [
        f"{value}.{stamp}",
        value,
        token + "=",
        token + ".",
        "." + token,
        token + "A",
        token.upper(),
        f"{token}.{mark}",
    ]
    made += [
        f"{value}.{stamp}.{mark[:-1]}",
        token.replace(".", "%2e") + "x",
        f"%20{token}",
        f"{token}%20",
        f"{token}%00",
        f"{token}%0a",
    ]
    return [*swapped, *made, "x", "..", "a.b.c", "%ff.%ff.%ff", token[::-1]]


def test_a_changed_token_opens_nothing(client: FlaskClient) -> None:
    thanks = thanks_of(client)
    download = download_of(client, thanks)
    assert client.get(thanks).status_code == client.get(download, buffered=True).status_code == 200
    for path in (thanks, download):
        door, token = path.rsplit("/", 1)
        cases = {one: lambda one=one, door=door: client.get(f"{door}/{one}", buffered=True) for one in spoiled(token)}
        assert unwanted(statuses(cases), {404, 405}) == {}


def test_a_token_of_one_door_is_none_at_another(client: FlaskClient, site: Product) -> None:
    thanks = thanks_of(client)
    download = download_of(client, thanks)
    assert client.get("/d/" + thanks.removeprefix("/thanks/")).status_code == 404
    assert client.get("/thanks/" + download.removeprefix("/d/")).status_code == 404
    assert client.get("/console/sign-in/" + thanks.removeprefix("/thanks/")).status_code == 410
    for purpose in ("thanks", "download", "confirm", "", "capture.thanks"):
        token = signed(purpose, site.rows(Submission)[0].id, at=now())
        assert client.get(f"/thanks/{token}").status_code == (200 if purpose == "thanks" else 404)


def test_a_thank_you_page_of_another_site_is_not_found(client: FlaskClient, site: Product, tmp_path: Path) -> None:
    file = tmp_path / "other.yaml"
    file.write_text("site: {slug: other, name: Other, hosts: [other.example]}\n")
    site.apply(file)
    thanks = thanks_of(client)
    assert client.get(thanks).status_code == 200
    assert client.get(thanks, headers={"Host": "other.example"}).status_code == 404
    assert client.get(thanks, headers={"Host": "nobody.example"}).status_code == 421


@pytest.mark.parametrize(
    ("door", "after", "status"),
    [
        ("thanks", timedelta(minutes=59), 200),
        ("thanks", timedelta(minutes=61), 404),
        ("thanks", timedelta(days=400), 404),
        ("thanks", -timedelta(minutes=4), 200),
        ("thanks", -timedelta(minutes=30), 404),
        ("download", timedelta(days=6, hours=23), 200),
        ("download", timedelta(days=7, minutes=1), 404),
        ("download", -timedelta(days=1), 404),
    ],
)
def test_a_link_lives_as_long_as_it_says(client: FlaskClient, door: str, after: timedelta, status: int) -> None:
    thanks = thanks_of(client)
    path = thanks if door == "thanks" else download_of(client, thanks)
    with time_machine.travel(now() + after):
        assert client.get(path, buffered=True).status_code == status


def test_a_repeat_after_an_hour_still_leads_to_an_open_page(client: FlaskClient) -> None:
    body, key = {"fields": typed(), "page": "guide"}, {"Idempotency-Key": "late"}
    url = "/api/v1/forms/guide/submissions"
    client.post(url, json=body, headers=key)
    with time_machine.travel(now() + timedelta(hours=5)):
        again = client.post(url, json=body, headers=key)
        assert again.json is not None
        assert client.get(again.json["next"]["url"].removeprefix("http://localhost")).status_code == 200


@pytest.fixture
def rotated(site: Product, tmp_path: Path) -> Iterator[Product]:
    """The same database, opened with a new key and the old one beside it."""
    url = db.engine.url.render_as_string(hide_password=False).replace("postgresql+psycopg:", "postgresql:")
    instance = site.app.config["SETTINGS"].instance
    product = Product.made(instance, url, SECRET_KEY=NEW_KEY, SECRET_KEY_OLD=KEY)
    yield product
    product.close()


def test_links_of_the_old_key_open_after_it_was_changed(client: FlaskClient, rotated: Product) -> None:
    thanks = thanks_of(client)
    download = download_of(client, thanks)
    with rotated.app.app_context():
        visitor = rotated.app.test_client()
        assert visitor.get(thanks).status_code == 200
        assert visitor.get(download, buffered=True).status_code == 200
        fresh = thanks_of(visitor, email="fresh@example.com")
    assert client.get(fresh).status_code == 404, "the new key signs: who has only the old one cannot read it"


def test_without_the_old_key_its_links_are_worthless(client: FlaskClient, tmp_path: Path) -> None:
    token = thanks_of(client).removeprefix("/thanks/")
    other = Product.made(tmp_path, f"sqlite:///{tmp_path}/other.sqlite", SECRET_KEY=NEW_KEY)
    with other.app.app_context():
        assert opened("thanks", token, now=now(), lifetime=timedelta(hours=1)) is None
    other.close()


def test_a_download_is_an_attachment_that_nobody_sniffs_or_keeps(client: FlaskClient, site: Product) -> None:
    path = download_of(client, thanks_of(client))
    answer = client.get(path, buffered=True)
    assert answer.data == (STANDARD.parent / "guide.pdf").read_bytes()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]
    assert site.count(Touchpoint, kind="download") == 1


@pytest.mark.parametrize(
    "wanted",
    [
        "bytes=0-3",
        "bytes=-1",
        "bytes=9999999-",
        "bytes=3-1",
        "bytes=0-0,1-1,2-2",
        "bytes=" + "0-0," * 900,
        "x=1",
        "bytes=-",
    ],
)
def test_a_part_of_a_download_is_a_part_or_refused(client: FlaskClient, wanted: str) -> None:
    path = download_of(client, thanks_of(client))
    assert client.get(path, headers={"Range": wanted}, buffered=True).status_code in {200, 206, 416}
