"""The contexts of the fixed world's organisations, with the names of what they hold."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.circleci.fake_projects import GITHUB, GITHUB_APP, Org
from sandbox.circleci.fake_users import fixed_id


@dataclass(frozen=True)
class Context:
    org: Org
    name: str
    variables: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return fixed_id(f"context/{self.org.slug}/{self.name}")


CONTEXTS = (
    Context(GITHUB, "deploy-production", ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "SLACK_WEBHOOK")),
    Context(GITHUB, "deploy-staging", ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")),
    Context(GITHUB, "docker-hub", ("DOCKERHUB_PASSWORD", "DOCKERHUB_USERNAME")),
    Context(GITHUB, "empty"),
    Context(GITHUB_APP, "mobile-signing", ("KEYSTORE_PASSWORD", "MATCH_PASSWORD")),
)
