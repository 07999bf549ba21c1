"""How one gets to the screens that have no address of their own, or that something must happen before."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pyotp
from playwright.sync_api import Page, expect

from tests.audit.furnished import World
from tests.audit.looks import HOST
from tests.colleagues import PASSWORD
from tests.journeys.house import House
from tests.journeys.people import Person, fill_coupon, fill_guide, send, somebody

LONG_NAME = "Công Tằng Tôn Nữ Nguyễn Thị Ẵm Ngửa Khuỷu Nghễnh Ngãng"


@dataclass(frozen=True)
class Place:
    """Where a page is looked at from: the furnished house, the empty one, and the language of the address."""

    house: House
    empty: House
    world: World
    locale: str

    def public(self, path: str) -> str:
        return self.house.public + self._here(path)

    def looks(self, path: str) -> str:
        """The site of every block and template."""
        return self.house.at(HOST) + self._here(path)

    def console(self, path: str) -> str:
        return self.house.console + path

    def _here(self, path: str) -> str:
        return ("/en" if self.locale == "en" else "") + path


Reach = Callable[[Page, Place], None]


def public(path: str) -> Reach:
    return lambda page, place: opened(page, place.public(path))


def looks(path: str) -> Reach:
    return lambda page, place: opened(page, place.looks(path))


def console(path: str) -> Reach:
    return lambda page, place: opened(page, place.console(path))


def empty(path: str) -> Reach:
    return lambda page, place: opened(page, place.empty.console + path)


def stranger(path: str) -> Reach:
    """At the entrance, signed out."""

    def reach(page: Page, place: Place) -> None:
        page.context.clear_cookies()
        opened(page, place.console(path))

    return reach


def first(path: str) -> Reach:
    """Whatever stands first in a list."""

    def reach(page: Page, place: Place) -> None:
        opened(page, place.console(path))
        page.locator("main a.cover").first.click()
        page.wait_for_url(lambda url: url != place.console(path))
        page.evaluate("document.fonts.ready")

    return reach


def opened(page: Page, address: str) -> None:
    page.goto(address)
    page.evaluate("document.fonts.ready")


def of_page(slug: str, path: str = "") -> Reach:
    """A screen of one page of the site."""
    return lambda page, place: opened(page, place.console(f"/pages/{place.world.id_of(slug)}{path}"))


def editor_menu(page: Page, place: Place) -> None:
    """The editor with a block opened, its list of blocks to add, and nobody's page changed."""
    of_page("tet", "?block=b2")(page, place)
    page.locator(".adder summary").click()


def editor_dialog(page: Page, place: Place) -> None:
    of_page("tet")(page, place)
    page.locator(".editor-top .more.menu summary").click()
    page.locator("[popovertarget=lock]").first.click()
    expect(page.locator("#lock")).to_be_visible()


def preview_link(page: Page, place: Place) -> None:
    of_page("tet")(page, place)
    page.locator("form[action$='/link'] button").click()
    expect(page.locator("#address")).to_be_visible()


def shared_preview(page: Page, place: Place) -> None:
    preview_link(page, place)
    opened(page, page.locator("#address").input_value() + f"?locale={place.locale}")


def versions(page: Page, place: Place) -> None:
    of_page("rieng-tu", "/versions?from=1&to=2")(page, place)
    expect(page.locator("pre.difference")).to_be_visible()


def key_made(page: Page, place: Place) -> None:
    opened(page, place.console("/keys"))
    page.locator("main [name=name]").fill("Máy tính tiền")
    page.locator("main [name=scope]").first.check()
    page.locator("main form.stack button").click()
    expect(page.locator(".made")).to_be_visible()


def keys_refused(page: Page, place: Place) -> None:
    opened(page, place.console("/keys"))
    page.locator("main form.stack button").click()
    expect(page.locator("main .error").first).to_be_visible()


def palette(page: Page, place: Place) -> None:
    opened(page, place.console("/"))
    page.keyboard.press("Control+k")
    page.keyboard.type("tran thi ha")
    expect(page.locator("#palette-rows li").first).to_be_visible()


def code(page: Page, place: Place) -> None:
    _password_given(page, place, place.world.colleague(with_factor=True))
    page.wait_for_url("**/sign-in/code")


def recovery_codes(page: Page, place: Place) -> None:
    _password_given(page, place, place.world.colleague())
    opened(page, place.console("/account/second-factor"))
    secret = page.locator(".token [data-copy]").get_attribute("data-copy") or ""
    page.locator("[name=code]").fill(pyotp.TOTP(secret).now())
    page.locator("form.confirm button").click()
    expect(page.locator("[data-code]").first).to_be_visible()


def factor_kept(page: Page, place: Place) -> None:
    recovery_codes(page, place)
    opened(page, place.console("/account/second-factor"))


def new_password(page: Page, place: Place) -> None:
    token = place.world.link(place.world.colleague(), "reset")
    stranger(f"/forgotten/{token}")(page, place)


def invited(page: Page, place: Place) -> None:
    stranger(f"/sign-in/{place.world.link('phuc@nharang.example', 'link')}")(page, place)


def forgotten_sent(page: Page, place: Place) -> None:
    stranger("/forgotten")(page, place)
    page.locator("[name=email]").fill("nobody@nharang.example")
    page.locator("main form button").click()
    expect(page.get_by_role("status")).to_be_visible()


def _password_given(page: Page, place: Place, email: str) -> None:
    stranger("/sign-in")(page, place)
    page.locator("[name=email]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main .btn.primary").click()
    page.wait_for_url(re.compile(r"console/($|sign-in/code)"))


def running_experiment(page: Page, place: Place) -> None:
    opened(page, place.console("/experiments"))
    page.locator("tr", has_text="/bang-gia").locator("a.cover").first.click()
    expect(page.locator(".arms[role=img]").first).to_be_visible()


def guide_errors(page: Page, place: Place) -> None:
    opened(page, place.public("/guide"))
    fill_guide(page, Person(LONG_NAME, "lan@", "0912 34"))
    page.locator("form[data-capture]").evaluate("form => form.submit()")
    expect(page.locator(".summary")).to_be_visible()


def guide_suggestion(page: Page, place: Place) -> None:
    opened(page, place.public("/guide"))
    page.locator("[name=email]").fill("lan@gmial.com")
    page.locator("[name=email]").blur()
    page.locator("[type=submit]").click()
    expect(page.locator(".suggest")).to_be_visible()
    expect(page.locator("#f-name-error")).to_be_visible()


def guide_offline(page: Page, place: Place) -> None:
    opened(page, place.public("/guide"))
    fill_guide(page, somebody())
    page.context.set_offline(True)
    page.locator("[type=submit]").click()
    expect(page.locator("[data-note]")).to_be_visible()
    page.route("**/f/*", lambda route: route.abort())
    page.context.set_offline(False)


def guide_thanks(page: Page, place: Place) -> None:
    opened(page, place.public("/guide"))
    fill_guide(page, somebody(LONG_NAME))
    send(page)


def coupon(page: Page, place: Place) -> None:
    opened(page, place.public("/tet"))
    fill_coupon(page, somebody())
    send(page)


def lead(page: Page, place: Place) -> None:
    opened(page, place.console("/leads"))
    page.locator("tbody a", has_text="Trần Thị Minh Hà").first.click()
    expect(page.locator(".receipt")).to_be_visible()


def message(page: Page, place: Place) -> None:
    opened(page, place.console("/deliveries"))
    page.locator("tbody a").first.click()
    expect(page.locator("[aria-labelledby=attempts]")).to_be_visible()


def sign_in_error(page: Page, place: Place) -> None:
    page.context.clear_cookies()
    opened(page, place.console("/sign-in"))
    page.locator("[name=email]").fill("linh@nharang.example")
    page.locator("[name=password]").fill("không đúng đâu nhé bạn")
    page.locator("main .btn.primary").click()
    expect(page.get_by_role("alert")).to_be_visible()


def menu(page: Page, place: Place) -> None:
    opened(page, place.console("/"))
    menu = page.locator("[popovertarget=menu]")
    if menu.is_visible():
        menu.click()
    page.locator("details.me summary").click()


def experiment(page: Page, place: Place) -> None:
    """A draft, made as a marketer makes it."""
    opened(page, place.console("/experiments/new"))
    page.locator("main form.setup button").click()
    expect(page.locator("#variants")).to_be_visible()


def variant(page: Page, place: Place) -> None:
    experiment(page, place)
    page.locator("main a[href$='/variants/b']").click()
    expect(page.locator(".variant-form")).to_be_visible()
