"""Who is it: normal forms of emails and names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.leads.identity import email_key, names_are_compatible

SAME_EMAIL = [
    ("An.Nguyen@gmail.com", "annguyen+cafe@googlemail.com"),
    ("AN@Example.COM", "an@example.com"),
    ("an@bücher.example", "an@xn--bcher-kva.example"),
]
OTHER_EMAIL = [
    ("an.nguyen@example.com", "annguyen@example.com"),
    ("an+a@example.com", "an@example.com"),
    ("an@x.vn", "an@y.vn"),
]
ONE_NAME = [
    ("Nguyễn An", "NGUYEN VAN AN"),
    ("Trần Thị Minh Hà", "Minh Hà"),
    ("Đặng Hồng Thắm", "dang hong tham"),
    ("Nguyễn An", "Nguyễn An"),
    ("An", "Nguyễn Văn An"),
]
TWO_NAMES = [("Nguyễn An", "Nguyễn Bình"), ("Hà", "Hạnh"), ("", "An"), (None, "An"), (None, None), ("An Trần", "An Lê")]


@pytest.mark.parametrize(("one", "other"), SAME_EMAIL)
def test_one_mailbox_has_one_key(one: str, other: str) -> None:
    assert email_key(one) == email_key(other)


@pytest.mark.parametrize(("one", "other"), OTHER_EMAIL)
def test_other_mailboxes_have_other_keys(one: str, other: str) -> None:
    assert email_key(one) != email_key(other)


@pytest.mark.parametrize(("one", "other"), ONE_NAME)
def test_names_that_can_be_one_person(one: str, other: str) -> None:
    assert names_are_compatible(one, other)
    assert names_are_compatible(other, one)


@pytest.mark.parametrize(("one", "other"), TWO_NAMES)
def test_names_that_cannot(one: str | None, other: str | None) -> None:
    assert not names_are_compatible(one, other)


@given(st.text(max_size=40), st.text(max_size=40))
def test_compatibility_is_symmetric(one: str, other: str) -> None:
    assert names_are_compatible(one, other) == names_are_compatible(other, one)
