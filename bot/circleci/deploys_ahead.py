"""What approving a hold deploys where. Pure.

Which job deploys where CircleCI does not say before it has: a job, or its hold, that has the words of an environment's
name in its own is taken to deploy there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from pydantic import BaseModel, ConfigDict

from bot.circleci.deploy_verdicts import judge_releases
from bot.circleci.models import Job, Release
from bot.circleci.models.deploy_models import DEFAULT
from bot.circleci.pipeline_releases import LONGEST, PipelineRelease

MOST = 10
"""Places of one hold."""

_STEMS = ("deploy", "releas", "promot", "rollout", " roll out ", "rollback", " roll back ")
"""Anywhere in the words of what is called like a deploy."""

_WORDS = frozenset({"prod", "production", "staging", "canary", "live", "ship", "publish", "upgrade", "cd"})

_PLACE = ("hold", "component", "environment", "namespace")


@dataclass(frozen=True, slots=True)
class RunningDeploy:
    """What was told to run at a place since `at`; `pipeline_id` made it, "" where that is not known."""

    component: str
    environment: str
    namespace: str
    version: str
    pipeline_id: str
    at: datetime


class DeployAhead(BaseModel):
    """A place to which the jobs behind a hold (its id) deploy, as far as anybody knows: `runs` is there `since` then.

    `brings` is the version, where a job has planned it. `pipeline_id` made what runs; `number`, `revision` and the
    logins of who pushed since are known where that pipeline is. Without component it only says that the hold means
    that environment.
    """

    model_config = ConfigDict(frozen=True)

    hold: str
    environment: str
    component: str = ""
    namespace: str = DEFAULT
    brings: str = ""
    runs: str = ""
    since: datetime | None = None
    pipeline_id: str = ""
    number: int = 0
    revision: str = ""
    pushers: tuple[str, ...] = ()

    @property
    def is_told(self) -> bool:
        """Whether there is something to say."""
        return bool(self.component and (self.runs or self.brings))

    @property
    def place(self) -> tuple[str, str, str]:
        return self.component, self.environment, self.namespace


def pick_ahead(
    hold: Job,
    after: Sequence[Job],
    planned: Iterable[PipelineRelease],
    tried: Iterable[Release],
    *,
    names: Mapping[str, str],
    environments: Collection[str],
) -> list[DeployAhead]:
    """Read off all that the project `tried` lately, and what its own pipeline has `planned`.

    `names` are those of components and environments by id, `environments` all that there are.
    """
    named = list_meant(environments, hold, after)
    plans = {(one.component, one.environment, one.namespace): one.version for one in planned if one.state == "pending"}
    ahead = {place: _build(hold, place, brings=version) for place, version in plans.items() if place[1] in named}
    made: dict[tuple[str, ...], str] = {}
    for one in judge_releases(tried):
        component, environment, namespace = one.place
        place = names.get(component, ""), names.get(environment, ""), namespace[:LONGEST]
        if one.ran and place[0] and place[1] in named:
            version = one.release.version[:LONGEST]
            maker = made.setdefault((*place, version), "" if one.release.is_rollback else one.release.pipeline_id)
            runs = {"runs": version, "since": one.at, "pipeline_id": maker}
            ahead[place] = ahead.get(place, _build(hold, place)).model_copy(update=runs)
    rest = [DeployAhead(hold=hold.id, environment=one) for one in named if one not in {each[1] for each in ahead}]
    return [*ahead.values(), *rest][:MOST]


def _build(hold: Job, place: tuple[str, str, str], brings: str = "") -> DeployAhead:
    component, environment, namespace = place
    return DeployAhead(hold=hold.id, environment=environment, component=component, namespace=namespace, brings=brings)


def update_running(ahead: Sequence[DeployAhead], running: Iterable[RunningDeploy]) -> list[DeployAhead]:
    """With what was told of these environments since."""
    known = {(one.hold, *one.place): one for one in ahead}
    holds = {(one.hold, one.environment) for one in ahead}
    for told in running:
        for hold in (each for each, environment in sorted(holds) if environment == told.environment):
            key = (hold, told.component, told.environment, told.namespace)
            was = known.get(key) or DeployAhead(**dict(zip(_PLACE, key, strict=True)))
            if was.since is None or was.since < told.at:
                runs = {"runs": told.version, "since": told.at, "pipeline_id": told.pipeline_id}
                known[key] = was.model_copy(update=runs)
    placed = {(one.hold, one.environment) for one in known.values() if one.component}
    return [one for one in known.values() if one.component or (one.hold, one.environment) not in placed]


def list_meant(environments: Collection[str], hold: Job, after: Sequence[Job]) -> list[str]:
    """Environments to which the jobs behind the hold deploy; by its own name only where it holds nothing known."""
    return list(dict.fromkeys(name for job in after or [hold] for name in _list_named(job.name, environments)))


def _list_named(job: str, environments: Iterable[str]) -> list[str]:
    """Environments whose words stand in the job's name, unless another one's do that has them too.

    `deploy-pre-production` deploys to `pre-production`, not to `production`.
    """
    said = split_words(job)
    found = {name: words for name in environments if (words := split_words(name)).strip() and words in said}
    return [name for name, words in found.items() if not any(words in each != words for each in found.values())]


def is_called_like_deploy(name: str) -> bool:
    """By a usual word for it, or for where it goes: `deploy-eu`, `Release`, `push/prod`."""
    said = split_words(name)
    return any(stem in said for stem in _STEMS) or not _WORDS.isdisjoint(said.split())


def split_words(name: str) -> str:
    """Its words in lower case, each between spaces."""
    parted = ((" " if one.isupper() and not before.isupper() else "") + one for before, one in pairwise(f" {name}"))
    words = "".join(one if one.isalnum() else " " for one in "".join(parted)).casefold().split()
    return f" {' '.join(words)} "
