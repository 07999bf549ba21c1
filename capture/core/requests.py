"""Requests as we take them: files that nobody asked for are thrown away while they are read."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from io import RawIOBase
from typing import IO, Any, cast

from flask import Flask, Request, current_app

from capture.core.clients import client_address, is_among
from capture.core.shelf import host_name

SAME_SITE = "capture.same_site"
LARGEST_BODY_BYTES = 262_144
# Colleagues bring pictures and e-books; who is nobody yet is turned away before a byte of it is parsed.
LARGEST_UPLOAD_BYTES = 24_000_000
UPLOADS = (
    "/console/pictures",
    "/console/pages/new",
    "/console/offers/-/files",
    "/console/settings/file",
    "/api/v1/pictures",
)
MOST_PARTS = 200
# A page editor sends a whole page, each text in two languages.
MOST_CONSOLE_PARTS = 4_000


class _Nowhere(RawIOBase):
    """Takes everything, keeps nothing."""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return len(data)

    def seek(self, *_: Any) -> int:
        return 0

    def seekable(self) -> bool:
        return True


def largest_body_of(method: str, path: str) -> int:
    """Bytes that are read of a request at most."""
    is_upload = method in {"POST", "PUT"} and path.startswith(UPLOADS)
    return LARGEST_UPLOAD_BYTES if is_upload else LARGEST_BODY_BYTES


class CaptureRequest(Request):
    max_form_memory_size = LARGEST_BODY_BYTES

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.max_content_length = largest_body_of(self.method, self.path)
        self.max_form_parts = MOST_CONSOLE_PARTS if self.path.startswith("/console/") else MOST_PARTS

    def _get_file_stream(self, *arguments: Any, **named: Any) -> IO[bytes]:
        """Visitors' forms have no files: what comes all the same is let go while it is read."""
        if self.path.startswith(UPLOADS):
            return super()._get_file_stream(*arguments, **named)
        return cast("IO[bytes]", _Nowhere())

    @cached_property
    def client(self) -> str | None:
        """The visitor's address: the peer's, or what configured proxies say."""
        trusted = current_app.config["SETTINGS"].trusted_proxies
        return client_address(self.remote_addr, self.headers.get("X-Forwarded-For"), trusted)

    @property
    def origin_here(self) -> str:
        """Scheme and host of our own addresses for this caller, without a slash at the end."""
        return self._public_url or f"{self._scheme}://{self.host}"

    @property
    def origin_known(self) -> str:
        """The same for what is kept for others: a port that the caller made up has no place in it."""
        name, port = host_name(self.host), self.host.rpartition(":")[2]
        kept = f":{port}" if port == str(current_app.config["SETTINGS"].port) else ""
        return self._public_url or f"{self._scheme}://{f'[{name}]' if ':' in name else name}{kept}"

    @property
    def _public_url(self) -> str | None:
        """The operator's address, unless it is another site's: that one does not have this site's pages."""
        public: str | None = current_app.config["SETTINGS"].public_url
        if public is None or not current_app.extensions[SAME_SITE](public.partition("://")[2], self.host):
            return None
        return public

    @property
    def _scheme(self) -> str:
        """As the visitor's browser sees it: a configured proxy may say that it speaks TLS for us, and what speaks it
        for the operator's address does so for the other sites."""
        settings = current_app.config["SETTINGS"]
        said = self.headers.get("X-Forwarded-Proto", "")
        if said in {"http", "https"} and is_among(self.remote_addr, settings.trusted_proxies):
            return said
        return "https" if (settings.public_url or "").startswith("https:") else self.scheme


class CaptureApp(Flask):
    request_class = CaptureRequest

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """No view or hook here is a coroutine; the library asks each of them in every request."""
        return func


def attach(app: Flask, same_site: Callable[[str, str], bool]) -> None:
    app.extensions[SAME_SITE] = same_site
