"""What is between two versions that are deployed: the pipelines that came after the one and up to the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.circleci.client import CircleCI
from bot.circleci.models import Pipeline

LOOKS = 60
"""Pipelines of a branch that are looked at."""


@dataclass(frozen=True, slots=True)
class DeployedChanges:
    """`pipelines` are those of the newer one's branch after the older one, each commit once, newest first.

    `is_back` says that the newer one is what is left. Not `is_whole` where the older one was not among those looked at.
    """

    older: Pipeline
    newer: Pipeline
    pipelines: Sequence[Pipeline]
    is_back: bool = False
    is_whole: bool = True

    @property
    def is_same_commit(self) -> bool:
        return self.older.id == self.newer.id or bool(
            self.older.revision and self.older.revision == self.newer.revision
        )

    @property
    def is_of_one_branch(self) -> bool:
        """Else the numbers of pipelines say nothing of which commit is in which: tags are of no branch."""
        return self.newer.branch is not None and self.older.branch == self.newer.branch


async def fetch_changes(circleci: CircleCI, left: Pipeline, right: Pipeline) -> DeployedChanges:
    """What is new in `right` where `left` runs; the other way round where `right` is older. Raises CircleCIError."""
    is_back = right.number < left.number
    older, newer = (right, left) if is_back else (left, right)
    nothing = DeployedChanges(older, newer, (), is_back)
    if nothing.is_same_commit or newer.branch is None:
        return nothing
    found, is_whole = dict[str, Pipeline](), False
    looked = 0
    async for one in circleci.list_pipelines(newer.project, branch=newer.branch, pages=3):
        looked += 1
        if one.number <= older.number:
            is_whole = True
            break
        if one.number <= newer.number:
            found[one.revision or one.id] = one  # the first pipeline of a commit is most likely its push
        if looked == LOOKS:
            break
    return DeployedChanges(older, newer, list(found.values()), is_back, is_whole)


async def find_commit_pipeline(circleci: CircleCI, newest: Pipeline, revision: str) -> Pipeline | None:
    """The first pipeline of this commit among the latest of the branch on which `newest` ran."""
    found = None
    looked = 0
    async for one in circleci.list_pipelines(newest.project, branch=newest.branch, pages=3):
        looked += 1
        if (one.revision or "").startswith(revision.casefold()):
            found = one
        if looked == LOOKS:
            break
    return found
