"""Limits for one client's excess: per address (an IPv6 household is a /64), generous, never for capacity."""

from __future__ import annotations

from flask import Flask, request
from flask_limiter import Limiter

from capture.core.clients import bucket_of
from capture.settings import Settings

# Thirty people behind one carrier's address must pass: a limit stops a script, not a campaign.
SUBMISSIONS = "120 per minute; 3000 per hour"
BEACONS = "600 per minute"
SIGN_INS = "10 per minute; 60 per hour"
REDIS_SECONDS = 0.3


def _bucket() -> str:
    return bucket_of(request.client)  # type: ignore[attr-defined]


limiter = Limiter(key_func=_bucket)


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
    limiter.init_app(app)
