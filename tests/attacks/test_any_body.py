"""Whatever a program can think of: random trees and random forms never break anything."""

from __future__ import annotations

import math
from typing import Any

import orjson
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capture.attribution.source import source_of
from capture.core.clock import now
from capture.tracking.beacons import beacon_of, events_of
from tests.attacks.hostile import JSON_URL, NAUGHTY, still_works
from tests.products import Product, typed

settings.register_profile("attacks", deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
quick = settings.get_profile("attacks")
fast = settings(quick, max_examples=300)

FIELDS = (
    "name",
    "email",
    "phone",
    "company",
    "size",
    "need",
    "tour",
    "ref",
    "consent",
    "_page",
    "_key",
    "_visitor",
    "_url",
    "_referrer",
)
texts = st.one_of(
    st.text(st.characters(exclude_categories=("Cs",)), max_size=40),
    st.sampled_from(NAUGHTY),
    st.sampled_from(("", "\x00")),
)
numbers = st.one_of(st.integers(-(2**63), 2**64 - 1), st.floats(allow_nan=False, allow_infinity=False))
leaves = st.one_of(st.none(), st.booleans(), numbers, texts)
trees = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=15
)
names = st.one_of(st.sampled_from(FIELDS), texts)
answers = st.dictionaries(names, trees, max_size=8)
bodies = st.one_of(
    trees,
    st.fixed_dictionaries(
        {"fields": answers},
        optional={
            "page": trees,
            "context": st.dictionaries(st.sampled_from(("url", "referrer", "visitor", "x")), trees),
            "locale": trees,
        },
    ),
)
urls = st.one_of(
    texts,
    st.builds(
        "http://{}/{}?{}={}#{}".format, texts, texts, st.sampled_from(("utm_source", "gclid", "x")), texts, texts
    ),
)


@settings(quick)
@given(body=bodies)
def test_any_json_is_stored_or_refused(client: FlaskClient, body: Any) -> None:
    answer = client.post(JSON_URL, data=orjson.dumps(body), content_type="application/json")
    assert answer.status_code in {201, 400, 422}
    assert answer.is_json


@settings(quick)
@given(fields=st.dictionaries(names, texts, max_size=10), page=st.sampled_from(("guide", "summer", "pricing", "")))
def test_any_form_is_stored_or_comes_back(client: FlaskClient, fields: dict[str, str], page: str) -> None:
    answer = client.post("/f/guide", data={"_page": page, "email": "any@example.com", **fields})
    assert answer.status_code in {303, 422}


@settings(quick)
@given(body=st.binary(max_size=300))
def test_any_bytes_get_an_answer(client: FlaskClient, body: bytes) -> None:
    for path in (JSON_URL, "/t", "/f/guide"):
        for kind in ("application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            assert client.post(path, data=body, content_type=kind).status_code in {201, 204, 303, 400, 413, 422}


@settings(quick)
@given(body=st.fixed_dictionaries({"visitor": st.just("A" * 22), "events": st.lists(st.dictionaries(
    st.sampled_from(("kind", "page", "at", "value", "name", "url", "referrer")), st.one_of(trees, st.just("page_view"), urls), max_size=6), max_size=5)}))  # fmt: skip
def test_any_beacon_is_taken(client: FlaskClient, body: dict[str, Any]) -> None:
    assert client.post("/t", data=orjson.dumps(body)).status_code == 204


@fast
@given(url=urls, referrer=urls)
def test_any_address_has_a_source_that_fits_its_columns(url: str, referrer: str) -> None:
    source = source_of(url, referrer, own_hosts=("localhost",))
    told = [source.landing_url, source.landing_page, source.referrer, *source.utm.values(), *source.click_ids.values()]
    assert all(one is None or (len(one) <= 2_048 and "\x00" not in one) for one in told)


@fast
@given(found=trees)
def test_any_events_are_plain_values(found: Any) -> None:
    for event in events_of(found, now()):
        assert event.seen.value is None or math.isfinite(event.seen.value)
        assert event.seen.at <= now()


@fast
@given(body=st.binary(max_size=200))
def test_any_bytes_are_a_beacon_or_refused(body: bytes) -> None:
    from capture.core.errors import Unreadable

    try:
        beacon_of(body, now())
    except Unreadable as refusal:
        assert refusal.message


def test_a_normal_submission_right_after_succeeds(client: FlaskClient, site: Product) -> None:
    for body in (b"\xff", b"[" * 5_000, b"{}", orjson.dumps({"fields": {"email": "\x00"}})):
        client.post(JSON_URL, data=body)
        client.post("/f/guide", data=body, content_type="multipart/form-data; boundary=x")
        assert still_works(site, "after@example.com")
    assert client.post(JSON_URL, json={"fields": typed()}).status_code == 201
