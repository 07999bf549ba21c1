"""The rules that ship: used where the site file has no `scoring`."""

from __future__ import annotations

from typing import Any

SHIPPED: dict[str, Any] = {
    "rules": [
        {
            "name": "email-company", "group": "firmographic", "points": 10,
            "label": {"en": "Company email", "vi": "Email công ty"},
            "when": {"fact": "email.company", "eq": True},
        },
        {
            "name": "email-disposable", "group": "quality", "points": -30,
            "label": {"en": "Throw-away email", "vi": "Email dùng một lần"},
            "when": {"fact": "email.disposable", "eq": True},
        },
        {
            "name": "email-role", "group": "quality", "points": -5,
            "label": {"en": "Shared mailbox", "vi": "Hộp thư chung"},
            "when": {"fact": "email.role", "eq": True},
        },
        {
            "name": "phone-valid", "group": "fit", "points": 15,
            "label": {"en": "Valid phone number", "vi": "Số điện thoại đúng"},
            "when": {"fact": "phone.valid", "eq": True},
        },
        {
            "name": "company-given", "group": "firmographic", "points": 10,
            "label": {"en": "Named their company", "vi": "Cho biết tên công ty"},
            "when": {"fact": "answers.company", "present": True},
        },
        {
            "name": "consent-marketing", "group": "fit", "points": 5,
            "label": {"en": "Wants to hear from us", "vi": "Muốn nhận tin"},
            "when": {"fact": "answers.consent", "eq": True},
        },
        {
            "name": "came-back", "group": "behaviour", "points": 10,
            "label": {"en": "Came back", "vi": "Quay lại xem"},
            "when": {"fact": "visits", "gte": 2},
        },
        {
            "name": "looked-around", "group": "behaviour", "points": 10,
            "label": {"en": "Looked at three pages or more", "vi": "Xem từ ba trang trở lên"},
            "when": {"fact": "page_views", "gte": 3},
        },
        {
            "name": "price-page", "group": "behaviour", "points": 15,
            "label": {"en": "Viewed the price page", "vi": "Xem bảng giá"},
            "when": {"any": [{"fact": "page_views./pricing", "gte": 1}, {"fact": "page_views./bang-gia", "gte": 1}]},
        },
        {
            "name": "downloaded", "group": "behaviour", "points": 10,
            "label": {"en": "Opened the download", "vi": "Đã tải tài liệu"},
            "when": {"fact": "touch.download", "gte": 1},
        },
        {
            "name": "offer-coupon", "group": "behaviour", "points": 10,
            "label": {"en": "Wants to buy with a coupon", "vi": "Muốn mua bằng mã giảm giá"},
            "when": {"fact": "offer.kind", "eq": "coupon"},
        },
        {
            "name": "source-search", "group": "source", "points": 10,
            "label": {"en": "Was searching for it", "vi": "Tự tìm đến"},
            "when": {"fact": "channel", "in": ["Paid Search", "Organic Search"]},
        },
        {
            "name": "source-known", "group": "source", "points": 5,
            "label": {"en": "Came by mail or recommendation", "vi": "Đến từ thư hoặc giới thiệu"},
            "when": {"fact": "channel", "in": ["Email", "Referral", "Affiliates"]},
        },
    ],
    "stages": {"mql": 45, "sql": {"score": 70, "when": {"fact": "phone.valid", "eq": True}}},
}  # fmt: skip
