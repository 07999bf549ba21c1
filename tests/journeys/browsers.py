"""Real browsers at the product, that notice what no page may do."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request

from tests import services

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PATIENCE_MS = 5_000
OWN = ("localhost", "127.0.0.1")
# A refused form or a lost connection is told by the browser too; these tests bring them about on purpose.
EXPECTED = "Failed to load resource"

OpenPage = Callable[..., Page]


def launched(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=services.chromium(), args=services.CHROMIUM_FLAGS)


class Watched:
    """Pages of one test, and whatever went wrong on them."""

    def __init__(self, browser: Browser) -> None:
        self.problems: list[str] = []
        self._browser = browser
        self._contexts: list[BrowserContext] = []

    def page(self, device: dict[str, Any] = PHONE, locale: str = "vi-VN", **more: Any) -> Page:
        """A page in a browser of its own, without memory; no two of them have the same name."""
        own = {"user_agent": f"Mozilla/5.0 (Linux) Chrome/{self._browser.version} Visitor/{secrets.token_hex(4)}"}
        context = self._browser.new_context(**{**own, **device, "locale": locale, **more})
        context.set_default_timeout(PATIENCE_MS)
        self._contexts.append(context)
        context.on("console", self._said)
        context.on("weberror", lambda error: self.problems.append(f"script: {error.error}"))
        context.on("request", self._asked)
        return context.new_page()

    def cookies(self) -> list[Any]:
        return [cookie for context in self._contexts for cookie in context.cookies()]

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(EXPECTED):
            self.problems.append(f"{message.page.url if message.page else ''}: {message.text}")

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        host = parts.hostname or ""
        if parts.scheme in {"http", "https", "ws"} and host not in OWN and not host.endswith(".localhost"):
            self.problems.append(f"asked another host: {request.url}")
