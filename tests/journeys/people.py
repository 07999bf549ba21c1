"""People who fill in the demo site's forms, each new, and how they do it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.journeys.house import Crm, House

THANKS = "**/thanks/*"
AD = "utm_source=facebook&utm_medium=cpc&utm_campaign=mo-quan&fbclid=IwAR0abc"


@dataclass(frozen=True)
class Person:
    name: str
    email: str
    phone: str


def somebody(name: str = "Nguyễn Ỷ Lan") -> Person:
    """Nobody has been here with this email or phone."""
    number = secrets.randbelow(10**7)
    return Person(name, f"lan.{secrets.token_hex(5)}@example.com", f"091{number:07d}")


def fill_guide(page: Page, person: Person, *, stage: str = "") -> None:
    """The e-book form."""
    page.locator("[name=name]").fill(person.name)
    page.locator("[name=email]").fill(person.email)
    page.locator("[name=phone]").fill(person.phone)
    if stage:
        page.locator("[name=stage]").select_option(stage)


def fill_coupon(page: Page, person: Person) -> None:
    page.locator("[name=name]").fill(person.name)
    page.locator("[name=phone]").fill(person.phone)
    page.locator("[name=email]").fill(person.email)


def send(page: Page) -> None:
    """Press the button and see the thank-you page."""
    page.locator("[type=submit]").click()
    thanked(page)


def thanked(page: Page) -> None:
    page.wait_for_url(THANKS)
    expect(page.locator("h1")).to_be_visible()


def somebody_else_arrives(page: Page, house: House, crm: Crm) -> None:
    """Messages leave in the order of arrival: with theirs in the CRM, whatever was sent before is there too."""
    other = somebody("Bùi Gia Huy")
    page.goto(f"{house.public}/guide")
    fill_guide(page, other)
    send(page)
    crm.awaited(other.email, "lead.created")
