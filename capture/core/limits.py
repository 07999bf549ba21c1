"""Limits for one client's excess: per address (an IPv6 household is a /64), generous, never for capacity."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, current_app, g, request
from flask_limiter import Limiter

from capture.core.clients import bucket_of
from capture.settings import Settings

# Thirty people behind one carrier's address must pass: a limit stops a script, not a campaign.
LIMITS = {
    "submissions": "120 per minute; 3000 per hour",
    "beacons": "600 per minute",
    "sign_ins": "10 per minute; 60 per hour",
    "unlocks": "10 per minute; 100 per hour",
    "api": "3000 per minute",
    "resets": "5 per minute; 20 per hour",
}
# The same for one account, from wherever the tries come: a botnet guesses slowly too (NIST SP 800-63B-4 allows 100).
ACCOUNT_LIMITS = {
    "passwords": "10 per 10 minutes; 50 per day",
    "codes": "10 per 10 minutes; 30 per day",
}
REDIS_SECONDS = 0.3
EXTENSION = "capture.limits"


def attach(app: Flask, settings: Settings) -> None:
    """Counted in Redis where there is one; its death falls back to counting in this process."""
    patience = {"socket_timeout": REDIS_SECONDS, "socket_connect_timeout": REDIS_SECONDS}
    app.config.update(
        RATELIMIT_ENABLED=settings.rate_limits,
        RATELIMIT_STORAGE_URI=settings.redis_url or "memory://",
        RATELIMIT_STORAGE_OPTIONS=patience if settings.redis_url else {},
        RATELIMIT_STRATEGY="fixed-window",
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=bool(settings.redis_url),
        RATELIMIT_HEADERS_ENABLED=False,
        RATELIMIT_KEY_PREFIX="capture",
    )
    limiter = Limiter(key_func=_bucket, app=app)
    app.extensions[f"{EXTENSION}.limiter"] = limiter  # the library holds it weakly
    app.extensions[EXTENSION] = {
        name: limiter.limit(limit, key_func=KEYS.get(name, _bucket))(_nothing_called(name))
        for name, limit in {**LIMITS, **ACCOUNT_LIMITS}.items()
    }


def count(name: str, *, account: str = "") -> None:
    """Count this request under one of the limits; raises flask_limiter.RateLimitExceeded."""
    g.limited_account = account
    if current_app.config["RATELIMIT_ENABLED"]:
        current_app.extensions[EXTENSION][name]()


def _bucket() -> str:
    return bucket_of(request.client)  # type: ignore[attr-defined]


def _token() -> str:
    """Machines are counted by their token: many may stand behind one address, and one may have many."""
    return str(g.token.id)


def _account() -> str:
    return str(g.limited_account)


KEYS: dict[str, Callable[[], str]] = {"api": _token, **dict.fromkeys(ACCOUNT_LIMITS, _account)}


def _nothing_called(name: str) -> Callable[[], None]:
    """The library limits functions, known by their names; ours do nothing, so that a door can count when it wants."""

    def nothing() -> None: ...

    nothing.__qualname__ = f"count_{name}"
    return nothing
