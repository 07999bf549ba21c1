"""Requests as we take them: files that nobody asked for are thrown away while they are read."""

from __future__ import annotations

from io import RawIOBase
from typing import IO, Any, cast

from flask import Request, current_app

from capture.core.clients import client_address
from capture.core.shelf import host_name

LARGEST_BODY_BYTES = 262_144
MOST_PARTS = 200


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


class CaptureRequest(Request):
    max_form_parts = MOST_PARTS
    max_form_memory_size = LARGEST_BODY_BYTES

    def _get_file_stream(self, *_: Any, **__: Any) -> IO[bytes]:
        return cast("IO[bytes]", _Nowhere())

    @property
    def client(self) -> str | None:
        """The visitor's address: the peer's, or what configured proxies say."""
        trusted = current_app.config["SETTINGS"].trusted_proxies
        return client_address(self.remote_addr, self.headers.get("X-Forwarded-For"), trusted)

    @property
    def origin_here(self) -> str:
        """Scheme and host of our own addresses for this caller, without a slash at the end."""
        public: str | None = current_app.config["SETTINGS"].public_url
        return public or f"{self.scheme}://{self.host}"

    @property
    def origin_known(self) -> str:
        """The same for what is kept for others: a port that the caller made up has no place in it."""
        settings = current_app.config["SETTINGS"]
        name, port = host_name(self.host), self.host.rpartition(":")[2]
        kept = f":{port}" if port == str(settings.port) else ""
        return settings.public_url or f"{self.scheme}://{f'[{name}]' if ':' in name else name}{kept}"
