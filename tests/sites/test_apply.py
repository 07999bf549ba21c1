"""The site file: applied whole or refused whole, with the line and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from capture.accounts.models import AuditEntry
from capture.core.errors import Invalid
from capture.demo.load import SITE_FILE
from capture.formbuilder.models import Form, FormVersion
from capture.offers.models import Coupon, Offer
from capture.pages.models import Page, PageVersion
from capture.scoring.models import ScoringModel
from capture.sites.models import Site
from tests.products import Product

STANDARD = Path(__file__).parents[1] / "site.yaml"


@pytest.fixture
def changed(tmp_path: Path):  # type: ignore[no-untyped-def]
    """The standard file with a text replaced."""
    (tmp_path / "guide.pdf").write_bytes((STANDARD.parent / "guide.pdf").read_bytes())

    def write(old: str, new: str) -> Path:
        text = STANDARD.read_text()
        assert old in text
        path = tmp_path / "site.yaml"
        path.write_text(text.replace(old, new, 1))
        return path

    return write


def test_applying_twice_changes_nothing(product: Product) -> None:
    assert product.apply(STANDARD)
    noted = product.count(AuditEntry)
    assert product.apply(STANDARD) == []
    assert product.count(AuditEntry) == noted > 0


def test_every_item_that_a_file_changes_is_in_the_audit_log(product: Product, changed) -> None:  # type: ignore[no-untyped-def]
    product.apply(STANDARD)
    before = {entry.id for entry in product.rows(AuditEntry)}
    product.apply(changed("The roasting guide", "The short guide"))
    file, page = (entry for entry in product.rows(AuditEntry) if entry.id not in before)
    assert (file.actor, file.action) == ("operator", "site.file")
    assert page.action == "pages.change"
    assert "The roasting guide" in str(page.details["before"]) and "The short guide" in str(page.details["after"])


def test_the_demo_site_applies(product: Product) -> None:
    assert product.apply(SITE_FILE)
    assert product.apply(SITE_FILE) == []


def test_a_changed_form_is_a_new_version_and_the_old_one_stays(site: Product, changed) -> None:  # type: ignore[no-untyped-def]
    assert site.apply(changed("label: {vi: Nhu cầu, en: Need}", "label: {vi: Cần gì, en: Needs}")) == [
        "form guide: version 2"
    ]
    form = site.rows(Form, slug="guide")[0]
    assert [version.number for version in site.rows(FormVersion, form_id=form.id)] == [1, 2]


def test_a_changed_page_is_a_new_version(site: Product, changed) -> None:  # type: ignore[no-untyped-def]
    site.apply(changed("title: {vi: Mùa hè, en: Summer}", "title: {vi: Mùa hạ, en: Summer}"))
    page = site.rows(Page, slug="summer")[0]
    assert page.version == 2
    assert site.count(PageVersion, page_id=page.id) == 2


def test_changed_rules_are_a_new_model(site: Product, changed) -> None:  # type: ignore[no-untyped-def]
    site.apply(changed("points: 15}\n    - {name: phone", "points: 16}\n    - {name: phone"))
    assert [model.number for model in site.rows(ScoringModel)] == [1, 2]


def test_a_new_site_without_scoring_gets_the_shipped_rules(product: Product, tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text("site: {slug: s, name: S, hosts: [s.example]}\n")
    product.apply(path)
    assert len(product.rows(ScoringModel)[0].rules["rules"]) > 5


def test_what_a_file_does_not_name_stays_untouched(site: Product, tmp_path: Path) -> None:
    path = tmp_path / "part.yaml"
    path.write_text("site: {slug: test, name: Nhà Thử, locale: vi, timezone: Asia/Ho_Chi_Minh, hosts: [localhost]}\n")
    site.apply(path)
    assert site.count(Form) == 4
    assert site.count(Offer) == 2


WRONG = [
    ("slug: guide\n    fields", "slug: Guide\n    fields", "forms[0].slug", "small letters"),
    ("type: email, label: {vi: Email", "type: mail, label: {vi: Email", "forms[0].fields[1].type", "email"),
    ("locale: vi, timezone", "locale: fr, timezone", "site.locale", "'vi'"),
    ("timezone: Asia/Ho_Chi_Minh", "timezone: Mars", "site.timezone", "Asia/Ho_Chi_Minh"),
    ("kind: ebook, form: guide", "kind: film, form: guide", "offers[0].kind", "'ebook'"),
    ("kind: ebook, form: guide", "kind: ebook, form: nope", "offers[0].form", "no form 'nope'"),
    ("asset: guide.pdf", "asset: ../../../etc/passwd", "offers[0].asset", "no file"),
    ("asset: guide.pdf", "asset: site.yaml", "offers[0].asset", ".pdf"),
    ("slug: pricing", "slug: console", "pages[2].slug", "reserved"),
    ("slug: pricing", "slug: guide", "pages[2].slug", "two pages"),
    ("offer: book\n", "offer: nope\n", "pages[0].offer", "no offer 'nope'"),
    ("{type: hero, heading: {vi: Giảm", "{type: herro, heading: {vi: Giảm", "pages[1].blocks[0]", "'hero'"),
    ("theme: cho", "theme: neon", "pages[1].theme", "'giay'"),
    (
        "fact: phone.valid, eq: true}, points: 20",
        "fact: fone.valid, eq: true}, points: 20",
        "scoring.rules[1].when.fact",
        "channel",
    ),
    (
        "group: fit, when: {fact: answers.size",
        "group: fitness, when: {fact: answers.size",
        "scoring.rules[3].group",
        "'fit'",
    ),
    ("points: -50", "points: many", "scoring.rules[4].points", "a whole number"),
    ('url: "http://127.0.0.1:9/hook"', 'url: "http://10.0.0.1/hook"', "destinations[0].url", "EGRESS_ALLOW"),
    (
        'url: "http://127.0.0.1:9/hook"',
        'url: "https://user:pass@crm.example/hook"',
        "destinations[0].url",
        "without user name",
    ),
    ('secret: "env:HOOK_CRM_SECRET"', 'secret: "env:SECRET_KEY"', "destinations[0].secret", "HOOK_"),
    ('secret: "env:HOOK_CRM_SECRET"', 'secret: "env:HOOK_NONE"', "destinations[0].secret", "not set"),
    (
        "events: [lead.created, lead.updated",
        "events: [lead.made, lead.updated",
        "destinations[0].events[0]",
        "lead.created",
    ),
    ("fact: email.disposable", "fact: email.disposible", "scoring.rules[4].when.fact", "email.disposable"),
    ("fact: answers.size", "fact: answers.sise", "scoring.rules[3].when.fact", "no form has this field; allowed are"),
    (
        "lead.stage_changed]}",
        "lead.stage_changed], when: {fact: answers.sise, eq: big}}",
        "destinations[0].when",
        "no form has this field",
    ),
    ("hosts: [localhost, 127.0.0.1]", "hosts: []", "site.hosts", "at least 1"),
    ("hosts: [localhost, 127.0.0.1]", "hostz: [localhost]", "site.hosts", "required"),
    ("pipeline: recruiting", "pipeline: hr", "forms[2].pipeline", "'marketing'"),
    ("limit: 100", "limit: -1", "offers[1].coupon.limit", "0 or more"),
    ("expires: 2027-12-31T23:59:59+07:00", "expires: soon", "offers[1].coupon.expires", "2026-12-31T23:59:59+07:00"),
    ('value: "20%"', "value: 20", "offers[1].coupon.value", "a text"),
]


@pytest.mark.parametrize(("old", "new", "path", "allowed"), WRONG)
def test_a_wrong_file_is_refused_whole(product: Product, changed, old: str, new: str, path: str, allowed: str) -> None:  # type: ignore[no-untyped-def]
    file = changed(old, new)
    with pytest.raises(Invalid) as refusal:
        product.apply(file)
    text = refusal.value.message
    assert f": {path}" in text, text
    assert allowed in text, text
    line = int(text.split("site.yaml:")[1].split(":")[0])
    assert 1 <= line <= len(file.read_text().splitlines())
    assert product.count(Site) == 0
    assert product.count(Form) == 0


def test_the_line_is_the_line_of_the_mistake(product: Product, changed) -> None:  # type: ignore[no-untyped-def]
    file = changed("theme: cho", "theme: neon")
    wanted = next(number for number, line in enumerate(file.read_text().splitlines(), 1) if "neon" in line)
    with pytest.raises(Invalid, match=f"site.yaml:{wanted}:"):
        product.apply(file)


def test_a_duplicate_key_is_an_error_with_its_line(product: Product, tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text("site:\n  slug: a\n  slug: b\n")
    with pytest.raises(Invalid, match=r"site\.yaml:3: "):
        product.apply(path)


def test_a_coupon_limit_below_what_was_given_is_refused(site: Product, changed) -> None:  # type: ignore[no-untyped-def]
    client = site.app.test_client()
    client.post("/f/guide", data={"email": "an@example.com", "_page": "summer"})
    assert site.rows(Coupon)[0].claimed == 1
    with pytest.raises(Invalid, match="already given"):
        site.apply(changed("limit: 100", "limit: 0"))
