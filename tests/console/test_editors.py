"""The editors together: what is edited is what `export` writes; who may; who was first; what is only text."""

from __future__ import annotations

from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
from werkzeug.datastructures import MultiDict

from capture.accounts.models import AuditEntry
from capture.core.db import db
from capture.sites.change import put, section_of
from capture.sites.queries import sites
from tests.console.browser import sent
from tests.console.editing import file_of, opened, posted
from tests.products import SCREENS_ONLY, Product, csrf_in

pytestmark = SCREENS_ONLY

EDITORS = (
    "/console/forms/guide", "/console/offers/book", "/console/offers/summer", "/console/destinations/crm",
    "/console/scoring", "/console/settings",
)  # fmt: skip
SCREENS = (
    *EDITORS, "/console/forms", "/console/forms/-/new", "/console/forms/-/new?preset=contact", "/console/offers",
    "/console/offers/-/new", "/console/offers/-/new?kind=coupon", "/console/offers/-/new?kind=ebook", "/console/destinations",
    "/console/destinations/-/new", "/console/settings/-/new", "/console/settings/file",
)  # fmt: skip
HOSTILE = "<img src=x onerror=alert(1)>'\"--><script>alert(2)</script>{{7*7}}"


@pytest.mark.parametrize("path", EDITORS)
def test_saving_what_nobody_touched_changes_nothing(site: Product, path: str) -> None:
    before, browser = file_of(site), site.signed_in("marketer")
    noted = site.count(AuditEntry)
    assert posted(browser, path, opened(browser, path)).status_code == 303
    assert file_of(site) == before
    assert site.count(AuditEntry) == noted


def test_what_is_edited_is_what_export_writes(site: Product) -> None:
    browser = site.signed_in("marketer")
    form = opened(browser, "/console/forms/guide")
    assert posted(browser, "/console/forms/guide", form, fields__0__label__en="Your name").status_code == 303
    form = opened(browser, "/console/offers/summer")
    assert posted(browser, "/console/offers/summer", form, coupon__limit="250").status_code == 303
    form = opened(browser, "/console/destinations/crm")
    posted(
        browser,
        "/console/destinations/crm",
        form,
        when__rows__0__fact="visits",
        when__rows__0__operator="gte",
        when__rows__0__value="2",
    )
    form = opened(browser, "/console/scoring")
    posted(browser, "/console/scoring", form, rules__0__points="18", caps__behaviour="40")
    form = opened(browser, "/console/settings")
    posted(browser, "/console/settings", form, legal__vi="Nhà Thử ở Huế", theme="cho")
    text = file_of(site)
    for line in (
        "en: Your name", "limit: 250", "gte: 2", "points: 18",
        "caps: {behaviour: 40}", "legal: {vi: Nhà Thử ở Huế}", "theme: cho", "secret: env:HOOK_CRM_SECRET",
    ):  # fmt: skip
        assert line in text, text


def test_what_was_applied_is_what_the_editors_show(site: Product, tmp_path: Path) -> None:
    text = file_of(site).replace("value: 20%", "value: 35%").replace("points: 15", "points: 17", 1)
    (tmp_path / "site.yaml").write_text(text)
    site.apply(tmp_path / "site.yaml")
    browser = site.signed_in("marketer")
    assert opened(browser, "/console/offers/summer")["coupon.value"] == "35%"
    assert opened(browser, "/console/scoring")["rules.0.points"] == "17"


@pytest.mark.parametrize("path", EDITORS)
def test_who_only_views_can_see_and_not_send(site: Product, path: str) -> None:
    admin, viewer = site.signed_in("admin"), site.signed_in("viewer", "viewer@example.com")
    form = opened(admin, path)
    page = viewer.get(path)
    assert page.status_code == 200 and "disabled" in page.text and "data-save" not in page.text
    assert posted(viewer, path, form, csrf_token=opened(viewer, path)["csrf_token"]).status_code == 403
    assert posted(site.app.test_client(), path, form).status_code == 303, "a stranger is led to the sign-in"


@pytest.mark.parametrize("path", EDITORS)
def test_without_the_token_nothing_is_taken(site: Product, path: str) -> None:
    browser = site.signed_in("marketer")
    assert posted(browser, path, opened(browser, path), csrf_token=None).status_code == 400


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/console/forms/guide", "fields.0.label.en"), ("/console/offers/summer", "coupon.value"),
        ("/console/destinations/crm", "url"), ("/console/scoring", "rules.0.label.vi"), ("/console/settings", "name"),
    ],
)  # fmt: skip
def test_the_second_of_two_is_told_that_it_changed_meanwhile(site: Product, path: str, field: str) -> None:
    first, second = site.signed_in("marketer"), site.signed_in("marketer", "phuc@example.com")
    mine, theirs = opened(first, path), opened(second, path)
    one, two = ("http://127.0.0.1:9000/a", "http://127.0.0.1:9000/b") if field == "url" else ("Một", "Hai")
    assert posted(first, path, mine, **{field.replace(".", "__"): one}).status_code == 303
    answer = posted(second, path, theirs, **{field.replace(".", "__"): two})
    assert answer.status_code == 422
    assert "changed this since you opened it" in answer.text and two in answer.text
    assert one in file_of(site) and two not in file_of(site)
    again = opened_again(answer.text)
    assert posted(second, path, again, _over="y").status_code == 303
    assert two in file_of(site)


def opened_again(text: str) -> MultiDict[str, str]:
    return sent(text.split('id="edit"', 1)[1].split("</form>", 1)[0])


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [tag, *(name for name, _value in attrs if name.startswith("on"))]


def elements(text: str) -> list[str]:
    """Without the list of versions, which grows with every change."""
    page = Elements()
    page.feed(text.split('id="versions"', 1)[0])
    return page.found


def hostile(product: Product, text: str) -> None:
    """The same text in every field that takes one."""
    site_id = next(iter(sites()))
    both = {"vi": text, "en": text + " en"}
    fields = [
        {"name": "email", "type": "email", "label": both, "hint": both, "required": True},
        {"name": "size", "type": "select", "label": both, "options": [{"value": text, "label": both}, text + "2"]},
        {"name": "ref", "type": "hidden", "value": text},
        {"name": "consent", "type": "consent", "label": both, "purpose": "marketing"},
    ]
    kept = dict(section_of("site").export(db.session.connection(), site_id))
    rule = {
        "name": "r",
        "label": both,
        "group": "fit",
        "when": {"fact": "answers.size", "in": [text, text + ","]},
        "points": 3,
    }
    condition = {"any": [{"fact": "campaign", "contains": text}, {"all": [{"fact": "source", "eq": text}]}]}
    url = "http://127.0.0.1:9000/hook"
    for name, item in (
        ("forms", {"slug": "guide", "fields": fields}),
        (
            "offers",
            {"slug": "summer", "kind": "coupon", "form": "guide", "title": both, "coupon": {"value": text[:60]}},
        ),
        ("offers", {"slug": "book", "kind": "ebook", "form": "guide", "title": both, "asset": "guide.pdf"}),
        ("scoring", {"rules": [rule], "stages": {"sql": {"score": 70, "when": {"not": condition}}}}),
        (
            "destinations",
            {"name": "crm", "url": url, "secret": "env:HOOK_CRM_SECRET", "events": ["lead.created"], "when": condition},
        ),
        ("site", {**kept, "name": text, "legal": both, "links": [{"label": both, "href": "/" + text}]}),
    ):
        put(section_of(name), item, site_id=site_id, actor="test")


def test_hostile_text_in_every_field_stays_text(site: Product) -> None:
    browser = site.signed_in("marketer")
    previews = ("/console/forms/guide/preview", "/console/offers/summer/preview", "/console/offers/book/preview")
    hostile(site, "harmless, " * 8)
    calm = {path: elements(browser.get(path).text) for path in (*SCREENS, *previews)}
    hostile(site, HOSTILE)
    for path, expected in calm.items():
        answer = browser.get(path)
        assert answer.status_code == 200 and elements(answer.text) == expected, path
        assert "<script>alert" not in answer.text


def test_every_screen_opens_before_there_is_a_site(product: Product) -> None:
    browser = product.signed_in("marketer")
    for path in ("/console/forms", "/console/offers", "/console/destinations", "/console/scoring", "/console/settings"):
        answer = browser.get(path)
        assert answer.status_code == 303 and answer.headers["Location"] == "/console/settings/-/new", path
    form = browser.get("/console/settings/-/new").text
    data = {
        "csrf_token": csrf_in(form),
        "slug": "hue",
        "name": "Huế",
        "hosts": "hue.example",
        "locale": "vi",
        "timezone": "Asia/Ho_Chi_Minh",
    }
    assert browser.post("/console/settings/-/new", data=data).status_code == 303
    assert "Huế" in browser.get("/console/forms").text
    assert browser.get("/console/scoring").status_code == 200, "a new site has the shipped rules"


def test_a_second_site_is_chosen_and_shown(site: Product) -> None:
    browser = site.signed_in("marketer")
    token = csrf_in(browser.get("/console/settings/-/new").text)
    data = {
        "csrf_token": token,
        "slug": "two",
        "name": "Nhà Hai",
        "hosts": "two.example",
        "locale": "en",
        "timezone": "UTC",
    }
    taken = browser.post("/console/settings/-/new", data={**data, "slug": "test"})
    assert taken.status_code == 422 and "This name is taken" in taken.text
    busy = browser.post("/console/settings/-/new", data={**data, "hosts": "localhost"})
    assert busy.status_code == 422 and "belongs to another site" in busy.text
    assert browser.post("/console/settings/-/new", data=data).status_code == 303
    assert "guide" not in browser.get("/console/forms").text
    first = next(one.id for one in sites().values() if one.slug == "test")
    assert browser.post("/console/settings/-/choice", data={"csrf_token": token, "site": first}).status_code == 303
    assert "guide" in browser.get("/console/forms").text
    assert browser.post("/console/settings/-/choice", data={"csrf_token": token, "site": "none"}).status_code == 404


def test_the_site_file_goes_out_and_comes_in_with_its_differences_shown(site: Product) -> None:
    browser = site.signed_in("marketer")
    text = browser.get("/console/settings/file/site.yaml").text
    assert text == file_of(site)
    token = csrf_in(browser.get("/console/settings/file").text)
    changed = text.replace("name: Nhà Thử", "name: Nhà Mới").encode()
    shown = browser.post("/console/settings/file", data={"csrf_token": token, "file": (BytesIO(changed), "x.yaml")})
    assert "Nhà Mới" in shown.text and "<ins>" in shown.text and file_of(site) == text
    mark = shown.text.split('name="digest" value="', 1)[1].split('"', 1)[0]
    assert (
        browser.post("/console/settings/file/application", data={"csrf_token": token, "digest": mark}).status_code
        == 303
    )
    assert file_of(site) == changed.decode()
    wrong = browser.post(
        "/console/settings/file", data={"csrf_token": token, "file": (BytesIO(b"site: {slug: X}"), "x")}
    )
    assert wrong.status_code == 422 and "site.yaml:1" in wrong.text and "/site-files/" not in wrong.text
    for mark in ("../../etc/passwd", "0" * 64):
        gone = browser.post("/console/settings/file/application", data={"csrf_token": token, "digest": mark})
        assert gone.status_code == 404
