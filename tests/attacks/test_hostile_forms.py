"""Browser forms: whatever is posted is refused with a message or stored as text, never a failure of ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

import pytest
from flask.testing import FlaskClient

from capture.leads.models import Lead
from capture.privacy.models import Consent
from capture.submissions.models import Submission
from capture.tracking.models import Touchpoint, Visitor
from tests.attacks.hostile import NAUGHTY, statuses, still_works, unwanted
from tests.products import Product, typed

URLENCODED = "application/x-www-form-urlencoded"
BOUNDARY = "xX-boundary-Xx"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"
Cases = dict[str, Callable[[], Any]]


def part(name: str, value: bytes, file: str | None = None, kind: str = "") -> bytes:
    told = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"'
    told += f'; filename="{file}"' if file is not None else ""
    told += f"\r\nContent-Type: {kind}" if kind else ""
    return told.encode("utf-8", "surrogatepass") + b"\r\n\r\n" + value + b"\r\n"


def parts(*made: bytes, end: bytes = f"--{BOUNDARY}--\r\n".encode()) -> bytes:
    return part("email", b"parts@example.com") + b"".join(made) + end


RAW: Mapping[str, tuple[bytes, str | None]] = {
    "nothing at all": (b"", None),
    "no content type": (b"email=an@example.com", None),
    "json": (b'{"email": "an@example.com"}', "application/json"),
    "xml": (b"<email>an@example.com</email>", "text/xml"),
    "a content type of nonsense": (b"email=an@example.com", "\u00ff/; ; =;charset=" + "x" * 500),
    "an unknown charset": (b"email=an@example.com", f"{URLENCODED}; charset=utf-7"),
    "only separators": (b"&&&&===&=&;;;", URLENCODED),
    "broken percents": (b"email=%&name=%zz%4&%=%", URLENCODED),
    "bytes that are no text": (b"email=\xff\xfe\x00\x80&\xc0\xaf=\xc0\xaf", URLENCODED),
    "a lone surrogate in values": (b"email=an%40example.com&name=%ED%A0%80&need=%ED%BF%BF", URLENCODED),
    "a lone surrogate in a name": (b"email=an%40example.com&%ED%A0%80=1&%ED%B0%80[]=2", URLENCODED),
    "NUL in values": (b"email=an%40example.com&name=A%00n&need=%00&company=%00%00", URLENCODED),
    "NUL in names": (b"email=an%40example.com&%00=1&na%00me=x&email%00=x", URLENCODED),
    "NUL in what is ours": (
        b"email=an%40example.com&_url=http://localhost/%00&_referrer=%00&_key=%00&_visitor=%00&_locale=%00&_page=%00",
        URLENCODED,
    ),
    "NUL inside an email": (b"email=an%00%40example.com", URLENCODED),
    "the same name a thousand times": (b"email=an%40example.com&" + b"&".join([b"name=x"] * 1_000), URLENCODED),
    "10,000 fields": (b"email=an%40example.com&" + b"&".join(b"x%d=%d" % (n, n) for n in range(10_000)), URLENCODED),
    "a value of a megabyte": (b"email=an%40example.com&need=" + b"x" * 1_000_000, URLENCODED),
    "a name of a megabyte": (b"email=an%40example.com&" + b"x" * 1_000_000 + b"=1", URLENCODED),
    "a value of 200 KB": (b"email=an%40example.com&need=" + b"x" * 200_000, URLENCODED),
    "an email of 200 KB": (b"email=" + b"a" * 200_000 + b"@example.com", URLENCODED),
    "an email of dots": (b"email=" + b"a." * 60_000 + b"@" + b"b." * 60_000 + b"com", URLENCODED),
    "a phone of 200 KB": (b"email=an%40example.com&phone=" + b"0" * 200_000, URLENCODED),
    "100,000 accents on one letter": (b"email=an%40example.com&need=a" + b"%CC%81" * 40_000, URLENCODED),
    "names like indexes": (b"email=an%40example.com&a[b][c]=1&a.b.c=2&__proto__[x]=3&constructor=4", URLENCODED),
    "names like attributes": (b"email=an%40example.com&__class__=1&data=2&validate=3&csrf_token=4&_fields=5", URLENCODED),
    "multipart without a boundary": (parts(), "multipart/form-data"),
    "multipart with an empty boundary": (parts(), "multipart/form-data; boundary="),
    "multipart with another boundary": (parts(), "multipart/form-data; boundary=other"),
    "multipart with a boundary of 5,000": (parts(), f"multipart/form-data; boundary={'b' * 5_000}"),
    "multipart that never ends": (parts(end=b""), MULTIPART),
    "multipart cut inside a head": (parts(end=f"--{BOUNDARY}\r\nContent-Dispo".encode()), MULTIPART),
    "multipart without any part": (f"--{BOUNDARY}--\r\n".encode(), MULTIPART),
    "multipart with rubbish before and after": (b"rubbish\r\n" + parts() + b"more rubbish", MULTIPART),
    "a part without a name": (parts(f"--{BOUNDARY}\r\nX: y\r\n\r\nv\r\n".encode()), MULTIPART),
    "a part of zero length": (parts(part("name", b""), part("", b""), part("file", b"", "")), MULTIPART),
    "a part with 10,000 heads": (
        parts(f"--{BOUNDARY}\r\n".encode() + b"X: y\r\n" * 10_000 + b"\r\nv\r\n"),
        MULTIPART,
    ),
    "2,500 parts": (parts(*[part("x", b"1") for _ in range(2_500)]), MULTIPART),
    "a part in an unknown charset": (parts(part("name", b"\xff\xfe", None, "text/plain; charset=utf-16")), MULTIPART),
    "a part in base64": (
        parts(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="name"\r\n'
              f"Content-Transfer-Encoding: base64\r\n\r\n!!!\r\n".encode()),
        MULTIPART,
    ),
    "an undeclared file of 200 KB": (parts(part("cv", b"%PDF-" + b"x" * 200_000, "cv.pdf", "application/pdf")), MULTIPART),
    "a file in place of an answer": (parts(part("name", b"MZ" * 50_000, "name.exe")), MULTIPART),
    "150 small files": (parts(*[part(f"f{n}", b"x" * 100, f"{n}.php") for n in range(150)]), MULTIPART),
    "a file name that climbs": (parts(part("f", b"x", "../../../etc/cron.d/x")), MULTIPART),
    "a file name of markup": (parts(part("f", b"x", "<img src=x onerror=alert(1)>.png")), MULTIPART),
    "a file name with NUL and a line": (parts(part("f", b"x", "a\x00b%0d%0aX: y")), MULTIPART),
    "a file name of 60 KB": (parts(part("f", b"x", "n" * 60_000)), MULTIPART),
    "a file type of nonsense": (parts(part("f", b"x", "f", "\u00ff;;;=")), MULTIPART),
}  # fmt: skip


@pytest.mark.parametrize("form", ["guide", "call", "work", "odd"])
def test_a_body_of_any_kind_gets_an_answer_in_plain_words(client: FlaskClient, site: Product, form: str) -> None:
    cases: Cases = {
        name: lambda body=body, kind=kind: client.post(f"/f/{form}", data=body, content_type=kind)
        for name, (body, kind) in RAW.items()
    }
    assert unwanted(statuses(cases), {303, 400, 413, 422}) == {}
    assert still_works(site)


def test_a_refusal_of_a_body_is_a_page_that_says_why(client: FlaskClient) -> None:
    answer = client.post("/f/guide", data=RAW["a value of a megabyte"][0], content_type=URLENCODED)
    assert answer.status_code == 413
    assert "<html" in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_undeclared_files_are_thrown_away_while_they_are_read(client: FlaskClient, site: Product) -> None:
    before = {path for path in site.app.config["SETTINGS"].instance.rglob("*") if path.is_file()}
    body, kind = RAW["an undeclared file of 200 KB"]
    assert client.post("/f/guide", data=body, content_type=kind).status_code == 303
    [stored] = site.rows(Submission)
    assert stored.answers["email"] == "parts@example.com"
    assert "PDF" not in f"{stored.answers} {stored.extra}"
    after = {path for path in site.app.config["SETTINGS"].instance.rglob("*") if path.is_file()}
    assert {path for path in after - before if "sqlite" not in path.name} == set()


def test_undeclared_answers_are_fenced_in_number_name_and_size(client: FlaskClient, site: Product) -> None:
    odd = {f"x{n}-{'n' * 500}": "v" * 5_000 for n in range(40)}
    client.post("/f/guide", data={**typed(), **odd, "\x00\x1b": "x", "<b>": NAUGHTY[0]})
    extra = site.rows(Submission)[0].extra
    assert len(extra) <= 20
    assert all(len(name) <= 64 and len(value) <= 1_000 for name, value in extra.items())


@pytest.mark.parametrize("name", ["_url", "_referrer"])
def test_where_a_visitor_came_from_is_kept_to_a_length(client: FlaskClient, site: Product, name: str) -> None:
    client.post("/f/guide", data={**typed(), name: "http://localhost/guide?utm_source=" + "x" * 200_000})
    [stored] = site.rows(Submission)
    assert len(stored.landing_url or "") <= 8_192
    assert len(stored.referrer or "") <= 8_192


OURS = (
    *NAUGHTY, "", " ", "\x00", "0", "-1", "[]", "null", "a" * 5_000, "guide\x00", "../guide", "GUIDE", "guide\n",
    "http://[", "http://[::1", "http://localhost:99999999/", "http://\u1ef7.example/", "//evil.example", "\ud7ff",
    "A" * 21, "A" * 22 + "\n", "A" * 23, "á" * 22, "http://localhost/?" + "utm_source=a&" * 1_000,
    "http://localhost/?utm_source=%00&utm_medium=%ED%A0%80&utm_campaign=%FF&gclid=%0d%0a", "http://localhost/%",
)  # fmt: skip


def test_what_is_ours_in_a_form_may_hold_anything(client: FlaskClient, site: Product) -> None:
    """Nothing of ours is required, so nothing of it can be wrong."""
    names = ("_key", "_visitor", "_url", "_referrer", "_page", "_locale", "_odd")
    cases: Cases = {
        f"{value[:60]!r}": lambda value=value, n=n: client.post(
            "/f/guide", data={**typed(email=f"p{n}@example.com", phone=None), **dict.fromkeys(names, value)}
        )
        for n, value in enumerate(OURS)
    }
    assert unwanted(statuses(cases), {303}) == {}
    assert still_works(site)


def test_a_filled_trap_of_any_kind_is_answered_like_a_lead(client: FlaskClient, site: Product) -> None:
    cases: Cases = {
        value: lambda value=value: client.post(
            "/f/guide", data={**typed(email=None), "email": "x@example.com", "_website": value}
        )
        for value in NAUGHTY[:6]
    }
    assert unwanted(statuses(cases), {303}) == {}
    assert site.count(Lead) == 0


def test_a_visitor_id_is_22_characters_and_nothing_after_them(client: FlaskClient, site: Product) -> None:
    client.post("/f/guide", data={**typed(), "_visitor": "A" * 22 + "\n"})
    client.post("/t", json={"visitor": "B" * 22 + "\n", "events": [{"kind": "page_view\n", "page": "/x"}]})
    assert [one.id for one in site.rows(Visitor) if "\n" in one.id] == []
    assert [one.kind for one in site.rows(Touchpoint) if "\n" in one.kind] == []


def test_consent_in_a_form_is_given_by_four_words_only(client: FlaskClient, site: Product) -> None:
    given = ("y", "on", "true", "1")
    not_given = (
        "Y",
        " on ",
        "TRUE",
        "",
        "no",
        "off",
        "false",
        "0",
        "2",
        "yes",
        "n",
        "\uff59",
        "tru",
        "y y",
        "1.0",
        "on\x00x",
        "[true]",
    )
    for number, said in enumerate((*given, *not_given)):
        client.post("/f/guide", data={**typed(email=f"c{number}@example.com", phone=None), "consent": said})
    leads = {lead.email: lead.id for lead in site.rows(Lead)}
    agreed = {one.lead_id for one in site.rows(Consent) if one.given}
    assert agreed == {leads[f"c{number}@example.com"] for number in range(len(given))}


def test_the_first_of_two_answers_counts_and_nothing_is_mixed(client: FlaskClient, site: Product) -> None:
    body = urlencode(
        [("email", "first@example.com"), ("email", "second@example.com"), ("consent", "no"), ("consent", "y")]
    )
    assert client.post("/f/guide", data=body, content_type=URLENCODED).status_code == 303
    [lead] = site.rows(Lead)
    assert lead.email == "first@example.com"


def test_control_characters_and_half_surrogates_never_reach_what_is_stored(client: FlaskClient, site: Product) -> None:
    dirty = quote_from_bytes(b"A\x00\x01\x1b\x7f\xc2\x85\xed\xa0\x80n")
    client.post(
        "/f/guide", data=f"email=an%40example.com&name={dirty}&need={dirty}&{dirty}={dirty}&_url=http://localhost/{dirty}",
        content_type=URLENCODED,
    )  # fmt: skip
    [stored] = site.rows(Submission)
    told = str([stored.answers, stored.extra, stored.landing_url, stored.referrer])
    assert not any(f"\\x{code:02x}" in told for code in (0, 1, 27, 127, 133)), told


def test_two_notations_of_one_letter_are_one_text(client: FlaskClient, site: Product) -> None:
    client.post("/f/guide", data=typed(name="Nguye\u0302\u0303n Thi\u0323 Y\u0309 Lan"))
    assert site.rows(Lead)[0].name == "Nguy\u1ec5n Th\u1ecb \u1ef6 Lan"


WRONG = {
    "email": [
        *NAUGHTY,
        "@",
        "a@",
        "@b.vn",
        "a@b",
        "a@b@c.vn",
        "a b@c.vn",
        "a@-b.vn",
        "a@b..vn",
        '"a b"@c.vn',
        "a@[1.2.3.4]",
    ],
    "phone": [
        *NAUGHTY,
        "0",
        "123",
        "+",
        "0912 345 67",
        "+999 1234567",
        "nine",
        "0912345678 0912345678",
    ],
    "size": [*NAUGHTY[:4], "huge", "SMALL", "small big"],
}


@pytest.mark.parametrize("field", WRONG)
def test_a_text_is_no_email_no_phone_and_no_choice(client: FlaskClient, site: Product, field: str) -> None:
    cases: Cases = {
        value: lambda value=value: client.post("/f/guide", data={**typed(), field: value, "_page": "guide"})
        for value in WRONG[field]
    }
    assert unwanted(statuses(cases), {422}) == {}
    assert site.count(Submission) == 0


def test_a_form_of_another_site_or_none_is_not_found(client: FlaskClient) -> None:
    paths = [
        "/f/nope",
        "/f/..%2fguide",
        "/f/guide%00",
        "/f/guide%2f",
        "/f/%2e%2e",
        "/f/GUIDE",
        "/f/" + "g" * 5_000,
        "/f/{{7}}",
    ]
    cases: Cases = {path: lambda path=path: client.post(path, data=typed()) for path in paths}
    assert unwanted(statuses(cases), {404}) == {}
