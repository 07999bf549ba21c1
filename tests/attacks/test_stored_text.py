"""What a visitor typed is text on every screen: no element and no attribute is made by data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

import orjson
import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from capture.accounts.models import User
from capture.core.clock import now
from capture.core.db import db
from capture.core.ids import new_id
from capture.core.transactions import transaction
from capture.delivery.models import Attempt, Delivery, Destination, Message
from capture.leads.models import Lead
from capture.mailing.models import Mail
from capture.pages.experiments.models import Experiment
from capture.pages.models import Page
from capture.pictures.bring import bring
from capture.pictures.models import Picture
from capture.pictures.upload import About
from capture.sites.apply import HIDDEN
from capture.sites.change import put, section_of
from capture.sites.models import Site
from capture.sites.queries import sites
from capture.submissions.models import Submission
from tests.attacks.hostile import CHROME, JSON_URL, NAUGHTY, STANDARD, chunks, difference, public_list, shape_of
from tests.pictures.files import picture
from tests.products import SCREENS_ONLY, Product, csrf_in

LOCALES = ("vi", "en")
PEOPLE = 3
IDS = {
    "lead_id": Lead,
    "delivery_id": Delivery,
    "destination_id": Destination,
    "experiment_id": Experiment,
    "picture_id": Picture,
    "page_id": Page,
    "user_id": User,
    "mail_id": Mail,
}
FIXED = {"key": "b", "int:number": "1"}
# `slug` and `name`: what marketers wrote, in tests/console/test_editors.py.
HANDLED_ELSEWHERE = {"token", "anything", "path", "digest", "slug", "name"}
FOR_STRANGERS = {
    "/console/sign-in",
    "/console/sign-in/code",
    "/console/forgotten",
    "/console/oidc",
    "/console/oidc/answer",
}
EMAILS = (
    "{{7777*7777}}+${7777*7777}@example.com",
    "o'or'1'='1@example.com",
    "`id`|x%s&b=1@example.com",
    "=cmd/c@example.com",
)


def polyglots() -> list[str]:
    return [*NAUGHTY, *public_list("xss_polyglots.txt"), *public_list("csv_formula_injection.txt")]


def hostile_texts(name: str) -> list[str]:
    """Texts of which something is left when control characters are gone."""
    source = {"own": lambda: list(NAUGHTY), "polyglots": polyglots, "naughty": lambda: public_list("blns.json")}[name]()
    return [text for text in source if any(letter.isprintable() and not letter.isspace() for letter in text)]


class People:
    """The same few people twice: once with hostile texts in every place, once with harmless ones."""

    def __init__(self, product: Product, texts: Sequence[str]) -> None:
        self.product = product
        self.lines = list(chunks(texts, 240))
        self.long = list(chunks(texts, 4_500))
        self.taken = 0

    def line(self) -> str:
        """The next text; numbered, since a journey shows equal steps as one."""
        self.taken += 1
        return f"{self.lines[self.taken % len(self.lines)]} {self.taken}"

    def written(self) -> str:
        """What a marketer can write: no characters that cannot be stored."""
        return HIDDEN.sub("", self.line())

    def short(self) -> str:
        """As much as fits where an address has many of them; never empty when it is cleaned."""
        return f"{self.taken} {self.line()[:24]}"

    def arrive(self) -> None:
        for number in range(PEOPLE):
            self._look_around(number)
            self._fill_in(number)
            self._held(number)
            self._picture()
        self._receivers_answer()
        self._writes_a_page()
        self._tests_pages()

    def _look_around(self, number: int) -> None:
        kinds = [{"kind": "page_view", "page": f"/{self.line()}"}, {"kind": "search", "name": self.line()}]
        kinds += [{"kind": f"odd_{n}", "page": self.line(), "name": self.line(), "value": n} for n in range(12)]
        kinds += [{"kind": "page_view", "page": "/guide", "url": self._url(number), "referrer": self._referrer()}]
        body = {"visitor": f"visitor-number-{number:07d}", "events": kinds}
        assert self._browser().post("/t", json=body, headers=CHROME).status_code == 204

    def _fill_in(self, number: int) -> None:
        data = {**self._answers(), "email": self._email(number), "phone": f"091234567{number}", "_page": "summer"}
        data |= {"_visitor": f"visitor-number-{number:07d}", "_url": self._url(number), "_referrer": self._referrer()}
        data |= {f"extra {n} {self.line()}": self.line() for n in range(5)}
        agent = {"User-Agent": self.line().encode("ascii", "replace").decode().replace("\r", "").replace("\n", "")}
        assert self._browser().post("/f/guide", data=data, headers=agent).status_code == 303

    def _held(self, number: int) -> None:
        data = {
            **self._answers("https://a.example "),
            "email": f"held{number}@example.com",
            "_website": self.line(),
            "_page": "guide",
        }
        assert self._browser().post("/f/guide", data=data).status_code == 303

    def _picture(self) -> None:
        about = About(alt={"vi": self.line(), "en": self.line()})
        files = [(f"{self.line()}.png", picture("PNG", 16, 16))]
        bring(files, site_id=self.product.rows(Site)[0].id, actor=self.line(), about=about)

    def _answers(self, link: str = "") -> dict[str, str]:
        """A link in a name is held for a look: only where it shall be."""
        name = link + self.line().replace("http", "hxxp").replace("www.", "wvw.")
        need = self.long[self.taken % len(self.long)]
        return {
            "name": name[:255],
            "company": self.line(),
            "need": need,
            "ref": self.line(),
            "consent": "y",
            "tour": "y",
        }

    def _email(self, number: int) -> str:
        return EMAILS[number] if self.lines[0] != "harmless" else f"harmless{number}@example.com"

    def _url(self, number: int) -> str:
        names = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "gclid", "fbclid")
        return f"http://localhost/guide?{urlencode({name: self.short() for name in names})}&n={number}"

    def _referrer(self) -> str:
        return f"https://refer.example/{quote(self.short(), safe='<>()!*')}"

    def _writes_a_page(self) -> None:
        both = {"vi": self.written(), "en": self.written()}
        items = [{"title": both, "text": both}, {"title": both}]
        blocks = [
            {"type": "hero", "eyebrow": both, "heading": both, "text": both},
            {"type": "benefits", "heading": both, "items": items},
            {"type": "text", "heading": both, "body": both},
            {"type": "form", "heading": both, "form": "guide"},
        ]
        item = {"slug": "written", "title": both, "description": both, "blocks": blocks}
        put(section_of("pages"), item, site_id=next(iter(sites())), actor=self.line())

    def _tests_pages(self) -> None:
        """One that runs, and a draft."""
        for page, is_running in (("guide", True), ("summer", False)):
            blocks = [{"type": "hero", "heading": {"vi": self.written(), "en": self.written()}}, {"type": "form"}]
            own = {"title": {"vi": self.written(), "en": self.written()}, "blocks": blocks}
            variants = [{"key": "a", "name": self.written()[:80]}, {"key": "b", "name": self.written()[:80], **own}]
            item = {"slug": page, "page": page, "variants": variants, "running": is_running}
            put(section_of("experiments"), item, site_id=next(iter(sites())), actor=self.line())

    def _receivers_answer(self) -> None:
        with transaction() as write:
            for delivery_id in write.execute(select(Delivery.id)).scalars().all():
                row = {"id": new_id(), "delivery_id": delivery_id, "number": 1, "at": now(), "milliseconds": 12}
                write.execute(insert(Attempt).values(**row, status=500, outcome="said_no", answer=self.line()))

    def _browser(self) -> FlaskClient:
        return self.product.app.test_client()


def screens(product: Product) -> list[str]:
    """Every screen of the console: a new one with an argument that is not known here must be added to IDS."""
    found = []
    for rule in product.app.url_map.iter_rules():
        if (
            not str(rule).startswith("/console")
            or "GET" not in (rule.methods or ())
            or rule.arguments & HANDLED_ELSEWHERE
        ):
            continue
        if str(rule) in FOR_STRANGERS:
            continue
        assert rule.arguments <= {*IDS, "key", "number"}, f"{rule}: say in IDS which rows it shows"
        found += filled(product, str(rule), rule.arguments)
    return [
        *found,
        "/console/nothing",
        "/console/leads?stage=iql&channel=x",
        "/console/deliveries?state=waiting&page=2",
    ]


def filled(product: Product, rule: str, names: set[str]) -> list[str]:
    paths = [rule]
    for name, value in FIXED.items():
        paths = [path.replace(f"<{name}>", value) for path in paths]
    for name in names & set(IDS):
        rows = product.rows(IDS[name])[:PEOPLE]
        paths = [path.replace(f"<{name}>", row.id) for path in paths for row in rows]
    return paths


def shown(product: Product) -> dict[str, str]:
    """Each screen in each language, by its place in the list: ids differ between the two runs."""
    admin, found = product.signed_in(), {}
    for locale in LOCALES:
        admin.set_cookie("capture_locale", locale)
        paths = screens(product)
        db.session.rollback()  # looking at all of them takes longer than a transaction may lie idle
        for number, path in enumerate(paths):
            answer = admin.get(path)
            assert answer.status_code in {200, 404}, path
            assert "script-src 'self'" in answer.headers["Content-Security-Policy"], path
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            if answer.mimetype == "text/html":  # not the site file to download
                found[f"{locale} {number} {path.split('/')[2].split('?')[0]}"] = answer.text
    return found


def lived_through(product: Product, texts: Sequence[str]) -> dict[str, str]:
    product.empty()
    product.apply(STANDARD)
    People(product, texts).arrive()
    assert product.count(Submission, status="held") == PEOPLE
    assert product.count(Lead) == PEOPLE
    return shown(product)


@SCREENS_ONLY
@pytest.mark.parametrize("texts", ["own", "polyglots", "naughty"])
def test_no_screen_of_the_console_has_an_element_that_data_made(product: Product, texts: str) -> None:
    hostile, harmless = lived_through(product, hostile_texts(texts)), lived_through(product, ["harmless"])
    assert hostile.keys() == harmless.keys()
    for screen, html in hostile.items():
        more = {element: number for element, number in difference(html, harmless[screen]).items() if number > 0}
        assert more == {}, f"{screen}: fewer is a value that was refused or cleaned away, more was made by data"
        assert shape_of(html).dangers == [], screen
        assert "60481729" not in html, f"{screen}: a template was carried out"


def test_a_search_and_a_filter_are_text_too(site: Product) -> None:
    admin = site.signed_in()
    for name in ("q", "stage", "channel", "state", "page", "odd"):
        for path in ("/console/leads", "/console/deliveries", "/console/held"):
            harmless = admin.get(path, query_string={name: "harmless"}).text
            for text in chunks(NAUGHTY, 500):
                answer = admin.get(path, query_string={name: text})
                assert answer.status_code == 200, (path, name, text)
                assert difference(answer.text, harmless) == {}, (path, name, text)
                assert shape_of(answer.text).dangers == []


WRONG: Mapping[str, Any] = {"email": "an@", "phone": "12", "size": "huge"}


@pytest.mark.parametrize("texts", ["own", "polyglots", "naughty"])
def test_a_page_that_comes_back_shows_what_was_typed_as_text(client: FlaskClient, texts: str) -> None:
    names = (
        "name",
        "email",
        "phone",
        "company",
        "size",
        "need",
        "ref",
        "_url",
        "_referrer",
        "_key",
        "_visitor",
        "_locale",
    )
    for text in chunks(hostile_texts(texts), 1_500):
        for page in ("guide", ""):
            answer, twin = (
                client.post("/f/guide", data={**dict.fromkeys(names, value), "_page": page, value: value})
                for value in (text, "h" * len(text))
            )
            assert answer.status_code == twin.status_code == 422
            assert difference(answer.text, twin.text) == {}, text
            assert shape_of(answer.text).dangers == [], text
            assert "60481729" not in answer.text
            assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


def test_a_thank_you_page_greets_with_text(client: FlaskClient) -> None:
    def thanked(name: str, number: int) -> str:
        sent = client.post("/f/guide", data={"name": name, "email": f"t{number}@example.com", "_page": "guide"})
        return client.get(sent.headers["Location"]).text

    harmless, held = thanked("harmless", 0), thanked("harmless https://a.example", 100)
    links = [text for text in NAUGHTY if "http" in text]
    for number, text in enumerate([*chunks(links, 250), *chunks(sorted(set(NAUGHTY) - set(links)), 250)], 1):
        html = thanked(text, number)
        assert {} in (difference(html, harmless), difference(html, held)), text
        assert shape_of(html).dangers == []
        assert "60481729" not in html


def test_the_sign_in_page_shows_an_email_as_text(client: FlaskClient) -> None:
    token = csrf_in(client.get("/console/sign-in").text)

    def tried(email: str) -> str:
        return client.post("/console/sign-in", data={"csrf_token": token, "email": email, "password": "x"}).text

    harmless = tried("harmless")
    for text in chunks(NAUGHTY, 300):
        assert difference(tried(text), harmless) == {}, text
        assert shape_of(tried(text)).dangers == []


def test_braces_in_a_name_are_a_name(client: FlaskClient) -> None:
    """The greeting is made with `format`: braces of the visitor must not be read as places to fill."""
    for name in ("{0}", "{name}", "{", "}", "{}", "{name.__class__}", "%s", "%(name)s", "{:>9999999}"):
        sent = client.post("/f/guide", data={"name": name, "email": "braces@example.com", "_page": "guide"})
        answer = client.get(sent.headers["Location"])
        assert answer.status_code == 200
        assert shape_of(answer.text).dangers == []
        assert name.replace(">", "&gt;") in answer.text


def test_what_leaves_as_json_is_json_whatever_was_typed(client: FlaskClient, site: Product) -> None:
    texts = list(chunks(NAUGHTY, 250))
    for number, text in enumerate(texts):
        client.post(JSON_URL, json={"fields": {"email": f"j{number}@example.com", "need": text, "company": text}})
    bodies = [orjson.loads(message.body) for message in site.rows(Message)]
    assert len(bodies) == len(texts)
    reader = site.token("leads:read")
    for lead in site.rows(Lead)[:10]:
        answer = client.get(f"/api/v1/leads/{lead.id}", headers=reader)
        assert answer.content_type == "application/json"
        assert answer.json
