"""Every screen by name, and how one gets there."""

from __future__ import annotations

from dataclasses import dataclass

from capture.offers.console import WORDS as OFFER_KINDS
from capture.pages.gallery import presets
from tests.audit import ways
from tests.audit.looks import THEMES
from tests.audit.ways import Reach, console, empty, first, looks, of_page, public, stranger

PUBLIC: dict[str, Reach] = {
    "guide": public("/guide"),
    "guide-errors": ways.guide_errors,
    "guide-suggestion": ways.guide_suggestion,
    "guide-offline": ways.guide_offline,
    "guide-thanks": ways.guide_thanks,
    "tet": public("/tet"),
    "tet-coupon": ways.coupon,
    "prices": public("/bang-gia"),
    "privacy": public("/rieng-tu"),
    "not-found": public("/nothing-here"),
    "expired": public("/thanks/nonsense"),
    "expired-download": public("/d/nonsense"),
    "locked": looks("/locked"),
    **{f"blocks-{theme}": looks(f"/blocks-{theme}") for theme in THEMES},
    **{f"{name}-{theme}": looks(f"/{name}-{theme}") for name in presets() for theme in THEMES},
}


@dataclass(frozen=True)
class Screen:
    """`rule` is the address of the console that it has or comes from, as the code writes it."""

    rule: str
    reach: Reach


def _at(path: str, rule: str = "") -> Screen:
    return Screen(rule or path.partition("?")[0], console(path))


def _out(path: str, rule: str = "") -> Screen:
    return Screen(rule or path, stranger(path))


def _none_yet(path: str) -> Screen:
    """In the empty database."""
    return Screen(path.partition("?")[0], empty(path))


CONSOLE: dict[str, Screen] = {
    "password": _at("/password"),
    "account": _at("/account"),
    "second-factor-new": _at("/account/second-factor"),
    "home": _at("/"),
    "menu": Screen("/", ways.menu),
    "palette": Screen("/palette", ways.palette),
    "leads": _at("/leads"),
    "leads-none": _at("/leads?q=nobody-at-all"),
    "lead": Screen("/leads/<lead_id>", ways.lead),
    "deliveries": _at("/deliveries"),
    "message": Screen("/deliveries/<delivery_id>", ways.message),
    "held": _at("/held"),
    "pages": _at("/pages"),
    "gallery": _at("/pages/new"),
    **{f"begin-{name}": _at(f"/pages/new?preset={name}") for name in presets()},
    "editor": Screen("/pages/<page_id>", of_page("tet")),
    "editor-page": Screen("/pages/<page_id>", of_page("guide", "?block=page")),
    "editor-block": Screen("/pages/<page_id>", ways.editor_menu),
    "editor-password": Screen("/pages/<page_id>", ways.editor_dialog),
    "preview-link": Screen("/pages/<page_id>/link", ways.preview_link),
    "versions": Screen("/pages/<page_id>/versions", ways.versions),
    "versions-none": Screen("/pages/<page_id>/versions", of_page("guide-2", "/versions")),
    "forms": _at("/forms"),
    "forms-new": _at("/forms/-/new"),
    "form-new": _at("/forms/-/new?preset=contact"),
    "form": _at("/forms/guide", "/forms/<slug>"),
    "offers": _at("/offers"),
    "offers-new": _at("/offers/-/new"),
    **{f"offer-new-{kind}": _at(f"/offers/-/new?kind={kind}") for kind in OFFER_KINDS},
    "offer-ebook": _at("/offers/guide", "/offers/<slug>"),
    "offer-coupon": _at("/offers/tet15", "/offers/<slug>"),
    "scoring": _at("/scoring"),
    "destinations": _at("/destinations"),
    "destination-new": _at("/destinations/-/new"),
    "destination": _at("/destinations/crm", "/destinations/<name>"),
    "settings": _at("/settings"),
    "site-new": _at("/settings/-/new"),
    "site-file": _at("/settings/file"),
    "pictures": _at("/pictures"),
    "picture": Screen("/pictures/<picture_id>", first("/pictures")),
    "brand": _at("/brand"),
    "experiments": _at("/experiments"),
    "experiments-new": _at("/experiments/new"),
    "experiment": Screen("/experiments/<experiment_id>", ways.experiment),
    "experiment-results": Screen("/experiments/<experiment_id>", ways.running_experiment),
    "experiment-variant": Screen("/experiments/<experiment_id>/variants/<key>", ways.variant),
    "team": _at("/team"),
    "colleague": Screen("/team/<user_id>", first("/team")),
    "invitation": _at("/team/invitations"),
    "permissions": _at("/team/permissions"),
    "keys": _at("/keys"),
    "keys-made": Screen("/keys", ways.key_made),
    "keys-refused": Screen("/keys", ways.keys_refused),
    "audit": _at("/audit"),
    "mailbox": _at("/mailbox"),
    "mail": Screen("/mailbox/<mail_id>", first("/mailbox")),
    "not-found": _at("/leads/nobody", "/leads/<lead_id>"),
    **{
        f"first-run-{path[1:].partition('/')[0] or 'home'}": _none_yet(path)
        for path in (
            "/",
            "/leads",
            "/deliveries",
            "/held",
            "/experiments",
            "/pages",
            "/forms",
            "/offers",
            "/scoring",
            "/destinations",
            "/settings/-/new",
            "/pictures",
            "/brand",
            "/mailbox",
            "/keys",
            "/team",
        )  # fmt: skip
    },
    "first-run-begin": _none_yet("/pages/new?preset=contact"),
    # Each of these brings a colleague of its own, so they come last.
    "sign-in": _out("/sign-in"),
    "sign-in-error": Screen("/sign-in", ways.sign_in_error),
    "sign-in-code": Screen("/sign-in/code", ways.code),
    "link-used": _out("/sign-in/nonsense", "/sign-in/<token>"),
    "invited": Screen("/sign-in/<token>", ways.invited),
    "forgotten": _out("/forgotten"),
    "forgotten-sent": Screen("/forgotten", ways.forgotten_sent),
    "new-password": Screen("/forgotten/<token>", ways.new_password),
    "second-factor": Screen("/account/second-factor", ways.factor_kept),
    "recovery-codes": Screen("/account/second-factor/confirmation", ways.recovery_codes),
}
# What is no screen of its own: pieces of one, pages of visitors in a frame, files, the way to another house.
NO_SCREENS = {
    "/brand/preview", "/brand/told", "/destinations/<name>/ping/<delivery_id>", "/experiments/<experiment_id>/variants/<key>/preview",
    "/forms/<slug>/preview", "/mailbox/<mail_id>/body", "/offers/<slug>/preview", "/oidc", "/oidc/answer",
    "/pages/<page_id>/preview", "/pages/<page_id>/versions/<int:number>", "/pages/new/<name>", "/pictures/whole/<digest>",
    "/settings/file/site.yaml",
}  # fmt: skip
