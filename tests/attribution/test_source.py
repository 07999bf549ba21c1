"""From a landing URL and a referrer to raw values: what is read, what is refused, what is cut."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from capture.attribution.source import (
    CLICK_ID_CHARACTERS_MAX,
    CLICK_IDS,
    URL_CHARACTERS_MAX,
    UTM,
    UTM_CHARACTERS_MAX,
    Source,
    host_of,
    source_of,
)

OWN = ("shop.example", "xn--nh-rang-9va.vn", "127.0.0.1:8000")


def landed(url: str | None, referrer: str | None = None) -> Source:
    return source_of(url, referrer, own_hosts=OWN)


def test_a_tagged_visit_is_read_whole() -> None:
    url = "https://shop.example/guide?utm_source=facebook&utm_medium=cpc&utm_campaign=tet&fbclid=IwAR1#form"
    assert landed(url, "https://l.facebook.com/") == Source(
        landing_url="https://shop.example/guide?utm_source=facebook&utm_medium=cpc&utm_campaign=tet&fbclid=IwAR1",
        landing_page="/guide",
        referrer="https://l.facebook.com/",
        referrer_host="l.facebook.com",
        utm={"source": "facebook", "medium": "cpc", "campaign": "tet"},
        click_ids={"fbclid": "IwAR1"},
    )


def test_a_visit_that_tells_nothing_is_no_external_one() -> None:
    told = landed(None)
    assert told == Source(None, None, None, None, {}, {})
    assert not told.has_campaign
    assert not told.is_external


@pytest.mark.parametrize("name", UTM)
def test_every_utm_parameter_is_read_whatever_its_case(name: str) -> None:
    assert landed(f"https://shop.example/?utm_{name}=Tet").utm == {name: "Tet"}
    assert landed(f"https://shop.example/?UTM_{name.upper()}=Tet").utm == {name: "Tet"}


@pytest.mark.parametrize("name", CLICK_IDS)
def test_every_click_id_is_read_and_makes_the_visit_external(name: str) -> None:
    told = landed(f"https://shop.example/?{name.upper()}=Abc-1")
    assert told.click_ids == {name: "Abc-1"}
    assert told.has_campaign
    assert told.is_external


QUERIES = [
    ("utm_source=a&utm_source=b", "a"),
    ("utm_source=&utm_source=b", "b"),
    ("utm_source=%20&utm_source=b", "b"),
    ("utm_source=%00&utm_source=b", "b"),
    ("utm_source=Zalo%20OA", "Zalo OA"),
    ("utm_source=Zalo+OA", "Zalo OA"),
    ("utm_source=T%E1%BA%BFt", "Tết"),
    ("utm_source=Te%CC%82%CC%81t", "Tết"),
    ("utm_source=%FF%FE", "\ufffd\ufffd"),
    ("utm_source=%ED%A0%80", "\ufffd\ufffd\ufffd"),
    ("utm_source=100%", "100%"),
    ("utm_source=%zz", "%zz"),
    ("utm_source=a%0D%0Ab%09c", "abc"),
    ("utm_source=a%E2%80%AEb", "ab"),
    ("utm_source=<script>", "<script>"),
    ("utm_source='; DROP TABLE visit; --", "'; DROP TABLE visit; --"),
    ("utm%5Fsource=a", "a"),
    ("x=1&amp;utm_source=a", "a"),
    ("&&&=&utm_source=a&", "a"),
    ("utm_source=a=b", "a=b"),
    ("utm_source=a?b", "a?b"),
    ("utm_source", None),
    ("utm_source=", None),
    ("utm_sources=a", None),
    ("source=a", None),
    ("utm_source[]=a", None),
    ("x=1#utm_source=a", None),
]


@pytest.mark.parametrize(("query", "source"), QUERIES)
def test_a_parameter_is_decoded_cleaned_and_taken_once(query: str, source: str | None) -> None:
    assert landed(f"https://shop.example/?{query}").utm.get("source") == source


URLS = [
    ("https://shop.example", "https://shop.example/", "/"),
    ("HTTPS://SHOP.Example/Guide", "https://shop.example/Guide", "/Guide"),
    ("https://an:secret@shop.example/a", "https://shop.example/a", "/a"),
    ("https://a@b@shop.example/a", "https://shop.example/a", "/a"),
    ("https://shop.example/a#b?c", "https://shop.example/a", "/a"),
    ("https://shop.example?x=/y", "https://shop.example/?x=/y", "/"),
    ("http://127.0.0.1:8000/a", "http://127.0.0.1:8000/a", "/a"),
    ("http://[::1]:8000/a", "http://[::1]:8000/a", "/a"),
    ("  https://shop.example/a\n", "https://shop.example/a", "/a"),
    ("https://shop.ex\x00ample/a\x7f", "https://shop.example/a", "/a"),
    ("https://shop.example/a\ud800b", "https://shop.example/ab", "/ab"),
    ("https://shop.example/c%E1%BA%A9m-nang", "https://shop.example/c%E1%BA%A9m-nang", "/cẩm-nang"),
    ("https://shop.example/a%00b", "https://shop.example/a%00b", "/ab"),
    ("https://nhà-rang.vn/a", "https://xn--nh-rang-9va.vn/a", "/a"),
    ("/guide?utm_source=x", "/guide?utm_source=x", "/guide"),
    ("//evil.example/guide", None, None),
    ("/\\evil.example/guide", None, None),
    ("guide", None, None),
    ("javascript:alert(1)", None, None),
    ("JaVa\nScript:alert(1)", None, None),
    ("data:text/html,<b>", None, None),
    ("file:///etc/passwd", None, None),
    ("ftp://shop.example/", None, None),
    ("android-app://com.zing.zalo/", None, None),
    ("https://", None, None),
    ("https:///a", None, None),
    ("https://shop.example\\@evil.example/", None, None),
    ("https://<b>/", None, None),
    ("https://sh op.example/", None, None),
    ("https://[::1/", None, None),
    ("https://[zz]/", None, None),
    ("https://shop.example:port/", None, None),
    ("https://a..b/", None, None),
    (f"https://{'a' * 254}/", None, None),
    (f"https://{'é' * 80}.vn/", None, None),
    ("", None, None),
    (None, None, None),
]


@pytest.mark.parametrize(("url", "kept", "page"), URLS)
def test_a_landing_url_is_kept_without_what_nobody_should_read(
    url: str | None, kept: str | None, page: str | None
) -> None:
    told = landed(url)
    assert (told.landing_url, told.landing_page) == (kept, page)


REFERRERS = [
    ("https://www.google.com/", "https://www.google.com/", "www.google.com"),
    ("https://WWW.Google.com.:443/a?b#c", "https://www.google.com:443/a?b", "www.google.com"),
    ("https://u:p@forum.example/t/1", "https://forum.example/t/1", "forum.example"),
    ("android-app://com.google.android.gm/", "android-app://com.google.android.gm/", "com.google.android.gm"),
    ("android-app://com.Slack", "android-app://com.slack/", "com.slack"),
    ("http://[2001:DB8::1]:81/", "http://[2001:db8::1]:81/", "2001:db8::1"),
    ("https://báo.vn/", "https://xn--bo-mia.vn/", "xn--bo-mia.vn"),
    ("https://shop.example/", None, None),
    ("http://SHOP.example:8080/pricing", None, None),
    ("https://www.shop.example/", None, None),
    ("https://nhà-rang.vn/", None, None),
    ("http://127.0.0.1:9999/", None, None),
    ("https://landing.example/other", None, None),
    ("https://blog.shop.example/", "https://blog.shop.example/", "blog.shop.example"),
    ("https://shop.example.evil.example/", "https://shop.example.evil.example/", "shop.example.evil.example"),
    ("/guide", None, None),
    ("google.com", None, None),
    ("about:blank", None, None),
    ("javascript:alert(1)", None, None),
    ("chrome-extension://abc/", None, None),
    ("-", None, None),
    ("", None, None),
    (None, None, None),
]


@pytest.mark.parametrize(("referrer", "kept", "host"), REFERRERS)
def test_a_referrer_is_kept_with_its_host_unless_it_is_ones_own(
    referrer: str | None, kept: str | None, host: str | None
) -> None:
    told = landed("https://landing.example/guide", referrer)
    assert (told.referrer, told.referrer_host) == (kept, host)
    assert told.is_external == (kept is not None)


def test_an_own_referrer_leaves_the_campaign_alone() -> None:
    told = landed("https://shop.example/?utm_source=banner", "https://shop.example/")
    assert told.referrer is None
    assert told.utm == {"source": "banner"}


def test_tags_behind_the_kept_part_of_a_long_url_are_still_read() -> None:
    told = landed(f"https://shop.example/?pad={'x' * 3_000}&utm_source=facebook")
    assert told.landing_url is not None
    assert len(told.landing_url) == URL_CHARACTERS_MAX
    assert told.utm == {"source": "facebook"}


@pytest.mark.parametrize("character", ["x", "é", "\u1e9b\u0323", "%CC%81", "%F0%9F%8C%B8", "\U0001d160"])
def test_long_values_are_cut(character: str) -> None:
    told = landed(f"https://shop.example/?utm_source=a{character * 600}&gclid=a{character * 600}")
    assert 0 < len(told.utm["source"]) <= UTM_CHARACTERS_MAX
    assert 0 < len(told.click_ids["gclid"]) <= CLICK_ID_CHARACTERS_MAX


HOSTILE = [
    "https://" + "@" * 100_000,
    "https://" + "a@" * 100_000 + "\\",
    "https://shop.example/?" + "&" * 100_000,
    "https://shop.example/?" + "utm_source=&" * 50_000,
    "https://shop.example/?utm_source=" + "%" * 100_000,
    "https://shop.example/?utm_source=" + "a" + "\u0315\u0300" * 50_000,
    "https://" + "[" * 100_000,
    "https://" + "ü." * 50_000,
    "/" * 100_000,
    "\x00" * 100_000,
]


@pytest.mark.timeout(2)
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_costs_little(text: str) -> None:
    source_of(text, text, own_hosts=[text[:300]])


PIECES = st.sampled_from(
    [*"/?#&=@:[]%\\.\x00\ud800é", "https://", "http://", "android-app://", "a" * 300]
    + ["utm_source", "UTM_MEDIUM", "gclid", "shop.example", "::1", "%ff", "%00"]
)
TEXTS = st.none() | st.text() | st.lists(PIECES, max_size=20).map("".join)


@given(TEXTS, TEXTS, st.lists(st.text(), max_size=3))
@example("https://shop.example/?utm_source=\udfff", "https://\ud800", ["\ud800", ":", "["])
def test_any_text_gives_a_source_within_its_limits(url: str | None, referrer: str | None, own: list[str]) -> None:
    told = source_of(url, referrer, own_hosts=own)
    assert told == source_of(url, referrer, own_hosts=own)
    assert all(len(text) <= URL_CHARACTERS_MAX for text in urls_of(told))
    assert all(0 < len(value) <= UTM_CHARACTERS_MAX for value in told.utm.values())
    assert all(0 < len(value) <= CLICK_ID_CHARACTERS_MAX for value in told.click_ids.values())
    assert set(told.utm) <= set(UTM)
    assert set(told.click_ids) <= set(CLICK_IDS)


@given(TEXTS, TEXTS)
def test_what_is_kept_can_be_stored_and_shown_on_one_line(url: str | None, referrer: str | None) -> None:
    told = source_of(url, referrer, own_hosts=OWN)
    for text in (*urls_of(told), *told.utm.values(), *told.click_ids.values()):
        assert text.encode("utf-8")
        assert not any(ord(character) < 32 for character in text)


@given(TEXTS)
def test_only_the_web_and_apps_are_kept_as_addresses(text: str | None) -> None:
    told = source_of(text, text, own_hosts=())
    assert told.landing_url is None or told.landing_url.startswith(("http://", "https://", "/"))
    assert told.referrer is None or told.referrer.startswith(("http://", "https://", "android-app://"))


def urls_of(told: Source) -> list[str]:
    return [text for text in (told.landing_url, told.landing_page, told.referrer, told.referrer_host) if text]


HOSTS = [
    ("Shop.Example.", "shop.example"),
    ("shop.example:8000", "shop.example"),
    ("[::1]:8000", "::1"),
    ("::1", "::1"),
    ("NHÀ-RANG.vn:80", "xn--nh-rang-9va.vn"),
    ("", None),
    (".", None),
    ("a b", None),
    ("\ud800", None),
]


@pytest.mark.parametrize(("written", "host"), HOSTS)
def test_a_host_has_one_spelling(written: str, host: str | None) -> None:
    assert host_of(written) == host
