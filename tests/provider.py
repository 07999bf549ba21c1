"""A small real OpenID Connect provider: discovery, keys, and a token for each code, signed; it can lie when told to."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

CLIENT, SECRET = "capture", "a secret: of the client"


@dataclass
class Provider:
    """`lies` replace claims; `algorithm` and `key` say how the next tokens are signed."""

    port: int = 0
    lies: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "ES256"
    key: Any = None
    asked: dict[str, dict[str, str]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    discovery: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.keys = dict(_keys())

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def visited(self, address: str, **person: Any) -> str:
        """What a person who signs in at this address comes back with: a code."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = f"code-{len(self.asked)}"
        self.asked[code] = {**query, "person": json.dumps(person)}
        return code

    def published(self, path: str) -> Any:
        if path == "/.well-known/openid-configuration":
            ends = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
            return {"issuer": self.issuer, **{name: self.issuer + end for name, end in ends.items()}, **self.discovery}
        return KeySet(list(self.keys.values())).as_dict(private=False) if path == "/keys" else None

    def token(self, form: dict[str, str], authorization: str) -> Any:
        visit = self.asked.pop(form["code"], None)
        expected = base64.b64encode(b"capture:a%20secret%3A%20of%20the%20client").decode()
        proof = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if visit is None or authorization != f"Basic {expected}" or proof != visit["code_challenge"]:
            return None
        times = {"iat": int(time.time()), "exp": int(time.time()) + 300}
        who = {
            "sub": "77",
            "email": "an@example.com",
            "email_verified": True,
            "name": "An",
            **json.loads(visit["person"]),
        }
        claims = {"iss": self.issuer, "aud": CLIENT, "nonce": visit["nonce"], **times, **who, **self.lies}
        return {
            "id_token": self.signed({name: one for name, one in claims.items() if one is not None}),
            "access_token": "x",
        }

    def signed(self, claims: dict[str, Any]) -> str:
        if self.algorithm == "none":
            parts = [json.dumps(part).encode() for part in ({"alg": "none"}, claims)]
            return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."
        key = self.key or self.keys.get(self.algorithm) or OctKey.import_key(json.dumps(self.published("/keys")))
        return jwt.encode({"alg": self.algorithm, "kid": key.kid or "x"}, claims, key, algorithms=[self.algorithm])


@cache
def _keys() -> dict[str, Any]:
    """An RSA key takes a while to find."""
    ec = ECKey.generate_key("P-256", {"kid": "ec", "use": "sig"})
    return {"ES256": ec, "RS256": RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"})}


@contextmanager
def provider() -> Iterator[Provider]:
    made = Provider()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.calls.append(self.path)
            self._answer(made.published(self.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(made.token(form, self.headers.get("Authorization", "")))

        def _answer(self, value: Any) -> None:
            self.send_response(200 if value is not None else 400)
            self.end_headers()
            self.wfile.write(json.dumps(value or {"error": "invalid_grant"}).encode())

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
