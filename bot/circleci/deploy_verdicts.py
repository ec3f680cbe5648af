"""What became of each attempt to deploy, judged by what came after it at the same place. Nothing here asks CircleCI."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto

from bot.circleci.deployed_places import get_state
from bot.circleci.models import Release
from bot.circleci.models.deploy_models import DEFAULT

Place = tuple[str, str, str]
"""A component's id, an environment's id and a namespace."""


class DeployVerdict(Enum):
    DEPLOYED = auto()
    """It ran there, until something newer was deployed."""
    FAILED = auto()
    """It came to nothing: the job or its validation failed."""
    ROLLED_BACK = auto()
    """It ran there, and what ran before was brought back."""
    RETURNED = auto()
    """It had run there before and was brought back: no deploy, but the end of an outage."""


BAD = frozenset({DeployVerdict.FAILED, DeployVerdict.ROLLED_BACK})


@dataclass(frozen=True, slots=True)
class JudgedRelease:
    """An attempt that ended `at`, and what became of it."""

    release: Release
    at: datetime
    verdict: DeployVerdict

    @property
    def place(self) -> Place:
        return get_place(self.release)

    @property
    def is_deploy(self) -> bool:
        return self.verdict is not DeployVerdict.RETURNED

    @property
    def ran(self) -> bool:
        return self.verdict is not DeployVerdict.FAILED


def get_place(release: Release) -> Place:
    return release.component_id, release.environment_id, release.namespace or DEFAULT


def judge_releases(releases: Iterable[Release]) -> list[JudgedRelease]:
    """Each attempt that succeeded or failed once, the earliest first, in whatever order they come.

    What is under way, canceled or of a status that nobody knows is left out, and so is a rollback that failed.
    """
    by_place: dict[Place, dict[str, Release]] = defaultdict(dict)
    for one in releases:
        by_place[get_place(one)].setdefault(one.id, one)
    judged = [each for of_place in by_place.values() for each in _judge_place(of_place.values())]
    return sorted(judged, key=_get_order)


def _judge_place(releases: Iterable[Release]) -> Sequence[JudgedRelease]:
    """Of one place: what is brought back undoes what ran until then."""
    judged = list(_judge_alone(releases))
    latest: int | None = None
    for at, one in enumerate(judged):
        if not one.ran:
            continue
        before = judged[latest] if latest is not None else None
        if latest is not None and before and not one.is_deploy and _is_undone_by(before, one):
            judged[latest] = replace(before, verdict=DeployVerdict.ROLLED_BACK)
        latest = at
    return judged


def _judge_alone(releases: Iterable[Release]) -> Iterator[JudgedRelease]:
    """By what ran there before alone. A rerun of a pipeline that had deployed there brings its version back."""
    ran: set[tuple[str, str]] = set()
    live = ""
    for at, one in sorted(_list_ended(releases), key=lambda each: (each[0], each[1].id)):
        if get_state(one) == "failed":
            if not one.is_rollback:
                yield JudgedRelease(one, at, DeployVerdict.FAILED)
            continue
        is_back = one.is_rollback or (one.version != live and (one.version, one.pipeline_id) in ran)
        yield JudgedRelease(one, at, DeployVerdict.RETURNED if is_back else DeployVerdict.DEPLOYED)
        ran.add((one.version, one.pipeline_id))
        live = one.version


def _list_ended(releases: Iterable[Release]) -> Iterator[tuple[datetime, Release]]:
    for one in releases:
        at = one.ended_at or one.created_at
        if at and get_state(one) in {"success", "failed"}:
            yield at, one


def _is_undone_by(before: JudgedRelease, back: JudgedRelease) -> bool:
    """A rollback to what runs already undoes only what failed after it."""
    return before.is_deploy and before.release.version != back.release.version


def _get_order(one: JudgedRelease) -> tuple[datetime, str]:
    return one.at, one.release.id
