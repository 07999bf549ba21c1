"""What visitors type, and what is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from forms import FieldSpec, FormSchema, build_form, problems_in
from forms.builder import CapturedForm
from forms.kind import Context, field_kinds
from forms.schema import Option

VI = Context("vi", "VN")


def sent(kind: str, value: str, **settings: object) -> CapturedForm:
    spec = FieldSpec(name="f", type=kind, options=(Option("a"), Option("b")) if kind == "select" else (), **settings)  # type: ignore[arg-type]
    form = build_form(FormSchema((spec,)), VI)(MultiDict({"f": value}))
    form.validate()
    return form


@pytest.mark.parametrize(
    ("kind", "typed", "kept"), [(k.name, *pair) for k in field_kinds().values() for pair in k.examples.items()]
)
def test_every_kind_keeps_its_examples(kind: str, typed: str, kept: object) -> None:
    form = sent(kind, typed)
    assert form.problems == {}
    assert form.answers == {"f": kept}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0912345678", "+84912345678"),
        ("+84 912 345 678", "+84912345678"),
        ("84912345678", "+84912345678"),
        ("(091) 234-5678", "+84912345678"),
        ("0120 123 4567", "+84701234567"),
        ("01681234567", "+84381234567"),
        ("+841991234567", "+84591234567"),
        ("024 3825 3525", "+842438253525"),
        ("+49 30 123456", "+4930123456"),
    ],
)
def test_a_phone_in_any_notation_is_kept_as_e164(typed: str, kept: str) -> None:
    assert sent("phone", typed).answers == {"f": kept}


@pytest.mark.parametrize("typed", ["12", "0912", "abc", "+", "091234567890123", "0000000000", "+999 1234567", "٠٩١٢"])
def test_what_is_no_phone_number_is_refused(typed: str) -> None:
    assert "f" in sent("phone", typed).problems


def test_a_missing_digit_is_counted_for_the_visitor() -> None:
    assert "8 digits" in sent("phone", "0905 018 42").problems["f"][0]


@pytest.mark.parametrize(
    "typed", ["an@", "@x.vn", "an", "an@@x.vn", "an @x.vn", "a" * 300 + "@x.vn", "an@x", "an@localhost"]
)
def test_what_is_no_email_is_refused(typed: str) -> None:
    assert "f" in sent("email", typed).problems


@pytest.mark.parametrize(
    "typed", ["o'brien@example.com", "an+cafe@gmail.com", "an@bücher.example", "a.b-c_d@sub.domain.vn"]
)
def test_unusual_but_right_emails_pass(typed: str) -> None:
    assert sent("email", typed).problems == {}


@pytest.mark.parametrize(
    ("typed", "given"),
    [(word, True) for word in ("y", "on", "true", "1")]
    + [(word, False) for word in ("yes", "0", "", "Y", " on ", "TRUE", "On", "1 ", "true\n")],
)
def test_consent_is_given_by_four_words_only(typed: str, given: bool) -> None:
    assert sent("consent", typed, purpose="marketing").answers == {"f": given}


@given(st.sampled_from(sorted(field_kinds())), st.text(max_size=300))
def test_no_text_breaks_a_field_and_nothing_unstorable_is_kept(kind: str, typed: str) -> None:
    form = sent(kind, typed)
    if not form.problems and isinstance(kept := form.answers["f"], str):
        assert "\x00" not in kept
        kept.encode()


def test_a_schema_survives_json() -> None:
    schema = FormSchema((FieldSpec("size", "select", {"vi": "Cỡ"}, required=True, options=(Option("a", "A"),)),))
    assert FormSchema.from_json(schema.to_json()) == schema


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        (FieldSpec("Name", "text"), "fields[0].name"),
        (FieldSpec("x", "colour"), "fields[0].type"),
        (FieldSpec("x", "select"), "fields[0]"),
        (FieldSpec("x", "select", options=(Option("a"), Option("a"))), "fields[0]"),
        (FieldSpec("x", "consent"), "fields[0]"),
    ],
)
def test_a_wrong_field_is_pointed_at(spec: FieldSpec, path: str) -> None:
    assert [where for where, _text in problems_in(FormSchema((spec,)))] == [path]
