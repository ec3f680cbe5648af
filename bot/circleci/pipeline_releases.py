"""What the jobs of one pipeline deploy, read off all that a project tried lately. Pure.

A release that has ended stays as it was read: what it replaced is true of that moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict

from bot.circleci.deployed_places import MOVING, get_state
from bot.circleci.models import Release
from bot.circleci.models.deploy_models import DEFAULT

MOST = 20
"""Of one pipeline."""

_LONGEST_ID, _LONGEST = 64, 200
"""Characters of an id, and of a name or a reason: anybody who can push chooses them."""

_ENDED = frozenset({"success", "failed", "canceled"})
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class PipelineRelease(BaseModel):
    """One attempt of a pipeline to bring a version somewhere; `state` is CircleCI's word in lower case.

    `replaced` ran there before, `promoted_from` is where this version ran before. `was_validated`: its validation
    decides, or has decided, how it ends.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    state: str
    component: str
    environment: str
    version: str
    namespace: str = DEFAULT
    is_rollback: bool = False
    was_validated: bool = False
    reason: str = ""
    replaced: str = ""
    promoted_from: str = ""
    workflow_id: str = ""
    created_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def is_moving(self) -> bool:
        return self.state in MOVING

    @property
    def has_ended(self) -> bool:
        return self.state in _ENDED


def pick_releases(
    pipeline_id: str, tried: Sequence[Release], names: Mapping[str, str], before: Iterable[PipelineRelease] = ()
) -> tuple[PipelineRelease, ...]:
    """Those of this pipeline, oldest first; `names` are those of components and environments, by id."""
    known = {one.id: one for one in before}
    for release in sorted(tried, key=_get_begun_at):
        if release.pipeline_id != pipeline_id or len(release.id) > _LONGEST_ID or len(known) >= MOST:
            continue
        if release.id not in known or not known[release.id].has_ended:
            known[release.id] = _build(release, tried, names, known.get(release.id))
    return tuple(known.values())


def _build(
    release: Release, tried: Sequence[Release], names: Mapping[str, str], before: PipelineRelease | None
) -> PipelineRelease:
    earlier = _list_earlier(release, tried)
    here = [one for one in earlier if _get_place(one) == _get_place(release)]
    is_rollback = release.is_rollback or _brings_back(release, here)
    replaced = _find_replaced(release, here, is_rollback=is_rollback)
    elsewhere = None if is_rollback else _find_promoted(release, earlier)
    state, reason = get_state(release), release.failure_reason
    if is_rollback and replaced and not reason:
        reason = replaced.failure_reason
    return PipelineRelease(
        id=release.id,
        state=_cut(state),
        component=_name(release.component_id, names),
        environment=_name(release.environment_id, names),
        version=_cut(release.version),
        namespace=_cut(release.namespace or DEFAULT),
        is_rollback=is_rollback,
        was_validated=_is_validated(state, release.failure_reason) or (before is not None and before.was_validated),
        reason=_cut(reason),
        replaced=_cut(replaced.version) if replaced and replaced.version != release.version else "",
        promoted_from=_name(elsewhere.environment_id, names) if elsewhere else "",
        workflow_id=_cut(release.workflow_id),
        created_at=release.created_at,
        ended_at=release.ended_at,
    )


def _is_validated(state: str, reason: str) -> bool:
    """CircleCI publishes no word for it: the state while it lasts, or the reason afterwards tells."""
    return state == "validating" or (state == "failed" and "validation" in reason.casefold())


def _list_earlier(release: Release, tried: Iterable[Release]) -> list[Release]:
    """The newest first."""
    begun_at = _get_begun_at(release)
    earlier = [one for one in tried if one.id != release.id and _get_begun_at(one) < begun_at]
    return sorted(earlier, key=_get_begun_at, reverse=True)


def _brings_back(release: Release, here: Sequence[Release]) -> bool:
    """Its pipeline deploys there again after another one did: so it is done without a rollback pipeline."""
    ran = [one for one in here if get_state(one) == "success"]
    again = any((one.version, one.pipeline_id) == (release.version, release.pipeline_id) for one in ran)
    return again and ran[0].version != release.version


def _find_replaced(release: Release, here: Iterable[Release], *, is_rollback: bool) -> Release | None:
    """What ran there before. A rollback also replaces what ran there until its validation failed."""
    if is_rollback:
        return next(
            (one for one in here if get_state(one) in {"success", "failed"} and one.version != release.version), None
        )
    return next((one for one in here if get_state(one) == "success"), None)


def _find_promoted(release: Release, earlier: Iterable[Release]) -> Release | None:
    """The same version of the same component, where it ran before."""
    if not release.version:
        return None
    same = (
        one
        for one in earlier
        if one.component_id == release.component_id
        and one.version == release.version
        and get_state(one) == "success"
        and not one.is_rollback
    )
    return next((one for one in same if one.environment_id != release.environment_id), None)


def _get_place(one: Release) -> tuple[str, str, str]:
    return one.component_id, one.environment_id, one.namespace or DEFAULT


def _get_begun_at(one: Release) -> datetime:
    return one.created_at or _LONG_AGO


def _name(each: str, names: Mapping[str, str]) -> str:
    return _cut(names.get(each) or each)


def _cut(text: str) -> str:
    return text[:_LONGEST]
