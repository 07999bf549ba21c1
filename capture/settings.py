"""Every machine setting: its name, its default, what it means, and a parser that refuses nonsense.

Marketing settings are not here: they live in the database and in the site file.
"""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dotenv import dotenv_values

# Only these names may be referred to as secrets of destinations.
HOOK = "HOOK_"
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 -- names what it means to listen there
ROOT = Path(__file__).resolve().parent.parent


class BadSetting(ValueError):
    """A setting that cannot be used; the text says which one and what is allowed."""


@dataclass(frozen=True)
class Setting:
    name: str
    default: str
    meaning: str
    parse: Callable[[str], Any]


def _text(value: str) -> str | None:
    return value.strip() or None


def _port(value: str) -> int:
    number = int(value)
    if not 1 <= number <= 65535:
        raise ValueError("a port is a number from 1 to 65535")
    return number


def _count(value: str) -> int:
    number = int(value)
    if not 1 <= number <= 64:
        raise ValueError("a number from 1 to 64")
    return number


def _switch(value: str) -> bool:
    word = value.strip().lower()
    if word not in {"on", "off"}:
        raise ValueError("`on` or `off`")
    return word == "on"


def _networks(value: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(part.strip(), strict=False) for part in value.split(",") if part.strip())


def _receivers(value: str) -> frozenset[str]:
    parts = [part.strip().lower() for part in value.split(",") if part.strip()]
    for part in parts:
        if not re.fullmatch(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+):\d{1,5}", part):
            raise ValueError(f"{part!r} is not an exact `host:port`")
    return frozenset(parts)


def _database(value: str) -> str:
    scheme = value.split(":", 1)[0].lower()
    if scheme in {"postgres", "postgresql"}:
        return "postgresql+psycopg:" + value.split(":", 1)[1]
    if scheme in {"sqlite", "postgresql+psycopg"}:
        return value
    raise ValueError("`sqlite:///path/to/file` or `postgresql://user:password@host/database`")


def _address(value: str) -> str | None:
    if not value.strip():
        return None
    parts = urlsplit(value.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("an address such as `https://go.example.com`")
    return f"{parts.scheme}://{parts.netloc}"


def _mail_server(value: str) -> str | None:
    if not value:
        return None
    parts = urlsplit(value)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("`smtp://user:password@host:587` or `smtps://…`")
    return value


def _mail_address(value: str) -> str | None:
    if value and not re.fullmatch(r"[^\s@<>,;:]+@[A-Za-z0-9.-]+", value):
        raise ValueError("a bare address such as `hello@example.com`")
    return value or None


def _issuer(value: str) -> str | None:
    """Compared letter by letter with what the provider calls itself, so it is kept as it was written."""
    if value and (urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).hostname):
        raise ValueError("an address such as `https://accounts.example.com`")
    return value or None


def _role(value: str) -> str | None:
    if value and value not in {"admin", "marketer", "sales", "recruiter", "viewer"}:
        raise ValueError("one of admin, marketer, sales, recruiter, viewer")
    return value or None


SETTINGS: tuple[Setting, ...] = (
    Setting("HOST", "127.0.0.1", "The address that the web server listens on.", str.strip),
    Setting("PORT", "8000", "The port that the web server listens on.", _port),
    Setting("DATABASE_URL", "", "SQLite file (under `instance/` by default) or PostgreSQL.", str.strip),
    Setting("REDIS_URL", "", "Redis or Valkey for rate limits; without it they count per process.", _text),
    Setting("SMTP_URL", "", "Mail server; without it mails are kept and shown in the console.", _mail_server),
    Setting("MAIL_FROM", "", "The address that mails are from; by default the mail server's user.", _mail_address),
    Setting("OIDC_ISSUER", "", "Address of an OpenID Connect provider that colleagues may sign in with.", _issuer),
    Setting("OIDC_CLIENT_ID", "", "What the provider calls this installation.", _text),
    Setting("OIDC_CLIENT_SECRET", "", "The secret that the provider gave; none for a public client.", _text),
    Setting(
        "OIDC_ROLE", "", "Role of people whom the provider knows and nobody invited; without it they stay out.", _role
    ),
    Setting("OIDC_NAME", "", "What the button says: `Sign in with …`; by default the provider's host.", _text),
    Setting("SECRET_KEY", "", "Signs links and sessions; made once and kept under `instance/`.", _text),
    Setting("SECRET_KEY_OLD", "", "The key before this one, still accepted for reading.", _text),
    Setting("PUBLIC_URL", "", "The address that visitors see, for links in messages.", _address),
    Setting("TRUSTED_PROXIES", "", "Networks whose `X-Forwarded-For` is believed, as a CIDR list.", _networks),
    Setting("EGRESS_ALLOW", "", "Exact `host:port` list of private receivers that may be called.", _receivers),
    Setting("RATE_LIMITS", "on", "`off` is for load tests only.", _switch),
    Setting("SCREENING", "on", "`off` drops bot checks, not validation; for load tests only.", _switch),
    Setting("DEMO", "on", "`off` keeps `make run` from loading the demo site.", _switch),
    Setting("WEB_PROCESSES", "1", "Web server processes; one per core.", _count),
    Setting("INSTANCE", str(ROOT / "instance"), "Folder of the database, keys and files.", lambda v: Path(v).resolve()),
)


@dataclass(frozen=True)
class Settings:
    """Parsed settings, one attribute per name in lower case."""

    host: str
    port: int
    database_url: str
    redis_url: str | None
    smtp_url: str | None
    mail_from: str | None
    oidc_issuer: str | None
    oidc_client_id: str | None
    oidc_client_secret: str | None
    oidc_role: str | None
    oidc_name: str | None
    secret_key: str
    secret_key_old: str | None
    public_url: str | None
    trusted_proxies: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]
    egress_allow: frozenset[str]
    rate_limits: bool
    screening: bool
    demo: bool
    web_processes: int
    instance: Path
    hooks: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def local_address(self) -> str:
        """Where somebody on this machine finds the web server."""
        return f"http://{'localhost' if self.host in {'127.0.0.1', *EVERYWHERE} else _in_url(self.host)}:{self.port}"

    @property
    def probe_address(self) -> str:
        """The same by number, as it listens: nobody's name service has a say."""
        return f"http://{_in_url(EVERYWHERE.get(self.host, self.host))}:{self.port}"


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Read `.env` and the environment (which wins); raises BadSetting with a sentence to act on."""
    found = {**_env_file(), **(os.environ if environment is None else environment)}
    values = {setting.name.lower(): _parsed(setting, found) for setting in SETTINGS}
    instance = values["instance"]
    # Leads and keys are in there: nobody else on this machine may look in.
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    values["database_url"] = _database_url(values["database_url"], instance)
    values["secret_key"] = values["secret_key"] or _kept_secret(instance / "secret_key")
    _refuse_weak(values["secret_key"])
    hooks = {name: value for name, value in found.items() if name.startswith(HOOK)}
    return Settings(**values, hooks=hooks)


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _env_file() -> dict[str, str]:
    return {name: value for name, value in dotenv_values(ROOT / ".env").items() if value is not None}


def _parsed(setting: Setting, found: Mapping[str, str]) -> Any:
    raw = found.get(setting.name, "").strip() or setting.default
    try:
        return setting.parse(raw)
    except ValueError as error:
        raise BadSetting(f"{setting.name}={raw!r} cannot be used: {error}.") from None


def _database_url(raw: str, instance: Path) -> str:
    try:
        return _database(raw or f"sqlite:///{instance / 'capture.sqlite'}")
    except ValueError as error:
        raise BadSetting(f"DATABASE_URL cannot be used: allowed is {error}.") from None


def _kept_secret(path: Path) -> str:
    """Made once; two processes that start together agree because only one can create the file."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


def _refuse_weak(key: str) -> None:
    if len(key) < 32:
        raise BadSetting("SECRET_KEY is too short: use 32 characters or more, or leave it unset.")
