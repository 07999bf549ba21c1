"""Closed by default: the guard on both closed doors, and the permission or scope that each route names."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from flask import Response, current_app, g, redirect, request, session, url_for
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.exceptions import NotFound as NoSuchPath
from werkzeug.routing import MapAdapter, RequestRedirect
from werkzeug.wrappers import Response as BaseResponse

from capture.accounts import sessions
from capture.accounts.models import User
from capture.accounts.roles import PERMISSIONS, SCOPES, may
from capture.accounts.tokens import Token, token_of
from capture.api.answers import speak_problem
from capture.console import palette
from capture.core import limits
from capture.core.clock import now
from capture.core.doors import Doors
from capture.core.errors import NotAllowed, NotFound
from capture.core.speech import speak
from capture.core.transactions import transaction

OPEN, ANY = "open", "any"
UNROUTED = (NoSuchPath, MethodNotAllowed, RequestRedirect)
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
SESSION_TOKEN = "token"  # noqa: S105 -- the name of a key

View = TypeVar("View", bound=Callable[..., Any])


def install(doors: Doors) -> None:
    """Guard both closed doors, also where there is nothing behind them: a stranger learns no address."""
    allowed("home.see")(palette.find)  # the shell knows no permissions
    doors.console.before_request(_guard_console)
    doors.api.before_request(_guard_api)
    doors.console.before_app_request(_guard_unrouted)
    for door in (doors.console, doors.api):
        door.add_url_rule("/<path:anything>", "nothing", _nothing, methods=METHODS)
    doors.api.add_url_rule("/", "nothing_at_all", _nothing, methods=METHODS)


def allowed(permission: str) -> Callable[[View], View]:
    """A console route names the permission that it needs."""
    if permission not in PERMISSIONS:
        raise RuntimeError(f"There is no permission {permission!r}.")
    return _marked("_permission", permission)


def scoped(scope: str) -> Callable[[View], View]:
    """An API route names the scope that it needs."""
    if scope not in SCOPES:
        raise RuntimeError(f"There is no scope {scope!r}.")
    return _marked("_scope", scope)


def any_scope(view: View) -> View:
    """An API route that every token may use."""
    return _marked("_scope", ANY)(view)


def open_to_all(view: View) -> View:
    """A route behind a closed door that strangers may use: signing in, public submissions."""
    return _marked("_permission", OPEN)(_marked("_scope", OPEN)(view))


def without_factor(view: View) -> View:
    """A route that somebody may use whose role still lacks its second factor: to set it up, or to leave."""
    return _marked("_without_factor", "yes")(view)


def current_user() -> User:
    """Who is signed in; only behind the console's guard."""
    user: User = g.user
    return user


def current_token() -> Token:
    """Which machine asks; only behind the API's guard."""
    token: Token = g.token
    return token


def unauthorised() -> Response:
    """Who are you? For a caller with no token, or with one that nobody knows."""
    answer = speak_problem(401, "", None, {})
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _marked(name: str, value: str) -> Callable[[View], View]:
    def mark(view: View) -> View:
        setattr(view, name, value)
        return view

    return mark


def _mark_of(name: str) -> str | None:
    view = current_app.view_functions.get(request.endpoint or "")
    found = getattr(view, name, None)
    return None if found is None else str(found)


def _guard_unrouted() -> BaseResponse | None:
    """A wrong method, an odd path or a missing slash: strangers are told nothing but where to sign in."""
    if not isinstance(request.routing_exception, UNROUTED) or not request.host.strip("."):
        return None
    if request.path.startswith("/console"):
        return _guard_console(unrouted=True)
    return _guard_api(unrouted=True) if request.path.startswith("/api/v1") else None


def _guard_console(*, unrouted: bool = False) -> BaseResponse | None:
    permission = _mark_of("_permission")
    found = sessions.user_of(session[SESSION_TOKEN], now()) if SESSION_TOKEN in session else None
    speak(_console_locale(found.user.locale if found else None))
    if found is not None:
        _remember(found)
    if permission == OPEN:
        return None
    if found is None:
        return redirect(url_for("console.accounts.sign_in"), 303)
    if unrouted:
        return None
    if found.lacks_factor and not _mark_of("_without_factor"):
        return redirect(url_for("console.second_factor.show"), 303)
    if permission is None or not may(g.user.role, permission):
        raise NotAllowed("Your role cannot do this. Ask an admin.")
    return None


def _remember(found: sessions.Signed) -> None:
    """For this request: who it is, what the role may, and the clock that was chosen."""
    g.user, g.session = found.user, found.session
    g.permits = partial(may, found.user.role)
    if found.user.timezone:
        g.zone = found.user.timezone
    _stay_signed_in(found.session)


def _stay_signed_in(kept: Any) -> None:
    if now() - kept.seen_at > sessions.SEEN_EVERY:
        with transaction() as write:
            sessions.touch(write, kept, now())


def _console_locale(wanted: str | None) -> str:
    """The user's language; else the one chosen in this browser; else the browser's first that we speak."""
    chosen = wanted or request.cookies.get("capture_locale")
    if chosen in {"vi", "en"}:
        return str(chosen)
    return request.accept_languages.best_match(["vi", "en"]) or "en"


def _guard_api(*, unrouted: bool = False) -> Response | None:
    scope = _mark_of("_scope")
    g.token = token_of(request.headers.get("Authorization"), now())
    if scope == OPEN:
        return None
    if g.token is None:
        return unauthorised()
    limits.count("api")
    if unrouted or request.endpoint in {"api.nothing", "api.nothing_at_all"}:
        return None
    if scope != ANY and (scope is None or scope not in g.token.scopes):
        raise NotAllowed(f"This token has no scope for it: {scope}.")
    return _options() if request.method == "OPTIONS" else None


@allowed("home.see")
def _nothing(**_path: str) -> Response:
    """Who may come in learns that there is nothing, or nothing by this method."""
    methods = _methods_here()
    if methods:
        raise MethodNotAllowed(valid_methods=methods)
    raise NotFound("There is nothing here.")


def _options() -> Response:
    return Response(status=204, headers={"Allow": ", ".join([*_methods_here(), "OPTIONS"])})


def _methods_here() -> list[str]:
    """What the address can do, were it not for the route that catches everything else."""
    adapter = current_app.create_url_adapter(request)
    found = [method for method in METHODS if adapter and "nothing" not in _endpoint_by(adapter, method)]
    return found + ["HEAD"] * ("GET" in found)


def _endpoint_by(adapter: MapAdapter, method: str) -> str:
    try:
        return str(adapter.match(method=method)[0])
    except HTTPException:
        return "nothing"
