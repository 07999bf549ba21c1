"""Honest people who look odd must pass: a guard that refuses them is a defect of the same weight."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from capture.leads.models import Lead
from capture.submissions.models import Submission
from tests.attacks.hostile import JSON_URL, STANDARD
from tests.products import Product, typed

NAMES = (
    "O'Brien", "Nguyễn Thị Ỷ Lan", "D’Arcy-Smith", "J. R. R. Tolkien", "Lý", "X", "Đỗ Văn Ơn", "Ngô Đình Nguyễn Thị Phương Uyên",
    "Jean-Luc Müller-Lüdenscheidt", "María José Ñíguez", "李小龍", "Мария", "محمد", "Null", "True", "Test", "Script", "Select From",
    "Drop Table", "anh Ba (chủ quán)", "Mai & Lan", "Lan <3", "Ông Tư + bà Năm", "Nguyễn Văn A/B", "=Khoa=", "-", "@nhi", "N.T.H",
)  # fmt: skip
COMPANIES = (
    "www.cafe.vn", "Ltd. & Co", "Cà phê <3", "https://quan.example", "Quán #1 (Q.1)", "50% Arabica", "=1 Coffee", "A/B Testing JSC",
    '"Nhà" Rang', "Công ty TNHH MTV 'Sáng'", "{cà phê}", "C++ Café", "--", "Bò & Gà; Vịt", "🍵 Trà", "Select * From Coffee",
)  # fmt: skip
NEEDS = (
    "<3 coffee", "Giá < 5 triệu & > 2 triệu?", "Xem http://quan.example và www.quan.example giúp em", "a\nb\nc", "1 = 1; -- ok",
    "{{ tên }} trên thiệp", "50%", "O'Brien said \"hi\"", "Line\twith tab", "😀" * 100, "x" * 5_000,
)  # fmt: skip
EMAILS = (
    "an+cafe@example.com", "o'brien@example.com", "a.b-c_d@sub.example.co.uk", "AN@EXAMPLE.COM", " an@example.com ", "1234567890@example.com",
    "an@tiếng-việt.vn", "an@xn--ting-vit-8ya6b.vn", "an@b\u00fccher.example.com", "x@example.photography", "an@mail.example.museum",
    "nguyễn@example.com", "a@b.vn", "an!#$%&*=?^{}~@example.com", "l" * 64 + "@example.com",
)  # fmt: skip
PHONES = {
    "0912345678": "+84912345678", "0912 345 678": "+84912345678", "091.234.5678": "+84912345678", "(+84) 912-345-678": "+84912345678",
    "+84912345678": "+84912345678", "84912345678": "+84912345678", "0084912345678": "+84912345678", "+84 (0) 912 345 678": "+84912345678",
    "912345678": "+84912345678", "0 9 1 2 3 4 5 6 7 8": "+84912345678", "０９１２３４５６７８": "+84912345678", "0912\u00a0345\u00a0678": "+84912345678",
    "0123 456 7890": "+84834567890", "01689999999": "+84389999999", "+84 121 2345678": "+84792345678", "0199-345-6789": "+84593456789",
    "0186 345 6789": "+84563456789", "84 120 234 5678": "+84702345678", "0084 1269999999": "+84769999999", "+84 (0) 123 456 7890": "+84834567890", "024 3825 1234": "+842438251234", "028-3823-1234": "+842838231234",
    "+1 415 200 0000": "+14152000000", "+44 20 7946 0958": "+442079460958", "+81 90-1234-5678": "+819012345678", "tel:0912345678": "+84912345678",
}  # fmt: skip


def posted(client: FlaskClient, number: int, **data: str) -> int:
    answers = {**typed(email=f"b{number}@example.com", phone=None), "_page": "guide", **data}
    return client.post("/f/guide", data=answers).status_code


@pytest.mark.parametrize(
    ("field", "values"), [("name", NAMES), ("company", COMPANIES), ("need", NEEDS)], ids=["names", "companies", "needs"]
)
def test_people_and_companies_with_odd_names_become_leads(
    client: FlaskClient, site: Product, field: str, values: tuple[str, ...]
) -> None:
    refused = {
        value[:60]: status for n, value in enumerate(values) if (status := posted(client, n, **{field: value})) != 303
    }
    assert refused == {}
    held = [one.answers.get(field) for one in site.rows(Submission, status="held")]
    assert held == []
    assert site.count(Lead) == len(values)


def test_what_was_typed_comes_back_as_it_was_typed(client: FlaskClient, site: Product) -> None:
    for number, name in enumerate(NAMES):
        posted(client, number, name=name)
    assert {lead.name for lead in site.rows(Lead)} == set(NAMES)


def test_emails_of_every_honest_kind_are_accepted(client: FlaskClient, site: Product) -> None:
    refused = {one: status for n, one in enumerate(EMAILS) if (status := posted(client, n, email=one)) != 303}
    assert refused == {}
    assert site.count(Submission, status="held") == 0


def test_vietnamese_phones_in_every_notation_are_one_number(client: FlaskClient, site: Product) -> None:
    refused = {
        one: status
        for one in PHONES
        if (status := posted(client, 0, phone=one, email=f"p{abs(hash(one))}@example.com")) != 303
    }
    assert refused == {}
    stored = {one.answers["phone"] for one in site.rows(Submission)}
    assert stored == set(PHONES.values())


@pytest.mark.parametrize("door", ["/f/guide", JSON_URL])
def test_browsers_that_send_few_or_odd_heads_pass(client: FlaskClient, site: Product, door: str) -> None:
    heads: list[dict[str, str]] = [
        {}, {"User-Agent": ""}, {"User-Agent": "Mozilla/5.0"}, {"User-Agent": "curl/8.0"}, {"Referer": ""}, {"Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": ""},
        {"Origin": "https://friend.example", "Sec-Fetch-Site": "cross-site"}, {"DNT": "1", "Sec-GPC": "1"}, {"Accept-Language": "*"},
        {"Accept": "*/*", "Accept-Encoding": "identity"}, {"Save-Data": "on"}, {"X-Requested-With": "com.zing.zalo"},
        {"User-Agent": "Mozilla/5.0 (Linux; Android 14; wv) AppleWebKit/537.36 Chrome/126 Mobile Safari/537.36 [FBAN/EMA;FBAV/1]"},
    ]  # fmt: skip
    for number, one in enumerate(heads):
        person = typed(email=f"h{number}@example.com", phone=None)
        body = {"json": {"fields": person}} if door == JSON_URL else {"data": person}
        assert client.post(door, headers=one, **body).status_code in {201, 303}, one
    assert [stored.verdict for stored in site.rows(Submission, status="held")] == []


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[Product]:
    product = Product.made(tmp_path, f"sqlite:///{tmp_path}/capture.sqlite", RATE_LIMITS="on")
    with product.app.app_context():
        product.apply(STANDARD)
        yield product
    product.close()


def test_thirty_people_behind_one_address_within_a_minute_all_pass(busy: Product) -> None:
    """A carrier, an office, a fair: each looks at pages, errs once, and sends the form."""
    for number in range(30):
        browser = busy.app.test_client()
        person = {**typed(email=f"fair{number}@example.com", phone=f"09123456{number:02d}"), "_page": "guide"}
        for page in ("/guide", "/pricing"):
            seen = {"visitor": f"fair-visitor-{number:09d}", "events": [{"kind": "page_view", "page": page}]}
            assert browser.post("/t", json=seen).status_code == 204
        assert browser.post("/f/guide", data={**person, "email": "wrong@"}).status_code == 422
        sent = browser.post("/f/guide", data=person)
        assert sent.status_code == 303
        assert browser.get(sent.headers["Location"]).status_code == 200
    assert busy.count(Lead) == 30
    assert busy.count(Submission, status="held") == 0


def test_a_family_with_one_phone_and_a_shop_with_one_address_are_several_people(
    client: FlaskClient, site: Product
) -> None:
    for number, name in enumerate(("Trần Văn Ba", "Lê Thị Tư", "Nguyễn Năm")):
        assert posted(client, number, name=name, phone="0912345678") == 303
    assert site.count(Lead) == 3


def test_a_form_sent_without_any_of_our_own_inputs_is_a_lead(client: FlaskClient, site: Product) -> None:
    assert client.post("/f/guide", data={"email": "plain@example.com"}).status_code == 303
    assert client.post(JSON_URL, json={"fields": {"email": "json@example.com"}}).status_code == 201
    assert site.count(Lead) == 2


def test_somebody_who_sends_twice_by_accident_is_thanked_twice(client: FlaskClient, site: Product) -> None:
    first, second = (
        client.post("/f/guide", data={**typed(), "_page": "guide", "_key": "double-click"}) for _ in range(2)
    )
    assert first.headers["Location"] == second.headers["Location"]
    assert site.count(Submission) == 1


def test_a_corrected_form_is_sent_with_the_key_it_came_back_with(client: FlaskClient, site: Product) -> None:
    wrong = client.post("/f/guide", data={**typed(email="an@"), "_page": "guide", "_key": "corrected"})
    assert 'value="corrected"' in wrong.text
    assert client.post("/f/guide", data={**typed(), "_page": "guide", "_key": "corrected"}).status_code == 303
    assert site.count(Lead) == 1
