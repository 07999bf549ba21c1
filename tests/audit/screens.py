"""Every screen, and how one gets there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.journeys.house import House
from tests.journeys.people import Person, fill_coupon, fill_guide, send, somebody

LONG_NAME = "Công Tằng Tôn Nữ Nguyễn Thị Ẵm Ngửa Khuỷu Nghễnh Ngãng"


@dataclass(frozen=True)
class Place:
    """Where a page is looked at from: the houses, and the language of the address."""

    house: House
    empty: House
    locale: str

    def public(self, path: str) -> str:
        return self.house.public + ("/en" if self.locale == "en" else "") + path

    def console(self, path: str) -> str:
        return self.house.console + path


Reach = Callable[[Page, Place], None]


def _public(path: str) -> Reach:
    return lambda page, place: _opened(page, place.public(path))


def _console(path: str) -> Reach:
    return lambda page, place: _opened(page, place.console(path))


def _empty(path: str) -> Reach:
    return lambda page, place: _opened(page, place.empty.console + path)


def _opened(page: Page, address: str) -> None:
    page.goto(address)
    page.evaluate("document.fonts.ready")


def _guide_errors(page: Page, place: Place) -> None:
    _opened(page, place.public("/guide"))
    fill_guide(page, Person(LONG_NAME, "lan@", "0912 34"))
    page.locator("form[data-capture]").evaluate("form => form.submit()")
    expect(page.locator(".summary")).to_be_visible()


def _guide_suggestion(page: Page, place: Place) -> None:
    _opened(page, place.public("/guide"))
    page.locator("[name=email]").fill("lan@gmial.com")
    page.locator("[name=email]").blur()
    page.locator("[type=submit]").click()
    expect(page.locator(".suggest")).to_be_visible()
    expect(page.locator("#f-name-error")).to_be_visible()


def _guide_offline(page: Page, place: Place) -> None:
    _opened(page, place.public("/guide"))
    fill_guide(page, somebody())
    page.context.set_offline(True)
    page.locator("[type=submit]").click()
    expect(page.locator("[data-note]")).to_be_visible()
    page.route("**/f/*", lambda route: route.abort())
    page.context.set_offline(False)


def _guide_thanks(page: Page, place: Place) -> None:
    _opened(page, place.public("/guide"))
    fill_guide(page, somebody(LONG_NAME))
    send(page)


def _coupon(page: Page, place: Place) -> None:
    _opened(page, place.public("/tet"))
    fill_coupon(page, somebody())
    send(page)


def _lead(page: Page, place: Place) -> None:
    _opened(page, place.console("/leads"))
    page.locator("tbody a").first.click()
    expect(page.locator(".receipt")).to_be_visible()


def _message(page: Page, place: Place) -> None:
    _opened(page, place.console("/deliveries"))
    page.locator("tbody a").first.click()
    expect(page.locator("[aria-labelledby=attempts]")).to_be_visible()


def _sign_in_error(page: Page, place: Place) -> None:
    page.context.clear_cookies()
    _opened(page, place.console("/sign-in"))
    page.locator("[name=email]").fill("linh@nharang.example")
    page.locator("[name=password]").fill("không đúng đâu nhé bạn")
    page.locator("main button").click()
    expect(page.get_by_role("alert")).to_be_visible()


def _sign_in(path: str) -> Reach:
    def reach(page: Page, place: Place) -> None:
        page.context.clear_cookies()
        _opened(page, place.console(path))

    return reach


def _menu(page: Page, place: Place) -> None:
    _opened(page, place.console("/"))
    menu = page.locator("[popovertarget=menu]")
    if menu.is_visible():
        menu.click()
    page.locator("details.me summary").click()


def _experiment(page: Page, place: Place) -> None:
    """A draft, made as a marketer makes it."""
    _opened(page, place.console("/experiments/new"))
    page.locator("main form.setup button").click()
    expect(page.locator("#variants")).to_be_visible()


def _variant(page: Page, place: Place) -> None:
    _experiment(page, place)
    page.locator("main a[href$='/variants/b']").click()
    expect(page.locator(".variant-form")).to_be_visible()


PUBLIC: dict[str, Reach] = {
    "guide": _public("/guide"),
    "guide-errors": _guide_errors,
    "guide-suggestion": _guide_suggestion,
    "guide-offline": _guide_offline,
    "guide-thanks": _guide_thanks,
    "tet": _public("/tet"),
    "tet-coupon": _coupon,
    "prices": _public("/bang-gia"),
    "privacy": _public("/rieng-tu"),
    "not-found": _public("/nothing-here"),
    "expired": _public("/thanks/nonsense"),
    "expired-download": _public("/d/nonsense"),
}
CONSOLE: dict[str, Reach] = {
    "sign-in": _sign_in("/sign-in"),
    "sign-in-error": _sign_in_error,
    "link-used": _sign_in("/sign-in/nonsense"),
    "password": _console("/password"),
    "home": _console("/"),
    "menu": _menu,
    "leads": _console("/leads"),
    "leads-none": _console("/leads?q=nobody-at-all"),
    "lead": _lead,
    "deliveries": _console("/deliveries"),
    "message": _message,
    "held": _console("/held"),
    "pictures": _console("/pictures"),
    "brand": _console("/brand"),
    "experiments": _console("/experiments"),
    "experiments-new": _console("/experiments/new"),
    "experiment": _experiment,
    "experiment-variant": _variant,
    "not-found": _console("/leads/nobody"),
    "first-run": _empty("/"),
    "first-run-leads": _empty("/leads"),
    "first-run-deliveries": _empty("/deliveries"),
    "first-run-held": _empty("/held"),
    "first-run-experiments": _empty("/experiments"),
}
