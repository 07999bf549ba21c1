"""What is measured: the product's pages and its form, and the limits that they are compared with."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import urlencode

from people import AGENT, CAMPAIGN, browser

HERE = Path(__file__).resolve().parent
BIN = Path(sys.executable).parent
PAGE, COUPON_PAGE = "guide", "coupon"
GRANIAN = ["--interface", "wsgi", "--workers", "1", "--no-ws", "--host", "127.0.0.1"]
PRODUCT_SETTINGS = {
    "HOST": "127.0.0.1",
    "RATE_LIMITS": "off",
    "SCREENING": "on",
    "WEB_PROCESSES": "1",
    "EGRESS_ALLOW": "127.0.0.1:9",
    "HOOK_CRM_SECRET": "whsec_YSBzZWNyZXQgZm9yIHRoZSBiZW5jaG1hcms=",
    **dict.fromkeys(("DATABASE_URL", "REDIS_URL", "SMTP_URL", "PUBLIC_URL", "TRUSTED_PROXIES", "SECRET_KEY"), ""),
}


class Program(Protocol):
    """Something that can be served, in a folder of its own."""

    name: str
    ready: str
    cwd: Path

    def prepare(self, folder: Path) -> None: ...
    def command(self, port: int) -> list[str]: ...
    def environment(self, folder: Path, port: int) -> dict[str, str]: ...
    def stored(self, folder: Path) -> int: ...


@dataclass(frozen=True)
class Product:
    """`capture serve` on SQLite, with a copy of a database that is migrated and has the bench's site."""

    template: Path
    name: str = "capture"
    ready: str = "/readyz"
    cwd: Path = HERE.parent

    def prepare(self, folder: Path) -> None:
        if self.template.is_dir():
            shutil.copytree(self.template, folder, dirs_exist_ok=True)

    def command(self, port: int) -> list[str]:
        return self.command_of("serve")

    def command_of(self, *arguments: str) -> list[str]:
        return [str(BIN / "capture"), *arguments]

    def environment(self, folder: Path, port: int) -> dict[str, str]:
        return {**PRODUCT_SETTINGS, "INSTANCE": str(folder), "PORT": str(port or 8000)}

    def stored(self, folder: Path) -> int:
        """Submissions that became a lead with its message; what was held does not count."""
        whole = "SELECT count(*) FROM submission WHERE status = 'accepted' AND lead_id IN (SELECT lead_id FROM message)"
        return rows_in(folder / "capture.sqlite", whole)


@dataclass(frozen=True)
class Limit:
    """A program of bench/limits/, served by granian."""

    name: str
    module: str
    threads: int
    given: Mapping[str, str]
    count: str = "SELECT 0"
    ready: str = "/"
    cwd: Path = HERE / "limits"

    def prepare(self, folder: Path) -> None:
        pass

    def command(self, port: int) -> list[str]:
        threads = ["--blocking-threads", str(self.threads), "--port", str(port)]
        return [str(BIN / "granian"), *GRANIAN, *threads, f"{self.module}:app"]

    def environment(self, folder: Path, port: int) -> dict[str, str]:
        return {"BENCH_DATABASE": str(folder / "limit.sqlite"), **self.given}

    def stored(self, folder: Path) -> int:
        return rows_in(folder / "limit.sqlite", self.count)


@dataclass(frozen=True)
class Target:
    """One kind of request to one program. `fields` is None for GET, else the form's further fields."""

    name: str
    program: Program
    path: str
    headers: Callable[[str], dict[str, str]]
    fields: str | None = None
    scripted: bool = False
    limit: str | None = None
    goal: float | None = None
    usual: bool = True


@dataclass(frozen=True)
class Pages:
    """The product's published page as fetched: the bare limits send these very bytes."""

    identity: Path
    br: Path
    tag: str
    sizes: Mapping[str, int] = field(default_factory=dict)


def targets(product: Product, pages: Pages) -> list[Target]:
    """All of them, in the order in which a round runs them."""
    bare = _bare("bare-wsgi/granian", pages.identity, "")
    bare_br = _bare("bare-wsgi/granian-br", pages.br, "br")
    found = [
        Target(bare.name, bare, "/", _asks("identity")),
        _page("page", product, bare, _asks("identity")),
        Target(bare_br.name, bare_br, "/", _asks("br")),
        _page("page-br", product, bare_br, _asks("gzip, deflate, br")),
        _page("page-304", product, bare_br, lambda _: {**_asks("identity")(""), "If-None-Match": pages.tag}),
    ]
    limits = [_submit("pipeline", "submission"), _submit("raw", "plain")]
    found += [Target(one.name, one, "/submit", _asks("identity"), fields=urlencode(CAMPAIGN)) for one in limits]
    found.append(_form("submission", product, PAGE))
    found.append(_form("submission-scripted", product, PAGE, scripted=True, usual=False))
    found.append(_form("submission-coupon", product, COUPON_PAGE, usual=False))
    return found


def rows_in(file: Path, question: str) -> int:
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=20)
    try:
        (number,) = connection.execute(question).fetchone()
        return int(number)
    finally:
        connection.close()


def _asks(encoding: str) -> Callable[[str], dict[str, str]]:
    return lambda _origin: {"User-Agent": AGENT, "Accept": "*/*", "Accept-Encoding": encoding}


def _bare(name: str, body: Path, encoding: str) -> Limit:
    return Limit(name, "bare", 1, {"BENCH_BODY": str(body), "BENCH_ENCODING": encoding})


def _submit(store: str, table: str) -> Limit:
    given = {"BENCH_STORE": store}
    return Limit(f"submit-{store}-FULL", "submit", 4, given, count=f"SELECT count(*) FROM {table}")


def _page(name: str, product: Product, bare: Limit, headers: Callable[[str], dict[str, str]]) -> Target:
    return Target(name, product, f"/{PAGE}", headers, limit=bare.name, goal=0.6)


def _form(name: str, product: Product, page: str, *, scripted: bool = False, usual: bool = True) -> Target:
    return Target(
        name,
        product,
        f"/f/{page}",
        lambda origin: {"Accept": "text/html", **browser(origin, page)},
        fields=urlencode({"_page": page}),
        scripted=scripted,
        limit="submit-pipeline-FULL",
        goal=0.5,
        usual=usual,
    )
