"""Whether a machine made a request: crawler, prefetch, link preview, library. A flag for counting views.

A lead is never dropped on it: some phones look like crawlers; a wrong guess may cost a view, never a person.
The crawlers are those of the library crawler-user-agents, without the people whom its patterns hit
(`_people_out`).
"""

import re
from functools import lru_cache

AGENT_CHARACTERS_MAX = 512
REMEMBERED_AGENTS_MAX = 4_096
# What nobody looks at; a library or a headless browser may be somebody's own test.
ROBOTS = frozenset({"crawler", "link preview", "prefetch"})
METHODS_OF_PEOPLE = ("GET", "POST")

_PREFETCH = re.compile(r"prefetch|prerender|preview", re.IGNORECASE)
_HEADLESS = re.compile(
    r"Headless|PhantomJS|SlimerJS|Puppeteer|Playwright|Selenium|WebDriver|Chrome-Lighthouse|HtmlUnit|jsdom/|Cypress/",
    re.IGNORECASE,
)
_PREVIEW = re.compile(
    r"facebookexternalhit|Facebot|meta-externalfetcher|Twitterbot|LinkedInBot|WhatsApp/|TelegramBot|Discordbot"
    r"|Slackbot-LinkExpanding|Slack-ImgProxy|SkypeUriPreview|^Viber|Zalo ?bot|kakaotalk-scrap|vkShare"
    r"|BingPreview|MicrosoftPreview|Google Web Preview|Snap ?URL ?Preview|Link ?Preview|Embedly|Iframely",
    re.IGNORECASE,
)
_LIBRARY = re.compile(
    r"^(?:curl|wget|python|aiohttp|httpx|okhttp|axios|node|undici|got|go-http-client|java|apache-httpclient|libwww-perl"
    r"|postmanruntime|insomnia|httpie|ruby|faraday|guzzlehttp|php|dart|dalvik|reqwest|werkzeug)\b|CFNetwork/",
    re.IGNORECASE,
)
# A browser has named its system in brackets since Mozilla/1; only people who hide it send the bare word.
_NO_BROWSER = re.compile(r"(?!Mozilla/|Opera/)[^(]*")

# A phone's own name and build number: AP3A.240617.008, HTC Butterfly and CUBOT are devices.
_DEVICE = re.compile(r"\((?:Linux|Android)[^()]*Android[^()]*\)")
_ROBOT_IN_DEVICE = re.compile(r"(?i:compatible|https?:|crawl|spider|@)|(?<!Ro)(?<!ro)[Bb]ot[-/; ]")
_BROWSERS = re.compile(r"\bSogou(?:MSE|MobileBrowser|Search)\b|\bMetaIAB Facebook\b")
# Apps that fetch previews under the same name with which their built-in browser shows pages to people.
_APPS = re.compile(
    r"(?<=like Gecko\) )(?P<engine>[^()]*?)"
    r"\b(?:Bluesky|Daum|Feedly|Goodreads|Instapaper|Notion|PayPal|Tumblr|Viber)/[\d.]+"
)


def bot_of(user_agent: str, *, purpose: str = "", method: str = "GET") -> str | None:
    """What kind of machine asked, in a word or two; None for people. `purpose` is the header Sec-Purpose."""
    if method.upper() not in METHODS_OF_PEOPLE:
        return "probe"
    if _PREFETCH.search(purpose[:AGENT_CHARACTERS_MAX]):
        return "prefetch"
    return _kind_of(user_agent[:AGENT_CHARACTERS_MAX].strip())


@lru_cache(maxsize=REMEMBERED_AGENTS_MAX)
def _kind_of(agent: str) -> str | None:
    if not agent:
        return "no agent"
    if _HEADLESS.search(agent):
        return "headless browser"
    said = _people_out(agent)
    if _PREVIEW.search(said):
        return "link preview"
    if _LIBRARY.search(said):
        return "library"
    if _is_crawler(said):
        return "crawler"
    return "library" if _NO_BROWSER.fullmatch(agent) else None


def _people_out(agent: str) -> str:
    """The agent without the words of phones and apps that crawlers' patterns hit."""
    agent = _DEVICE.sub(lambda found: found[0] if _ROBOT_IN_DEVICE.search(found[0]) else "(phone)", agent)
    return _APPS.sub(r"\g<engine>", _BROWSERS.sub("", agent))


def _is_crawler(agent: str) -> bool:
    # Imported on the first question: the library reads its whole list when it is imported.
    from crawleruseragents import is_crawler

    return bool(is_crawler(agent))
