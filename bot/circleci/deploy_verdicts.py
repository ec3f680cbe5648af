"""What became of each attempt to deploy, judged by what came after it at the same place. Nothing here asks CircleCI."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum, auto

from bot.circleci.models import Release
from bot.circleci.models.deploy_models import DEFAULT
from bot.circleci.release_states import get_state

LONG_AGO = datetime.min.replace(tzinfo=UTC)

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
    """It had run there before and was brought back: no deploy, but the end of an outage, unless it `is_undone` too."""


BAD = frozenset({DeployVerdict.FAILED, DeployVerdict.ROLLED_BACK})


@dataclass(frozen=True, slots=True)
class JudgedRelease:
    """An attempt that ended `at`, and what became of it. What `is_undone` made room for something older."""

    release: Release
    at: datetime
    verdict: DeployVerdict
    is_undone: bool = False

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


def is_return(release: Release, here: Iterable[Release]) -> bool:
    """Whether it returns to what ran there before; `here` are attempts at its place, as many as are known.

    Of what is not known nothing is said: it counts as deployed.
    """
    at = _get_moment(release)
    past = _PlacePast()
    for one in sorted((one for one in here if one.id != release.id and get_state(one) == "success"), key=_get_order):
        if at is None or (moment := _get_moment(one)) is None or moment < at:
            past.add(one)
    return past.is_returned_to_by(release)


def judge_releases(releases: Iterable[Release]) -> list[JudgedRelease]:
    """Each attempt that succeeded or failed once, the earliest first, in whatever order they come.

    What is under way, canceled or of a status that nobody knows is left out, and so is a rollback that failed.
    """
    by_place: dict[Place, dict[str, Release]] = defaultdict(dict)
    for one in releases:
        by_place[get_place(one)].setdefault(one.id, one)
    judged = [each for of_place in by_place.values() for each in _judge_place(of_place.values())]
    return sorted(judged, key=lambda one: _get_order(one.release))


Made = tuple[str, str]
"""A version, and the pipeline that made it; "" where nobody told."""


class _PlacePast:
    """What ran at one place so far, in the order in which it came there first."""

    def __init__(self) -> None:
        self._ran: list[Made] = []
        self.live: Made | None = None

    def is_returned_to_by(self, one: Release) -> bool:
        """CircleCI calls it a rollback, or it ran there before what runs there now did.

        A rerun of the pipeline that made it brings it back. What was rolled back and comes again goes forward, and is
        deployed; so is what another pipeline made: a name that every version has says nothing.
        """
        if one.is_rollback:
            return True
        known = self._find(one)
        if known is None or self.live is None or known[0] == self.live[0]:
            return False
        return self._ran.index(known) < self._ran.index(self.live)

    def add(self, one: Release) -> Made:
        """It runs there now. What is brought back and was not seen before is older than all that was."""
        known = self._find(one)
        if known is None:
            known = (one.version, "" if one.is_rollback else one.pipeline_id)
            self._ran.insert(0 if one.is_rollback else len(self._ran), known)
        self.live = known
        return known

    def _find(self, one: Release) -> Made | None:
        """The newest that it can be: a rollback pipeline made none of them."""
        if not one.version:
            return None
        by = {"", one.pipeline_id}
        same = [each for each in reversed(self._ran) if each[0] == one.version]
        return next((each for each in same if one.is_rollback or not one.pipeline_id or each[1] in by), None)


def _judge_place(releases: Iterable[Release]) -> Sequence[JudgedRelease]:
    """Of one place: what is brought back undoes what ran until then, and the deploy that had brought that there."""
    judged: list[JudgedRelease] = []
    past = _PlacePast()
    brought: dict[Made, set[int]] = defaultdict(set)
    for one in sorted(_list_ended(releases), key=_get_order):
        is_back = past.is_returned_to_by(one)
        if get_state(one) == "failed":
            judged += [] if is_back else [_judge(one, DeployVerdict.FAILED)]
            continue
        before = past.live
        made = past.add(one)
        if is_back and before and before[0] != made[0]:
            for at in brought[before]:
                judged[at] = _undo(judged[at])
        if not is_back:
            brought[made].clear()
        brought[made].add(len(judged))
        judged.append(_judge(one, DeployVerdict.RETURNED if is_back else DeployVerdict.DEPLOYED))
    return judged


def _judge(one: Release, verdict: DeployVerdict) -> JudgedRelease:
    return JudgedRelease(one, _get_order(one)[0], verdict)


def _undo(one: JudgedRelease) -> JudgedRelease:
    return replace(one, verdict=DeployVerdict.ROLLED_BACK if one.is_deploy else one.verdict, is_undone=True)


def _list_ended(releases: Iterable[Release]) -> Iterator[Release]:
    return (one for one in releases if _get_moment(one) and get_state(one) in {"success", "failed"})


def _get_moment(one: Release) -> datetime | None:
    return one.ended_at or one.created_at


def _get_order(one: Release) -> tuple[datetime, str]:
    return _get_moment(one) or LONG_AGO, one.id
