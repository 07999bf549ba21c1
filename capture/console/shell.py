"""The frame of every console screen: menu, person, language, and the headers of a closed door."""

from __future__ import annotations

from typing import Any, cast

from flask import Flask, Request, Response, current_app, g, get_flashed_messages, render_template, request, url_for
from flask.sessions import NullSession, SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_wtf.csrf import CSRFProtect, generate_csrf

from capture.console import palette
from capture.console.conditions import blanks
from capture.console.facts import facts_offered, operators
from capture.core import failures
from capture.core.doors import Doors, Entry
from capture.core.speech import _, speak, spoken

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
csrf = CSRFProtect()


class ConsoleSessions(SecureCookieSessionInterface):
    """Sessions are for the console; the public paths pay nothing for them and can set no cookie."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return super().open_session(app, request) if request.path.startswith("/console") else NullSession()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not isinstance(session, NullSession):
            super().save_session(app, session, response)


# Entries from here on are screens of one place, the settings, and stand there as tabs.
SETTINGS_FROM = 300


def install(doors: Doors) -> None:
    doors.console.after_request(_closed_headers)
    palette.install(doors)


def attach(app: Flask) -> None:
    settings = app.config["SETTINGS"]
    app.config.update(
        SESSION_COOKIE_NAME="capture_session",
        SESSION_COOKIE_PATH="/console",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=bool(settings.public_url and settings.public_url.startswith("https")),
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SECRET_KEY=[*filter(None, (settings.secret_key_old, settings.secret_key))],
    )
    app.session_interface = ConsoleSessions()
    csrf.init_app(app)
    app.jinja_env.globals.update(
        csrf_token=generate_csrf, facts_offered=facts_offered, operators=operators, blank_rows=blanks
    )
    failures.speak_for(app, "/console", _message)


def screen(template: str, *, status: int = 200, **context: Any) -> Response:
    """A whole console screen."""
    return Response(render_template(template, **frame(), **context), status)


def frame() -> dict[str, Any]:
    """What the layout reads."""
    user = g.get("user")
    shown = {"locale": spoken(), "site_name": _doors().brand(), "theme": None, "flashes": _flashes()}
    if user is None:
        return {**shown, "user": None, "nav": [], "tabs": [], "links": {}, "sites": []}
    return {
        **shown,
        "user": _person(user),
        "nav": _menu(),
        "tabs": _tabs(),
        "links": _links(),
        "sites": _doors().sites(),
    }


def _person(user: Any) -> dict[str, str]:
    words = user.name.split()
    initials = "".join(word[:1] for word in words[-2:]).upper()
    return {"name": user.name, "email": user.email, "role": user.role, "initials": initials, "call_name": user.name}


def _menu() -> list[dict[str, Any]]:
    """The lines of the menu; everything about settings is one line, that leads to the first of its tabs."""
    lines = [_line(entry) for entry in _entries() if entry.position < SETTINGS_FROM]
    tabs = _settings()
    if not tabs:
        return lines
    current = any(one["current"] for one in tabs)
    settings = {"key": "settings", "label": _("Settings"), "icon": "settings", "current": current, "on_phone": False}
    return [*lines, {**tabs[0], **settings, "badge": 0, "tone": ""}]


def _tabs() -> list[dict[str, Any]]:
    """The tabs of the settings, on each of their screens."""
    tabs = _settings()
    return tabs if any(one["current"] for one in tabs) else []


def _settings() -> list[dict[str, Any]]:
    return [_line(entry) for entry in _entries() if entry.position >= SETTINGS_FROM]


def _entries() -> list[Entry]:
    return sorted((one for one in _doors().entries if g.permits(one.permission)), key=lambda one: one.position)


def _doors() -> Doors:
    doors: Doors = current_app.extensions["capture.doors"]
    return doors


def _line(entry: Entry) -> dict[str, Any]:
    badge = entry.badge() if entry.badge else 0
    blueprint, href = entry.endpoint.rsplit(".", 1)[0], url_for(entry.endpoint)
    return {
        "key": entry.key,
        "label": _(entry.label),
        "short": _(entry.short or entry.label),
        "icon": entry.icon,
        "href": href,
        "badge": badge,
        "tone": entry.tone if badge else "",
        "current": (request.endpoint or "").startswith(f"{blueprint}.") or request.path.startswith(f"{href}/"),
        "group": entry.position // 100,
        "on_phone": entry.on_phone,
    }


def _links() -> dict[str, str | None]:
    return {
        "home": url_for("console.home.today"),
        "leads": url_for("console.leads.index"),
        "search": url_for("console.leads.index"),
        "palette": url_for("console.palette.find"),
        "delivery": url_for("console.deliveries.index"),
        "sign_out": url_for("console.accounts.sign_out"),
        "profile": url_for("console.account.show"),
    }


def _flashes() -> list[tuple[str, str]]:
    found = get_flashed_messages(with_categories=True)
    return [(category, _(text)) for category, text in cast("list[tuple[str, str]]", found)]


def _closed_headers(answer: Response) -> Response:
    answer.headers.setdefault("Content-Security-Policy", POLICY)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "same-origin"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    return answer


def _message(status: int, text: str, reference: str | None, _fields: object) -> Response:
    speak(spoken())
    said = {"code": status, "title": "", "text": _(text) if text else "", "reference": reference or ""}
    answer = Response(render_template("console/message.html", **frame(), **said), status)
    return _closed_headers(answer)
