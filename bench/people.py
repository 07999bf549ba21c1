"""People who fill in the form, no two alike, and the campaign that brought them."""

from __future__ import annotations

from urllib.parse import urlencode

CAMPAIGN = {
    "utm_source": "google",
    "utm_medium": "cpc",
    "utm_campaign": "spring",
    "utm_term": "crm",
    "utm_content": "a",
}
AGENT = "Mozilla/5.0 (bench)"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def person(number: int) -> dict[str, str]:
    """The answers of the number-th person: a name, an email and a phone that nobody else has."""
    named = {"name": f"Ann Lee {number}", "email": f"p{number}@example.com", "company": f"Acme {number % 100}"}
    return {**named, "phone": f"+1415{2_000_000 + number % 7_999_999:07d}", "consent": "on"}


def browser(origin: str, page: str) -> dict[str, str]:
    """The headers with which a browser sends the form of this page, after a click on an advertisement."""
    arrived_at = f"{origin}/{page}?{urlencode(CAMPAIGN)}"
    return {"User-Agent": AGENT, "Origin": origin, "Sec-Fetch-Site": "same-origin", "Referer": arrived_at}


def form_body(number: int, page: str) -> bytes:
    return urlencode({**person(number), "_page": page}).encode()
