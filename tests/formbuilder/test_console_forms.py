"""The form editor: machine names, versions, advice, and the preview that is the real rendering."""

from __future__ import annotations

import re

import pytest

from capture.formbuilder.advice import advice_on
from capture.formbuilder.models import FormVersion
from capture.formbuilder.names import name_of
from capture.formbuilder.presets import PRESETS
from forms import FormSchema, problems_in
from tests.console.editing import opened, posted
from tests.products import Product, typed


@pytest.mark.parametrize("preset", PRESETS, ids=lambda one: one.key)
def test_a_ready_form_is_sound_and_published_as_it_is(site: Product, preset: object) -> None:
    schema = FormSchema.from_json({"fields": preset.fields})  # type: ignore[attr-defined]
    assert problems_in(schema) == [] and advice_on(schema) == []
    browser = site.signed_in("marketer")
    path = f"/console/forms/-/new?preset={preset.key}"  # type: ignore[attr-defined]
    assert posted(browser, "/console/forms/-/new", opened(browser, path)).status_code == 303


def test_a_new_field_gets_its_name_from_its_question(site: Product) -> None:
    browser = site.signed_in("marketer")
    form = opened(browser, "/console/forms/call")
    more = {"fields__n1__type": "text", "fields__n1__label__vi": "Số người đi", "fields__n1__name": ""}
    assert posted(browser, "/console/forms/call", form, **more).status_code == 303
    assert site.rows(FormVersion)[-1].schema["fields"][-1] == {
        "name": "so_nguoi_di",
        "type": "text",
        "label": {"vi": "Số người đi"},
    }


@pytest.mark.parametrize(
    ("kind", "label", "taken", "name"),
    [
        ("text", {"vi": "Số điện thoại", "en": ""}, (), "so_dien_thoai"),
        ("text", "3 câu hỏi", (), "f_3_cau_hoi"),
        ("email", "Your mail", (), "email"),
        ("email", "Your mail", ("email",), "email_2"),
        ("text", "?!", (), "text"),
        ("text", "x" * 60, (), "x" * 40),
    ],
)
def test_machine_names_are_made_of_words(kind: str, label: object, taken: tuple[str, ...], name: str) -> None:
    assert name_of(kind, label, taken) == name  # type: ignore[arg-type]


def test_a_form_is_called_as_the_page_that_shows_it(site: Product) -> None:
    site.put("pages", "summer", title={"vi": "Hè này", "en": "This summer"}, offer="summer")
    browser = site.signed_in("marketer")
    shown = [browser.get(f"/console/forms{path}").text for path in ("", "/guide")]
    titles = [
        re.search(pattern, text)
        for pattern, text in zip(
            (r">([^<]*)</a><span><span class=\"mono\">guide<", r"<h1>([^<]*)</h1>"), shown, strict=True
        )
    ]
    assert all(titles) and titles[0][1] == titles[1][1] != "guide"  # type: ignore[index]
    assert all("This summer" in text for text in shown), "where it is used is said by titles too"


def test_a_published_name_cannot_be_changed_and_the_reason_is_said(site: Product) -> None:
    browser = site.signed_in("marketer")
    form = opened(browser, "/console/forms/guide")
    answer = posted(browser, "/console/forms/guide", form, fields__3__name="firm")
    assert answer.status_code == 422 and "The name stays “company”" in answer.text
    assert site.count(FormVersion) == 4, "nothing was published"


def test_an_error_stands_at_its_field(site: Product) -> None:
    browser = site.signed_in("marketer")
    form = opened(browser, "/console/forms/guide")
    answer = posted(browser, "/console/forms/guide", form, fields__n1__type="select", fields__n1__label__en="Which")
    assert answer.status_code == 422 and "Please add at least one answer to choose from." in answer.text
    assert "1 thing to look at" in answer.text and 'href="#c-fields-9"' in answer.text


def test_versions_say_who_changed_what_and_an_old_one_is_published_again(site: Product) -> None:
    browser = site.signed_in("marketer")
    form = opened(browser, "/console/forms/call")
    posted(browser, "/console/forms/call", form, fields__n1__type="email", fields__n1__label__en="Mail")
    page = browser.get("/console/forms/call").text
    assert "added email" in page and "linh@example.com" in page and "by site file" in page
    old = opened(browser, "/console/forms/call?version=1")
    posted(browser, "/console/forms/call", old)
    assert "removed email" in browser.get("/console/forms/call").text
    assert browser.get("/console/forms/call?version=9").status_code == 404


def test_the_preview_shows_what_is_typed_and_keeps_nothing(site: Product) -> None:
    browser = site.signed_in("marketer")
    form = opened(browser, "/console/forms/guide")
    shown = posted(browser, "/console/forms/guide/preview", form, fields__0__label__vi="Tên gì", _locale="vi")
    assert "Tên gì" in shown.text and 'class="field field--text"' in shown.text and "<script" not in shown.text
    assert "style-src 'sha256-" in shown.headers["Content-Security-Policy"]
    assert "Tên gì" not in browser.get("/console/forms/guide/preview").text
    page = browser.get("/console/forms/guide")
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"] and "sandbox=" in page.text


def test_advice_follows_what_is_typed(site: Product) -> None:
    browser = site.signed_in("marketer")
    form = opened(browser, "/console/forms/call")
    said = posted(browser, "/console/forms/call/advice", form).text
    assert "no consent box" in said
    said = posted(browser, "/console/forms/call/advice", form, fields__n1__type="email", fields__n1__required="y").text
    assert "both required" in said


def test_a_form_in_use_is_not_retired(site: Product) -> None:
    browser = site.signed_in("marketer")
    token = opened(browser, "/console/forms/guide")["csrf_token"]
    browser.post("/console/forms/guide/retirement", data={"csrf_token": token})
    assert "still in use" in browser.get("/console/forms/guide").text
    browser.post("/console/forms/odd/retirement", data={"csrf_token": token})
    assert browser.get("/console/forms/odd").status_code == 404


def test_the_list_tells_where_a_form_is_used_and_how_much_is_sent(site: Product) -> None:
    site.app.test_client().post("/f/guide", data=typed())
    page = site.signed_in("marketer").get("/console/forms").text
    assert "offer The book" in page and "page The roasting guide" in page and "recruiters only" in page
    row = page.split('href="/console/forms/guide"', 1)[1].split("</tr>", 1)[0]
    assert ">1<" in row
