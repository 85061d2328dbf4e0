"""Who may do what: keys with a scope. Their hashes alone are held, and compared in even time."""

import hashlib
import hmac
import ipaddress
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from penchant.core import UsageError

Scope = Literal["read", "write", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
"""Each holds those before it."""
VARIABLE = "PENCHANT_KEYS"
SHORTEST = 24
"""Characters of a secret."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key as the service holds it."""

    name: str
    scope: Scope
    sha256: bytes

    def allows(self, scope: Scope) -> bool:
        """Whether its scope holds another."""
        return SCOPES.index(self.scope) >= SCOPES.index(scope)


def new_secret() -> str:
    """A secret for a new key: 43 characters, 256 bits."""
    return secrets.token_urlsafe(32)


def read_keys(text: str, where: str) -> tuple[Key, ...]:
    """Keys written as ``name:scope:secret``, one a line or between commas.

    >>> keys = read_keys("page:read:0123456789abcdefghijklmnop", "an example")
    >>> keys[0].allows("read"), keys[0].allows("write")
    (True, False)

    Raises:
        UsageError: A line is none; the message does not repeat the secret.
    """
    found = []
    for number, line in enumerate(text.replace(",", "\n").splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        parts = [part.strip() for part in line.split(":", 2)]
        if len(parts) != 3 or not parts[0]:
            raise UsageError(f"{where}, line {number}: wanted name:scope:secret")
        name, scope, secret = parts
        if scope not in SCOPES:
            raise UsageError(f"{where}, line {number}: scope {scope!r}; known: {', '.join(SCOPES)}")
        if len(secret) < SHORTEST:
            raise UsageError(
                f"{where}, line {number}: the secret of {name!r} has {len(secret)} characters: "
                f"use {SHORTEST} or more, such as {new_secret()}"
            )
        found.append(Key(name, scope, _hashed(secret)))
    return tuple(found)


def given_keys(file: Path | None, environment: Mapping[str, str] = os.environ) -> tuple[Key, ...]:
    """The keys of a file, and those of :data:`VARIABLE`."""
    told = environment.get(VARIABLE, "")
    found = read_keys(told, VARIABLE) if told else ()
    if file is None:
        return found
    if not file.is_file():
        raise UsageError(f"{file} is no file: name one with a line name:scope:secret for each key")
    if file.stat().st_mode & 0o077:
        raise UsageError(f"{file} can be read by others: chmod 600 {file}")
    return found + read_keys(file.read_text(encoding="utf-8"), str(file))


def secret_in(headers: Mapping[str, str]) -> str:
    """What a caller shows as ``Authorization: Bearer SECRET`` or ``X-API-Key``; else nothing."""
    bearer, _, secret = headers.get("authorization", "").partition(" ")
    return secret if bearer.lower() == "bearer" else headers.get("x-api-key", "")


def key_of(secret: str, keys: tuple[Key, ...]) -> Key | None:
    """The key that a secret opens; takes as long whichever it is."""
    hashed, found = _hashed(secret), None
    for key in keys:
        if hmac.compare_digest(hashed, key.sha256):
            found = key
    return found


def key_in(headers: Mapping[str, str], keys: tuple[Key, ...]) -> Key | None:
    """The key that the headers of a request open, if any."""
    secret = secret_in(headers)
    return key_of(secret, keys) if secret else None


def check_host(host: str, keys: tuple[Key, ...]) -> None:
    """Refuses to be open to others without keys.

    Raises:
        UsageError: ``host`` is not this machine alone, and there are no keys.
    """
    if keys or is_loopback(host):
        return
    raise UsageError(
        f"host={host!r} is open to other machines, and there are no keys: give --keys FILE with a "
        f"line such as  page:read:{new_secret()}"
    )


def is_loopback(host: str) -> bool:
    """Whether an address is this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _hashed(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
