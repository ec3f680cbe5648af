from __future__ import annotations

from typing import Literal

from bot.circleci.api_request import Wire, naming
from bot.circleci.models import CheckoutKey
from bot.domain import ProjectSlug
from bot.mrkdwn import code

Digest = Literal["md5", "sha256"]
KeyType = Literal["deploy-key", "user-key"]


class Keys(Wire):
    async def checkout_keys(self, slug: ProjectSlug, digest: Digest = "md5") -> list[CheckoutKey]:
        """The project's checkout keys, their fingerprints in this digest."""
        path = ("project", slug, "checkout-key")
        with naming(code(str(slug))):
            return await self.listed(CheckoutKey, *path, query={"digest": digest})

    async def checkout_key(self, slug: ProjectSlug, fingerprint: str) -> CheckoutKey:
        """By its fingerprint in either digest."""
        with naming(f"the key {code(fingerprint, 100)} of {code(str(slug))}"):
            return await self.get(CheckoutKey, "project", slug, "checkout-key", fingerprint)

    async def add_checkout_key(self, slug: ProjectSlug, kind: KeyType) -> CheckoutKey:
        """A new key. A `user-key` needs a person who has let CircleCI into their GitHub account (API v2)."""
        with naming(code(str(slug))):
            return (await self.act("project", slug, "checkout-key", body={"type": kind})).read(CheckoutKey)

    async def remove_checkout_key(self, slug: ProjectSlug, fingerprint: str) -> bool:
        """False when it is not there (any more)."""
        return await self.remove("project", slug, "checkout-key", fingerprint)
