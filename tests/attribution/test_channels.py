"""The channel table row by row, its edges, its departures, and the list of sites behind it."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.attribution.channels import CHANNELS, NETWORKS, PAID_CLICK_IDS, RULES, Channel, channel_of
from capture.attribution.names import CHANNEL_WORDS
from capture.attribution.sites import CATEGORIES, LIST, known_sites, site_of
from capture.attribution.source import CLICK_IDS, UTM, Source, source_of
from capture.console.facts import CHANNELS as OFFERED

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "channel"
TEXTS = st.text(max_size=40)


def tagged(source: str = "", medium: str = "", campaign: str = "", *click_ids: str) -> Source:
    utm = {"source": source, "medium": medium, "campaign": campaign}
    present = {name: value for name, value in utm.items() if value}
    return Source(None, None, None, None, present, dict.fromkeys(click_ids, "id"))


def came(referrer: str | None, query: str = "") -> Channel:
    return channel_of(source_of(f"https://shop.example/guide{query}", referrer, own_hosts=["shop.example"]))


ROWS = [
    ("Direct", "", "", ""),
    ("Direct", "(direct)", "(none)", ""),
    ("Direct", "(direct)", "(not set)", ""),
    ("Direct", "(Direct)", "(NONE)", ""),
    ("Direct", "(direct)", "", ""),
    ("Cross-network", "google", "cpc", "cross-network"),
    ("Cross-network", "google", "cpc", "tet Cross-Network 2026"),
    ("Cross-network", "", "email", "cross-network"),
    ("Paid Shopping", "shopee", "cpc", ""),
    ("Paid Shopping", "lazada.vn", "ppc", ""),
    ("Paid Shopping", "tiki", "paid", ""),
    ("Paid Shopping", "amazon.co.uk", "cpm", ""),
    ("Paid Shopping", "google", "cpc", "tet-shopping"),
    ("Paid Shopping", "google", "cpc", "Shop-tet"),
    ("Paid Shopping", "unlisted.example", "cpc", "eshop"),
    ("Paid Search", "google", "cpc", ""),
    ("Paid Search", "Google", "CPC", ""),
    ("Paid Search", "GOOGLE.COM.VN", "ppc", ""),
    ("Paid Search", "coccoc", "cpc", ""),
    ("Paid Search", "bing", "paidsearch", ""),
    ("Paid Search", "google", "cpm", ""),
    ("Paid Search", "google", "retargeting", ""),
    ("Paid Search", "google", "cpc", "workshop"),
    ("Paid Search", "google", "cpc", "bishop"),
    ("Paid Social", "facebook", "cpc", ""),
    ("Paid Social", "facebook", "cpm", ""),
    ("Paid Social", "facebook", "paid_social", ""),
    ("Paid Social", "instagram", "Paid", ""),
    ("Paid Social", "zalo", "cpc", ""),
    ("Paid Social", "tiktok", "cpv-cpc", ""),
    ("Paid Social", "linkedin.com", "ppc", ""),
    ("Paid Video", "youtube", "cpc", ""),
    ("Paid Video", "youtube.com", "cpm", ""),
    ("Paid Video", "vimeo", "paid-video", ""),
    ("Display", "unlisted", "cpm", ""),
    ("Display", "unlisted", "display", ""),
    ("Display", "google", "display", ""),
    ("Display", "facebook", "banner", ""),
    ("Display", "unlisted", "Expandable", ""),
    ("Display", "unlisted", "interstitial", ""),
    ("Paid Other", "unlisted", "cpc", ""),
    ("Paid Other", "unlisted", "cpa-cpl-cpx", ""),
    ("Paid Other", "", "ppc", ""),
    ("Paid Other", "newsletter", "paid", ""),
    ("Paid Other", "unlisted", "paid-email", ""),
    ("Organic Shopping", "shopee", "referral", ""),
    ("Organic Shopping", "shopee.vn", "", ""),
    ("Organic Shopping", "newsletter", "email", "shopping"),
    ("Organic Shopping", "facebook", "social", "shop"),
    ("Organic Social", "facebook", "", ""),
    ("Organic Social", "facebook", "referral", ""),
    ("Organic Social", "facebook", "email", ""),
    ("Organic Social", "zalo", "oa", ""),
    ("Organic Social", "tinhte.vn", "referral", ""),
    ("Organic Social", "voz", "", ""),
    ("Organic Social", "unlisted", "social", ""),
    ("Organic Social", "unlisted", "Social-Network", ""),
    ("Organic Social", "unlisted", "social-media", ""),
    ("Organic Social", "unlisted", "sm", ""),
    ("Organic Social", "unlisted", "social network", ""),
    ("Organic Social", "unlisted", "social media", ""),
    ("Organic Social", "youtube", "social", ""),
    ("Organic Video", "youtube", "", ""),
    ("Organic Video", "youtube", "referral", ""),
    ("Organic Video", "unlisted", "video", ""),
    ("Organic Video", "unlisted", "pre-Video-roll", ""),
    ("Organic Search", "google", "", ""),
    ("Organic Search", "google", "organic", ""),
    ("Organic Search", "google", "referral", ""),
    ("Organic Search", "unlisted", "Organic", ""),
    ("Referral", "unlisted", "referral", ""),
    ("Referral", "unlisted", "app", ""),
    ("Referral", "unlisted", "Link", ""),
    ("Referral", "email", "referral", ""),
    ("Referral", "chatgpt.com", "referral", ""),
    ("Email", "newsletter", "email", ""),
    ("Email", "unlisted", "e-mail", ""),
    ("Email", "unlisted", "E_Mail", ""),
    ("Email", "unlisted", "e mail", ""),
    ("Email", "email", "tet", ""),
    ("Email", "e-mail", "", ""),
    ("Email", "mailchimp", "email", ""),
    ("Affiliates", "accesstrade", "affiliate", ""),
    ("Affiliates", "unlisted", "Affiliate", ""),
    ("Audio", "spotify", "audio", ""),
    ("SMS", "sms", "", ""),
    ("SMS", "klaviyo", "sms", ""),
    ("Affiliates", "newsletter", "affiliate", ""),
    ("Mobile Push", "klaviyo", "push", ""),
    ("SMS", "unlisted", "SMS", ""),
    ("Mobile Push", "unlisted", "push", ""),
    ("Mobile Push", "unlisted", "web-push", ""),
    ("Mobile Push", "unlisted", "mobile-app", ""),
    ("Mobile Push", "unlisted", "notification", ""),
    ("Mobile Push", "Firebase", "", ""),
    ("Unassigned", "unlisted", "", ""),
    ("Unassigned", "unlisted", "post", ""),
    ("Unassigned", "poster", "offline", ""),
    ("Unassigned", "unlisted", "affiliates", ""),
    ("Unassigned", "unlisted", "pushy", ""),
    ("Unassigned", "unlisted", "", "bishop"),
]


@pytest.mark.parametrize(("channel", "source", "medium", "campaign"), ROWS)
def test_each_row_of_the_table_takes_what_it_says(channel: str, source: str, medium: str, campaign: str) -> None:
    assert channel_of(tagged(source, medium, campaign)).channel == channel


def test_the_rows_stand_in_googles_order() -> None:
    assert [rule.channel for rule in RULES] == [
        *("Direct", "Cross-network", "Paid Shopping", "Paid Search", "Paid Social", "Paid Video", "Display"),
        *("Paid Other", "Organic Shopping", "Organic Social", "Organic Video", "Organic Search", "Referral"),
        *("Email", "Affiliates", "Audio", "SMS", "Mobile Push"),
    ]


def test_every_channel_is_reached_by_some_example() -> None:
    assert {row[0] for row in ROWS} == set(CHANNELS)


CLICKS = [
    ("Paid Search", "google", "cpc", tagged("", "", "", "gclid")),
    ("Paid Search", "google", "cpc", tagged("", "", "", "gbraid")),
    ("Paid Search", "google", "cpc", tagged("", "", "", "wbraid")),
    ("Paid Search", "bing", "cpc", tagged("", "", "", "msclkid")),
    ("Paid Social", "tiktok", "cpc", tagged("", "", "", "ttclid")),
    ("Paid Social", "linkedin", "cpc", tagged("", "", "", "li_fat_id")),
    ("Paid Social", "zalo", "cpc", tagged("", "", "", "zclid")),
    ("Paid Social", "zalo", "cpc", tagged("zalo", "", "", "zclid")),
    ("Paid Social", "Zalo", "oa", tagged("Zalo", "oa", "", "zclid")),
    ("Organic Social", "facebook", "social", tagged("", "", "", "fbclid")),
    ("Organic Social", "facebook", "(not set)", tagged("facebook", "", "", "fbclid")),
    ("Paid Social", "facebook", "cpc", tagged("facebook", "cpc", "", "fbclid")),
    ("Paid Search", "google", "organic", tagged("google", "organic", "", "gclid")),
    ("Paid Video", "youtube", "cpc", tagged("youtube", "", "", "gclid")),
    ("Paid Search", "tet2026", "cpc", tagged("tet2026", "", "", "gclid")),
    ("Paid Social", "tet2026", "post", tagged("tet2026", "post", "", "ttclid")),
    ("Paid Shopping", "google", "cpc", tagged("", "", "shopping", "gclid")),
    ("Organic Social", "tet2026", "(not set)", tagged("tet2026", "", "", "fbclid")),
    ("Affiliates", "partner", "affiliate", tagged("partner", "affiliate", "", "fbclid")),
    ("Email", "weekly", "email", tagged("weekly", "email", "", "fbclid")),
    ("Paid Search", "google", "cpc", tagged("", "", "", "fbclid", "gclid")),
]


@pytest.mark.parametrize(("channel", "source", "medium", "told"), CLICKS)
def test_a_click_id_tells_the_network_and_whether_it_was_paid(
    channel: str, source: str, medium: str, told: Source
) -> None:
    found = channel_of(told)
    assert (found.channel, found.source, found.medium) == (channel, source, medium)


def test_every_click_id_has_a_network_and_only_facebooks_is_no_payment() -> None:
    assert set(NETWORKS) == set(CLICK_IDS)
    assert set(CLICK_IDS) - PAID_CLICK_IDS == {"fbclid"}


NICKNAMES = [
    *(("fb", "Paid Social"), ("FB", "Paid Social"), ("fb-ads", "Paid Social"), ("fb_ads", "Paid Social")),
    *(
        ("Facebook Ads", "Paid Social"),
        ("ig", "Paid Social"),
        ("insta", "Paid Social"),
        ("an", "Paid Social"),
    ),
    *(
        ("zalo-oa", "Paid Social"),
        ("Zalo OA", "Paid Social"),
        ("zalo_ads", "Paid Social"),
        ("li", "Paid Social"),
    ),
    *(
        ("tt", "Paid Social"),
        ("tiktok-ads", "Paid Social"),
        ("twitter-ads", "Paid Social"),
        ("vk", "Paid Social"),
    ),
    *(("adwords", "Paid Search"), ("google-ads", "Paid Search"), ("GoogleAds", "Paid Search")),
    *(
        ("bingads", "Paid Search"),
        ("yt", "Paid Video"),
        ("yt-ads", "Paid Video"),
        ("youtubeads", "Paid Video"),
    ),
    *(("lzd", "Paid Shopping"), ("roads", "Paid Other"), ("leads", "Paid Other")),
]


@pytest.mark.parametrize(("nickname", "channel"), NICKNAMES)
def test_a_nickname_counts_as_its_site_and_stays_as_written(nickname: str, channel: str) -> None:
    found = channel_of(tagged(nickname, "cpc"))
    assert (found.channel, found.source) == (channel, nickname)


REFERRERS = [
    ("https://www.google.com/", "Organic Search", "google", "organic"),
    ("https://www.google.com.vn/url?q=x", "Organic Search", "google", "organic"),
    ("https://images.google.de/", "Organic Search", "google", "organic"),
    ("https://www.bing.com/", "Organic Search", "bing", "organic"),
    ("https://coccoc.com/search?query=x", "Organic Search", "coccoc", "organic"),
    ("https://vn.search.yahoo.com/", "Organic Search", "yahoo", "organic"),
    ("https://duckduckgo.com", "Organic Search", "duckduckgo", "organic"),
    ("android-app://com.google.android.googlequicksearchbox/", "Organic Search", "google", "organic"),
    ("https://docs.google.com/d/1", "Referral", "docs.google.com", "referral"),
    ("https://finance.yahoo.com/", "Referral", "finance.yahoo.com", "referral"),
    ("https://mail.google.com/mail/u/0", "Email", "gmail", "email"),
    ("https://mail.google.com.vn/", "Email", "gmail", "email"),
    ("android-app://com.google.android.gm/", "Email", "gmail", "email"),
    ("https://outlook.live.com/mail", "Email", "outlook", "email"),
    ("https://mail.yahoo.com/d", "Email", "yahoo-mail", "email"),
    ("https://l.facebook.com/l.php?u=x", "Organic Social", "facebook", "social"),
    ("https://m.facebook.com/", "Organic Social", "facebook", "social"),
    ("https://chat.zalo.me/", "Organic Social", "zalo", "social"),
    ("android-app://com.zing.zalo/", "Organic Social", "zalo", "social"),
    ("https://t.co/abc", "Organic Social", "twitter", "social"),
    ("https://lnkd.in/x", "Organic Social", "linkedin", "social"),
    ("https://voz.vn/t/1", "Organic Social", "voz", "social"),
    ("https://tinhte.vn/", "Organic Social", "tinhte", "social"),
    ("https://tieba.baidu.com/p/1", "Organic Social", "tieba", "social"),
    ("https://www.youtube.com/watch", "Organic Video", "youtube", "referral"),
    ("https://youtu.be/x", "Organic Video", "youtube", "referral"),
    ("https://shopee.vn/x", "Organic Shopping", "shopee", "referral"),
    ("https://www.amazon.co.jp/", "Organic Shopping", "amazon", "referral"),
    ("https://console.aws.amazon.com/", "Referral", "aws", "referral"),
    ("https://chatgpt.com/", "Referral", "chatgpt", "referral"),
    ("https://www.perplexity.ai/search", "Referral", "perplexity", "referral"),
    ("https://gemini.google.com/app", "Referral", "gemini", "referral"),
    ("https://www.partner.example/page", "Referral", "partner.example", "referral"),
    ("https://facebook.com.evil.example/", "Referral", "facebook.com.evil.example", "referral"),
    ("https://notfacebook.com/", "Referral", "notfacebook.com", "referral"),
    ("https://google.evil.example/", "Referral", "google.evil.example", "referral"),
    ("http://[2001:db8::1]:8080/", "Referral", "2001:db8::1", "referral"),
    ("https://shop.example/pricing", "Direct", "(direct)", "(none)"),
    ("https://www.shop.example:8443/", "Direct", "(direct)", "(none)"),
    ("javascript:alert(1)", "Direct", "(direct)", "(none)"),
    (None, "Direct", "(direct)", "(none)"),
]


@pytest.mark.parametrize(("referrer", "channel", "source", "medium"), REFERRERS)
def test_a_referrer_alone_tells_channel_source_and_medium(
    referrer: str | None, channel: str, source: str, medium: str
) -> None:
    found = came(referrer)
    assert (found.channel, found.source, found.medium) == (channel, source, medium)


def test_tags_win_over_the_referrer() -> None:
    found = came("https://www.google.com/", "?utm_source=partner&utm_medium=affiliate")
    assert (found.channel, found.source, found.medium) == ("Affiliates", "partner", "affiliate")


def test_a_click_id_wins_over_the_referrer() -> None:
    assert came("https://www.bing.com/", "?gclid=1").source == "google"


def test_a_mediums_missing_source_is_told_by_the_referrer() -> None:
    found = came("https://m.facebook.com/", "?utm_medium=cpc&utm_campaign=tet")
    assert (found.channel, found.source, found.campaign) == ("Paid Social", "facebook", "tet")


@pytest.mark.parametrize("source", ["chatgpt.com", "perplexity", "claude.ai"])
def test_an_assistant_that_tags_a_source_alone_is_a_referral(source: str) -> None:
    assert came(None, f"?utm_source={source}").channel == "Referral"


@pytest.mark.parametrize("source", ["newsletter", "Newsletter", "ban-tin", "mailchimp", "klaviyo"])
def test_a_mail_source_without_a_medium_is_email(source: str) -> None:
    assert channel_of(tagged(source)).channel == "Email"


def test_campaign_term_and_content_pass_as_written() -> None:
    found = came(None, "?utm_source=Fb&utm_medium=CPC&utm_campaign=T%E1%BA%BFt&utm_term=Rang&utm_content=A")
    assert (found.source, found.medium) == ("Fb", "CPC")
    assert (found.campaign, found.term, found.content) == ("Tết", "Rang", "A")


def test_the_rule_says_which_row_matched_and_what_it_saw() -> None:
    rule = came(None, "?gclid=1").rule
    assert rule == "row 4, Paid Search: a search engine, paid (source google, medium cpc, gclid)"
    assert channel_of(tagged("unlisted", "post")).rule.startswith("no row matched (source unlisted")


@given(
    st.none() | TEXTS,
    st.dictionaries(st.sampled_from(UTM), TEXTS),
    st.dictionaries(st.sampled_from(CLICK_IDS), TEXTS),
)
def test_any_source_has_one_known_channel(host: str | None, utm: dict[str, str], ids: dict[str, str]) -> None:
    told = Source(None, None, host, host, utm, ids)
    found = channel_of(told)
    assert found == channel_of(told)
    assert found.channel in CHANNELS
    assert found.rule


@given(st.sampled_from([row[1:] for row in ROWS]))
def test_case_never_matters(row: tuple[str, str, str]) -> None:
    upper = tagged(*(text.upper() for text in row))
    assert channel_of(upper).channel == channel_of(tagged(*row)).channel


def test_the_list_of_sites_has_known_categories_and_each_site_once() -> None:
    with LIST.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert {row["category"] for row in rows} == set(CATEGORIES)
    assert [site for site, times in Counter(row["site"] for row in rows).items() if times > 1] == []
    assert [row["site"] for row in rows if not re.fullmatch(r"[a-z0-9+.-]+(\.\*)?", row["site"])] == []


def test_a_sites_name_has_one_category() -> None:
    sites = known_sites()
    everywhere = (*sites.hosts.values(), *sites.brands.values(), *sites.names.values())
    categories = Counter(name for name, _ in {(site.name, site.category) for site in everywhere})
    assert [name for name, times in categories.items() if times > 1] == []


# Below the 85 % that the marketers asked for it is no list any more; social holds hundreds of dead networks.
WANTED = [("SEARCH", 0.85), ("SHOPPING", 0.85), ("VIDEO", 0.85), ("SOCIAL", 0.80)]


@pytest.mark.parametrize(("category", "share"), WANTED)
def test_the_list_agrees_with_googles_published_one(category: str, share: float) -> None:
    published = SHARED / "ga4_source_categories.csv"
    if not published.exists():
        pytest.skip("Google's published list of sources is not on this machine")
    with published.open(encoding="utf-8", newline="") as lines:
        sources = [row["source"] for row in csv.DictReader(lines) if row["source_category"].endswith(category)]
    assert sum(is_listed(source, category.lower()) for source in sources) / len(sources) >= share


def test_the_list_agrees_with_matomos_assistants() -> None:
    published = SHARED / "matomo_AIAssistants.yml"
    if not published.exists():
        pytest.skip("Matomo's list of assistants is not on this machine")
    hosts = re.findall(r"^ +- (\S+\.\S+)$", published.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert sum(is_listed(host.partition("/")[0], "assistant") for host in hosts) / len(hosts) >= 0.80


def is_listed(source: str, category: str) -> bool:
    site = site_of(source)
    return site is not None and site.category == category


def test_every_channel_has_words_and_can_be_chosen_in_a_rule() -> None:
    assert set(CHANNELS) <= set(CHANNEL_WORDS)
    assert set(CHANNELS) == set(OFFERED)
