"""Forms to begin with: what each kind of offer usually asks, and no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NAME = {"name": "name", "type": "text", "label": {"vi": "Họ và tên", "en": "Name"}}
EMAIL = {"name": "email", "type": "email", "label": {"vi": "Email", "en": "Email"}}
PHONE = {"name": "phone", "type": "phone", "label": {"vi": "Số điện thoại", "en": "Phone"}}
COMPANY = {"name": "company", "type": "text", "label": {"vi": "Công ty", "en": "Company"}}
CONSENT = {
    "name": "consent",
    "type": "consent",
    "purpose": "marketing",
    "label": {
        "vi": "Gửi tôi tin mới, nhiều nhất hai thư mỗi tháng. Dừng bằng một chạm.",
        "en": "Send me news, two mails a month at most. One tap ends it.",
    },
}
CALL = {
    "name": "consent",
    "type": "consent",
    "purpose": "phone",
    "label": {"vi": "Gọi cho tôi về việc này.", "en": "Call me about this."},
}


@dataclass(frozen=True)
class Preset:
    """`label` and `about` are English texts to translate."""

    key: str
    label: str
    about: str
    icon: str
    fields: Sequence[Mapping[str, Any]]


def _must(field: Mapping[str, Any]) -> dict[str, Any]:
    return {**field, "required": True}


def _text(name: str, kind: str, vi: str, en: str) -> dict[str, Any]:
    return {"name": name, "type": kind, "label": {"vi": vi, "en": en}}


PRESETS = (
    Preset("newsletter", "Newsletter", "An email and a yes. The shortest there is.", "mail", (_must(EMAIL), CONSENT)),
    Preset(
        "contact",
        "Contact",
        "Who, how to reach them, and what it is about.",
        "message-circle",
        (
            _must(NAME),
            _must(EMAIL),
            PHONE,
            _text("need", "textarea", "Anh chị cần gì?", "How can we help?"),
            CALL,
        ),
    ),
    Preset(
        "ebook",
        "Ebook",
        "Name and email against the file; the phone number is a gift.",
        "file-text",
        (NAME, _must(EMAIL), PHONE, CONSENT),
    ),
    Preset(
        "consultation",
        "Consultation",
        "A number to call, when, and four facts for whoever calls.",
        "phone",
        (
            _must(NAME),
            _must(PHONE),
            EMAIL,
            COMPANY,
            _text("need", "textarea", "Anh chị muốn tư vấn về việc gì?", "What would you like to talk about?"),
            CALL,
        ),
    ),
    Preset(
        "coupon",
        "Coupon",
        "A phone number for the till to find the code by.",
        "ticket",
        (
            NAME,
            {
                **_must(PHONE),
                "hint": {
                    "vi": "Để quầy tìm được mã khi anh chị quên.",
                    "en": "So that the till can find the code if you forget it.",
                },
            },
            CONSENT,
        ),
    ),
)


def preset(key: str) -> Preset | None:
    return next((one for one in PRESETS if one.key == key), None)
