"""The identity provider: OpenID Connect Core 1.0, authorization code with PKCE, state and nonce; out by `core.http`.

Departures: only RS256 and ES256 are believed, and `email_verified` must be true.
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import orjson
from flask import current_app
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from capture.core import http
from capture.settings import Settings

ALGORITHMS = ["RS256", "ES256"]
KEPT_SECONDS = 3600.0
CLOCK_DRIFT_SECONDS = 60
LARGEST_ANSWER_BYTES = 256 * 1024
EXTENSION = "capture.issuer"


class NotProved(Exception):
    """The provider, or somebody who plays it, did not say who this is. The text is for the log, not for the visitor."""


@dataclass(frozen=True)
class Known:
    """Whom the provider vouches for; `key` names the person for good, the email may change."""

    key: str
    email: str
    name: str


def provider_name(settings: Settings) -> str:
    """What the button says; empty where no provider is set."""
    if not settings.oidc_issuer or not settings.oidc_client_id:
        return ""
    return settings.oidc_name or str(urlsplit(settings.oidc_issuer).hostname)


def address_to_visit(settings: Settings, *, answer_at: str, state: str, nonce: str, verifier: str) -> str:
    """Where the browser is sent. Raises NotProved when the provider does not say where that is."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code", "client_id": str(settings.oidc_client_id), "redirect_uri": answer_at,
        "scope": "openid email profile", "state": state, "nonce": nonce,
        "code_challenge": digest, "code_challenge_method": "S256",
    }  # fmt: skip
    address = str(_discovered(settings).get("authorization_endpoint", ""))
    _refuse_insecure(address, settings)
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"


def known_by(settings: Settings, code: str, *, answer_at: str, nonce: str, verifier: str) -> Known:
    """Whom the code stands for; raises NotProved."""
    claims = _verified(settings, _id_token(settings, code, answer_at, verifier), nonce)
    if claims.get("email_verified") is not True or not isinstance(claims.get("email"), str):
        raise NotProved("the provider has not verified the email")
    name = claims.get("name")
    key = f"{settings.oidc_issuer} {claims['sub']}"
    return Known(key, claims["email"], name if isinstance(name, str) else "")


def _id_token(settings: Settings, code: str, answer_at: str, verifier: str) -> str:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": answer_at, "code_verifier": verifier}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    if settings.oidc_client_secret:
        headers["Authorization"] = _basic(str(settings.oidc_client_id), settings.oidc_client_secret)
    else:
        form["client_id"] = str(settings.oidc_client_id)
    found = _discovered(settings)
    answer = _fetched(settings, "POST", str(found.get("token_endpoint", "")), headers, urlencode(form).encode())
    token = answer.get("id_token")
    if not isinstance(token, str):
        raise NotProved("the provider sent no id token")
    return token


def _verified(settings: Settings, token: str, nonce: str) -> dict[str, Any]:
    try:
        claims = _decoded(settings, token).claims
        registry = jwt.JWTClaimsRegistry(
            leeway=CLOCK_DRIFT_SECONDS,
            iss={"essential": True, "value": str(settings.oidc_issuer)},
            aud={"essential": True, "value": str(settings.oidc_client_id)},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        registry.validate(claims)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise NotProved(f"the id token does not hold: {type(error).__name__}") from error
    if claims.get("azp", settings.oidc_client_id) != settings.oidc_client_id or not isinstance(claims["sub"], str):
        raise NotProved("the id token was made for another client")
    return dict(claims)


def _decoded(settings: Settings, token: str) -> jwt.Token:
    """Checked by the provider's keys; one that is new to us is fetched once more."""
    try:
        return jwt.decode(token, _keys(settings), algorithms=ALGORITHMS)
    except (JoseError, ValueError):
        return jwt.decode(token, _keys(settings, anew=True), algorithms=ALGORITHMS)


def _keys(settings: Settings, *, anew: bool = False) -> KeySet:
    address = str(_discovered(settings).get("jwks_uri", ""))
    return KeySet.import_key_set(_kept(settings, address, anew=anew))  # type: ignore[arg-type]


def _discovered(settings: Settings) -> Mapping[str, Any]:
    issuer = str(settings.oidc_issuer)
    found = _kept(settings, issuer.rstrip("/") + "/.well-known/openid-configuration")
    if found.get("issuer") != issuer:
        raise NotProved("the provider calls itself something else than OIDC_ISSUER")
    return found


def _kept(settings: Settings, address: str, *, anew: bool = False) -> Mapping[str, Any]:
    """What the provider publishes, asked for once an hour."""
    kept: dict[str, tuple[float, Mapping[str, Any]]] = current_app.extensions.setdefault(EXTENSION, {})
    at, found = kept.get(address, (0.0, {}))
    if anew or not found or time.monotonic() - at > KEPT_SECONDS:
        found = _fetched(settings, "GET", address, {"Accept": "application/json"})
        kept[address] = (time.monotonic(), found)
    return found


def _fetched(
    settings: Settings, method: str, url: str, headers: Mapping[str, str], body: bytes = b""
) -> Mapping[str, Any]:
    answer = http.send(
        method, url, headers=headers, body=body, allow=settings.egress_allow, total_seconds=8.0,
        max_bytes=LARGEST_ANSWER_BYTES,
    )  # fmt: skip
    if isinstance(answer, http.Failure):
        raise NotProved(f"the provider cannot be reached: {answer.name}")
    if answer.status != 200:
        raise NotProved(f"the provider answered {answer.status}")
    try:
        found = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        raise NotProved("the provider did not answer in JSON") from None
    if not isinstance(found, dict):
        raise NotProved("the provider answered with something else than an object")
    return found


def _refuse_insecure(address: str, settings: Settings) -> None:
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.netloc.lower() not in settings.egress_allow:
        raise NotProved("the provider's sign-in page is not https")


def _basic(name: str, secret: str) -> str:
    """RFC 6749, 2.3.1: both are form-encoded before they are joined."""
    joined = f"{quote(name, safe='')}:{quote(secret, safe='')}"
    return "Basic " + base64.b64encode(joined.encode()).decode()
