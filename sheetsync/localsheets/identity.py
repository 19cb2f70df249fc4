"""Who is calling: keys, signed assertions, bearer tokens.

Decides: whether an assertion is genuine, what a bearer token stands for and for how long.
Never: knows files; what an identity may do with one is Drive's permissions, see `world.py`.

People get keys of the same form as service accounts. For a person the key stands in for their
login in a browser: it lets a test or a script act as them, nothing more.
"""

from __future__ import annotations

import functools
import os
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import exceptions as auth_errors
from google.auth import jwt

from sheetsync.localsheets.errors import GoogleError

Json = dict[str, Any]

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
# google-auth names this audience whatever the key's token_uri says.
GOOGLE_AUDIENCE = "https://oauth2.googleapis.com/token"
LIFETIME_S = 3600
KINDS = ("person", "service_account")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Somebody with a key."""

    email: str
    kind: str
    key_id: str
    private_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What a bearer token stands for."""

    email: str
    kind: str
    scopes: frozenset[str]
    expires_at: float


class TokenRefused(Exception):
    """The token endpoint's own form of refusal."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.body = {"error": error, "error_description": description}


@functools.cache
def _key_for(email: str, kind: str) -> str:
    """A key pair; one per identity and process, because making one is slow."""
    del email, kind
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


@functools.lru_cache(maxsize=1024)
def _public_part(private_key: str) -> bytes:
    key = serialization.load_pem_private_key(private_key.encode(), password=None)
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


_decode: Callable[..., Mapping[str, Any]] = jwt.decode


class Identities:
    """The registered identities and the tokens given to them."""

    def __init__(self, path: Path | None, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, Identity] = {}
        self._sessions: dict[str, Session] = {}
        self._load()

    def _load(self) -> None:
        """Read what is registered, by another process too."""
        if self._path is not None and self._path.exists():
            for raw in orjson.loads(self._path.read_bytes())["identities"]:
                self._known[raw["email"].casefold()] = Identity(**raw)

    def register(self, email: str, kind: str, token_uri: str) -> Json:
        """The key of an identity, made when it is first asked for."""
        if kind not in KINDS:
            raise ValueError(f"kind is one of {', '.join(KINDS)}, not {kind!r}")
        with self._lock:
            self._load()
            known = self._known.get(email.casefold())
            if known is None:
                known = Identity(
                    email=email,
                    kind=kind,
                    key_id=secrets.token_hex(20),
                    private_key=_key_for(email.casefold(), kind),
                )
                self._known[email.casefold()] = known
                self._save()
            elif known.kind != kind:
                raise ValueError(f"{email} is registered as a {known.kind}")
        return _key_file(known, token_uri)

    def _save(self) -> None:
        if self._path is None:
            return
        known = [
            {"email": i.email, "kind": i.kind, "key_id": i.key_id, "private_key": i.private_key}
            for i in self._known.values()
        ]
        draft = self._path.with_suffix(".new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(orjson.dumps({"identities": known}, option=orjson.OPT_INDENT_2))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)

    def token(self, form: dict[str, str], token_uri: str) -> Json:
        """Answer the token endpoint: check a signed assertion, give a bearer token.

        Raises:
            TokenRefused: With the `invalid_grant` texts of Google's endpoint.
        """
        if form.get("grant_type") != GRANT:
            raise TokenRefused(
                "unsupported_grant_type", "Invalid grant_type: " + form.get("grant_type", "")
            )
        claims = self._claims(form.get("assertion", ""), token_uri)
        known = self._known[str(claims["iss"]).casefold()]
        scopes = frozenset(str(claims.get("scope", "")).split())
        if not scopes:
            raise TokenRefused("invalid_scope", "Empty or missing scope not allowed.")
        bearer = "ya29." + secrets.token_urlsafe(48)
        self._sessions[bearer] = Session(
            email=known.email,
            kind=known.kind,
            scopes=scopes,
            expires_at=self._clock() + LIFETIME_S,
        )
        return {"access_token": bearer, "expires_in": LIFETIME_S - 1, "token_type": "Bearer"}

    def _claims(self, assertion: str, token_uri: str) -> Json:
        try:
            # The issuer, still unproved, names the key to check with.
            issuer = _decode(assertion, verify=False).get("iss", "")
        except (ValueError, auth_errors.GoogleAuthError):
            raise TokenRefused("invalid_grant", "Invalid JWT: malformed assertion.") from None
        known = self._known.get(str(issuer).casefold())
        if known is None:
            self._load()
            known = self._known.get(str(issuer).casefold())
        if known is None:
            raise TokenRefused("invalid_grant", "Invalid grant: account not found")
        try:
            claims: Json = dict(_decode(assertion, certs=_public_part(known.private_key)))
        except (auth_errors.InvalidValue, TypeError):
            raise _not_short_lived() from None
        except (ValueError, auth_errors.GoogleAuthError):
            raise TokenRefused("invalid_grant", "Invalid JWT Signature.") from None
        if claims["exp"] - claims["iat"] > LIFETIME_S:
            raise _not_short_lived()
        if claims.get("aud") not in (token_uri, GOOGLE_AUDIENCE):
            raise TokenRefused("invalid_grant", "Invalid JWT: Failed audience check.")
        return claims

    def session(self, authorization: str | None) -> Session:
        """The session of an Authorization header, or Google's 401."""
        if not authorization or not authorization.startswith("Bearer "):
            raise GoogleError(
                401,
                "Request is missing required authentication credential. Expected OAuth 2 access "
                "token, login cookie or other valid authentication credential. See "
                "https://developers.google.com/identity/sign-in/web/devconsole-project.",
            )
        found = self._sessions.get(authorization.removeprefix("Bearer "))
        if found is None or found.expires_at <= self._clock():
            raise GoogleError(
                401,
                "Request had invalid authentication credentials. Expected OAuth 2 access token, "
                "login cookie or other valid authentication credential. See "
                "https://developers.google.com/identity/sign-in/web/devconsole-project.",
            )
        return found


def check_scopes(session: Session, allowed: frozenset[str]) -> None:
    """Refuse a token whose scopes do not cover the method."""
    if not session.scopes & allowed:
        raise GoogleError(
            403,
            "Request had insufficient authentication scopes.",
            details=[
                {
                    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                    "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
                    "domain": "googleapis.com",
                }
            ],
        )


def _not_short_lived() -> TokenRefused:
    return TokenRefused(
        "invalid_grant",
        "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable "
        "timeframe. Check your iat and exp values in the JWT claim.",
    )


def _key_file(identity: Identity, token_uri: str) -> Json:
    """A service-account key file, as google-auth reads it."""
    return {
        "type": "service_account",
        "project_id": "local",
        "private_key_id": identity.key_id,
        "private_key": identity.private_key,
        "client_email": identity.email,
        "client_id": str(int(identity.key_id[:16], 16)),
        "auth_uri": token_uri.removesuffix("/token") + "/auth",
        "token_uri": token_uri,
        "universe_domain": "googleapis.com",
    }
