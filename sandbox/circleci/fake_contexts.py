"""The contexts of the fixed world's organisations, with the names of what they hold."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.circleci.fake_projects import GITHUB, GITHUB_APP, Org
from sandbox.circleci.fake_users import build_fixed_id


@dataclass(frozen=True)
class FakeContext:
    org: Org
    name: str
    variables: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return build_fixed_id(f"context/{self.org.slug}/{self.name}")


CONTEXTS = (
    FakeContext(GITHUB, "deploy-production", ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "SLACK_WEBHOOK")),
    FakeContext(GITHUB, "deploy-staging", ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")),
    FakeContext(GITHUB, "docker-hub", ("DOCKERHUB_PASSWORD", "DOCKERHUB_USERNAME")),
    FakeContext(GITHUB, "empty"),
    FakeContext(GITHUB_APP, "mobile-signing", ("KEYSTORE_PASSWORD", "MATCH_PASSWORD")),
)
