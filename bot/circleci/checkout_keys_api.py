from __future__ import annotations

from typing import Literal

from bot.circleci.api_request import BaseApi, name_missing, name_missing_project
from bot.circleci.models import CheckoutKey
from bot.domain import ProjectSlug
from bot.language import _
from bot.mrkdwn import as_code

Digest = Literal["md5", "sha256"]
KeyType = Literal["deploy-key", "user-key"]


class CheckoutKeysApi(BaseApi):
    async def list_checkout_keys(self, slug: ProjectSlug, digest: Digest = "md5") -> list[CheckoutKey]:
        """The project's checkout keys, their fingerprints in this digest."""
        path = ("project", slug, "checkout-key")
        with name_missing_project(slug):
            return await self.list_items(CheckoutKey, *path, query={"digest": digest})

    async def fetch_checkout_key(self, slug: ProjectSlug, fingerprint: str) -> CheckoutKey:
        """By its fingerprint in either digest."""
        missing = _(
            "CircleCI does not know the key {fingerprint} of {project}, or hides it from you.",
            fingerprint=as_code(fingerprint, 100),
            project=as_code(slug.name),
        )
        with name_missing(missing):
            return await self.fetch(CheckoutKey, "project", slug, "checkout-key", fingerprint)

    async def add_checkout_key(self, slug: ProjectSlug, kind: KeyType) -> CheckoutKey:
        """A new key. A `user-key` needs a person who has let CircleCI into their GitHub account (API v2)."""
        with name_missing_project(slug):
            return (await self.send("project", slug, "checkout-key", body={"type": kind})).parse(CheckoutKey)

    async def remove_checkout_key(self, slug: ProjectSlug, fingerprint: str) -> bool:
        """False when it was not there."""
        return await self.delete("project", slug, "checkout-key", fingerprint)
