"""Who is a machine: people's phones and apps by the dozen, and every agent that the library knows."""

import pytest
from crawleruseragents import CRAWLER_USER_AGENTS_DATA
from hypothesis import given
from hypothesis import strategies as st

from capture.tracking.bots import REMEMBERED_AGENTS_MAX, _kind_of, bot_of

CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
GECKO = "AppleWebKit/537.36 (KHTML, like Gecko)"
SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
MOBILE = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36"
VIEW = "AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/130.0.0.0 Mobile Safari/537.36"
IPHONE = f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) {SAFARI} Mobile/15E148"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
PIXEL = "Mozilla/5.0 (Linux; Android 15; Pixel 8 Build/AP3A.240617.008; wv)"

PEOPLE = [
    f"{WINDOWS} {CHROME}",
    f"{WINDOWS} {CHROME} Edg/130.0.0.0",
    f"{WINDOWS} {CHROME} OPR/115.0.0.0",
    f"{WINDOWS} {GECKO} coc_coc_browser/130.0.130 Chrome/124.0.0.0 Safari/537.36",
    f"{WINDOWS} {GECKO} ZaloPC-win32-24v663 Chrome/100 Safari/537.36",
    f"{WINDOWS} {CHROME} SE 2.X MetaSr 1.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; Valve Steam GameOverlay/1720) " + CHROME,
    "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {SAFARI} Version/17.5 Safari/605.1",
    f"Mozilla/5.0 (PlayStation; PlayStation 5/5.10) {SAFARI} Version/13.0 Safari/605.1",
    f"Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) {GECKO} 76.0.3809.146/6.0 TV Safari/537.36",
    "Opera/9.80 (Android; Opera Mini/36.2.2254/119.132; U; vi) Presto/2.12.423 Version/12.16",
    "Mozilla/5.0",
    f"{IPHONE} Safari/604.1",
    f"{IPHONE} Zalo iOS/24.05.01",
    f"{IPHONE} [FBAN/FBIOS;FBAV/465.0.0.41.103;FBDV/iPhone15,3;FBSN/iOS;FBLC/vi_VN;FBOP/80]",
    f"{IPHONE} Instagram 333.0.0.20 (iPhone15,3; iOS 17_5; vi_VN)",
    f"{IPHONE} musical_ly_34.8.0 JsSdk/2.0 NetType/WIFI BytedanceWebview/d8a21c6",
    f"{IPHONE} [LinkedInApp]/9.29.8000",
    f"{IPHONE} [Pinterest/iOS]",
    f"{IPHONE} Twitter for iPhone/10.41",
    f"{IPHONE} Snapchat/12.87.0.40 (like Safari/8617.2.4.11.8, panda)",
    f"{IPHONE} Safari Line/14.7.0",
    f"{IPHONE} MicroMessenger/8.0.49(0x18003137) NetType/WIFI Language/vi",
    f"{IPHONE} KAKAOTALK 10.8.5",
    f"{IPHONE} Viber/23.1",
    f"{IPHONE} Bluesky/1.90",
    f"{IPHONE} Notion/1.7",
    f"{IPHONE} PayPal/8.5",
    f"{IPHONE} DaumApps/5.0 Daum/10.2",
    f"{IPHONE} SogouMobileBrowser/5.2",
    f"{PIXEL} {VIEW}",
    f"{PIXEL} {VIEW} [FB_IAB/FB4A;FBAV/490.0;IABMV/1;]",
    f"{PIXEL} {VIEW} MetaIAB Facebook",
    f"{PIXEL} {VIEW} Instagram 406.0.0.58.159 Android (35/15; 480dpi; OPPO; CPH2557; mt6833; vi_VN)",
    f"{PIXEL} {VIEW} Zalo android/12100683 ZaloTheme/light ZaloLanguage/vi",
    f"{PIXEL} {VIEW} trill_340803 JsSdk/1.0 AppName/trill ByteLocale/vi BytedanceWebview/d8a21c6",
    f"{PIXEL} {VIEW} Telegram-Android/10.14.5 (Samsung SM-A536E; Android 13; SDK 33; AVERAGE)",
    f"{PIXEL} {VIEW} ShopeeVN Shopee locale/vi version/329 BeeShop",
    f"{PIXEL} {VIEW} Goodreads/4.0",
    f"Mozilla/5.0 (Linux; Android 10; HLK-AL00) {MOBILE} SogouMSE,SogouMobileBrowser/5.30.2",
    f"Mozilla/5.0 (Linux; Android 10; MI 9) {VIEW} SogouSearch Android1.0 version3.0",
    f"Mozilla/5.0 (Linux; Android 11; HTC Butterfly S Build/RQ1A) {MOBILE}",
    f"Mozilla/5.0 (Linux; U; Android 4.1.1; vi-vn; HTC_Butterfly_s_901s Build/JRO03C) {VIEW}",
    f"Mozilla/5.0 (Linux; Android 10; CUBOT_X30) {MOBILE}",
    f"Mozilla/5.0 (Linux; Android 9; CUBOT NOTE 20 Build/QP1A) {MOBILE}",
    f"Mozilla/5.0 (Linux; Android 8.1.0; Robot 7) {MOBILE}",
    f"Mozilla/5.0 (Linux; Android 9; TECNO Magellan) {MOBILE}",
    f"Mozilla/5.0 (Linux; Android 9; BLACK Fluid 5) {MOBILE}",
    f"Mozilla/5.0 (Linux; U; Android 12; vi-vn; M2101K7AG Build/SKQ1) {VIEW} XiaoMi/MiuiBrowser/14.5.0",
    f"Mozilla/5.0 (Linux; U; Android 12; vi-vn; CPH2127 Build/SP1A.210812.016) {VIEW} HeyTapBrowser/45.9",
    f"Mozilla/5.0 (Linux; Android 11; V2027; wv) {VIEW} VivoBrowser/12.2.0.2",
]


@pytest.mark.parametrize("agent", PEOPLE)
def test_people_are_people_with_any_phone_and_any_app(agent: str) -> None:
    assert bot_of(agent) is None
    assert bot_of(agent, method="post") is None


MACHINES = [
    ("", "no agent"),
    ("   ", "no agent"),
    ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "crawler"),
    (f"Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X) {MOBILE} (compatible; Googlebot/2.1)", "crawler"),
    (f"Mozilla/5.0 (Linux; Android 8.0; Pixel 2; Storebot-Google/1.0) {MOBILE}", "crawler"),
    ("Mozilla/5.0 (compatible; coccocbot-web/1.0; +http://help.coccoc.com/searchengine)", "crawler"),
    ("Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)", "crawler"),
    ("Sogou web spider/4.0(+http://www.sogou.com/docs/help/webmasters.htm#07)", "crawler"),
    (
        "Mozilla/5.0 (compatible; Butterfly/1.0; +http://labs.topsy.com/butterfly/) Gecko/2009032608",
        "crawler",
    ),
    ("Mozilla/5.0 (compatible; Daum/4.1; +http://cs.daum.net/faq/15/4118.html)", "crawler"),
    ("Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)", "crawler"),
    ("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", "link preview"),
    ("Mozilla/5.0 (compatible) Facebot Twitterbot/1.0", "link preview"),
    ("WhatsApp/2.23.20.0 A", "link preview"),
    ("Viber", "link preview"),
    ("TelegramBot (like TwitterBot)", "link preview"),
    ("LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)", "link preview"),
    ("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "link preview"),
    (
        f"{WINDOWS} AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/130.0.0.0 Safari/537.36",
        "headless browser",
    ),
    (
        "Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 (KHTML, like Gecko) PhantomJS/2.1.1",
        "headless browser",
    ),
    (f"{WINDOWS} {CHROME} Chrome-Lighthouse", "headless browser"),
    ("curl/8.5.0", "library"),
    ("Wget/1.21", "library"),
    ("python-requests/2.32.3", "library"),
    ("Python/3.11 aiohttp/3.9.1", "library"),
    ("okhttp/4.12.0", "library"),
    ("Go-http-client/2.0", "library"),
    ("axios/1.7.2", "library"),
    ("node", "library"),
    ("PostmanRuntime/7.39.0", "library"),
    ("Java/17.0.2", "library"),
    ("Dalvik/2.1.0 (Linux; U; Android 13; SM-A536E Build/TP1A)", "library"),
    ("Shop/1 CFNetwork/1496.0.7 Darwin/23.5.0", "library"),
    ("anything at all", "library"),
]


@pytest.mark.parametrize(("agent", "kind"), MACHINES)
def test_a_machine_is_told_by_its_agent(agent: str, kind: str) -> None:
    assert bot_of(agent) == kind


@pytest.mark.parametrize("purpose", ["prefetch", "Prefetch;prerender", "prefetch;anonymous-client-ip", "preview"])
def test_a_prefetch_is_nobody_looking(purpose: str) -> None:
    assert bot_of(PEOPLE[0], purpose=purpose) == "prefetch"


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "head"])
def test_who_asks_without_wanting_the_page_is_a_probe(method: str) -> None:
    assert bot_of(PEOPLE[0], method=method) == "probe"


def test_every_agent_of_the_library_is_a_machine_but_those_that_are_people() -> None:
    instances = [agent for entry in CRAWLER_USER_AGENTS_DATA for agent in entry["instances"]]
    missed = [agent for agent in instances if bot_of(agent) is None]
    assert len(instances) > 1_000
    # In-app browsers of Facebook and Instagram, which a later version of the list may or may not carry.
    assert [agent for agent in missed if "MetaIAB" not in agent and "Instagram" not in agent] == []


def test_only_the_beginning_of_an_agent_is_read_and_remembered() -> None:
    assert bot_of(PEOPLE[0] + " " * 600 + "Googlebot/2.1") is None
    assert _kind_of.cache_info().maxsize == REMEMBERED_AGENTS_MAX


@pytest.mark.timeout(2)
@pytest.mark.parametrize("piece", ["a", "(Android ", "like Gecko) ", "(Linux; Android", "Mozilla/5.0 (", "\ud800"])
def test_a_hostile_agent_costs_little(piece: str) -> None:
    text = piece * 20_000
    assert bot_of(text, purpose=text, method=text) == "probe"
    bot_of(text, purpose=text)


@given(st.text(), st.text(), st.sampled_from(["GET", "POST", "HEAD"]))
def test_any_text_is_judged_and_always_alike(agent: str, purpose: str, method: str) -> None:
    kind = bot_of(agent, purpose=purpose, method=method)
    assert kind == bot_of(agent, purpose=purpose, method=method)
    assert kind is None or kind
