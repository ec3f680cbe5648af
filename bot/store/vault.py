"""Secrets at rest: encrypted, authenticated, and bound to their owner.

Each key is stretched per owner (HKDF-SHA256 with the owner as info), so a row that is copied to another owner does not
decrypt. The first key encrypts, every key decrypts: `circlebot keys rotate` moves all secrets to the first.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.secret_hashes import opened_secrets

_CIPHERS_CACHED = 1000
"""Stretching the keys takes as long as opening a secret. Who could read a kept lock could read the keys themselves."""

_SIGNED = 32
"""128 bits, as hex."""


class VaultError(RuntimeError):
    """A key is missing or malformed, or a secret does not open: wrong owner, unknown key, or tampered with."""


class Vault:
    """`keys` are what `circlebot keys new` prints (32 bytes, URL-safe base64); `owner` is like `account:T1:U1`."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise VaultError("ENCRYPTION_KEYS is empty: make a key with `circlebot keys new`.")
        self._keys = [_decode_key(key) for key in keys]
        self._cipher = lru_cache(_CIPHERS_CACHED)(self._build_cipher)

    @property
    def has_several_keys(self) -> bool:
        """Then some secret may be sealed with a later one, which is to be dropped some day."""
        return len(self._keys) > 1

    def seal(self, owner: str, secret: str, *, known: bool = True) -> str:
        """`known` secrets are masked in our log and refused where somebody types them."""
        if known:
            opened_secrets.remember(owner, secret)
        return self._cipher(owner).encrypt(secret.encode()).decode()

    def open(self, owner: str, sealed: str, *, known: bool = True) -> str:
        """The secret. Raises VaultError."""
        try:
            secret = self._cipher(owner).decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise VaultError(f"The stored secret of {owner} does not open with any of ENCRYPTION_KEYS.") from None
        if known:
            opened_secrets.remember(owner, secret)
        return secret

    def rotate(self, owner: str, sealed: str) -> str:
        """The same secret under the first key. Raises VaultError."""
        return self.seal(owner, self.open(owner, sealed, known=False), known=False)

    def is_first(self, owner: str, sealed: str) -> bool:
        """Whether the first key alone opens it."""
        try:
            _derive_fernet(self._keys[0], owner).decrypt(sealed.encode())
        except InvalidToken:
            return False
        return True

    def compute_signatures(self, owner: str, text: str) -> list[str]:
        """What nobody else makes of the text: with each key, the first key's first. It tells nothing of the text."""
        keys = (_derive(key, f"sign:{owner}") for key in self._keys)
        return [hmac.digest(key, text.encode(), "sha256").hex()[:_SIGNED] for key in keys]

    def _build_cipher(self, owner: str) -> MultiFernet:
        return MultiFernet([_derive_fernet(key, owner) for key in self._keys])


def generate_key() -> str:
    return Fernet.generate_key().decode()


def _decode_key(key: str) -> bytes:
    try:
        Fernet(key)
        return base64.urlsafe_b64decode(key)
    except ValueError:
        raise VaultError("A key in ENCRYPTION_KEYS is malformed: make one with `circlebot keys new`.") from None


def _derive_fernet(key: bytes, owner: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_derive(key, owner)))


def _derive(key: bytes, info: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info.encode()).derive(key)
