"""What the jobs of one pipeline deploy, read off all that a project tried lately. Pure.

A release that has ended stays as it was read: what it replaced is true of that moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict

from bot.circleci.deploy_verdicts import get_place, is_return
from bot.circleci.models import Pipeline, Release
from bot.circleci.models.deploy_models import DEFAULT
from bot.circleci.release_states import MOVING, PLANNED, get_state

MOST = 20
"""Of one pipeline: the oldest. What is left out is known to nobody."""

_LONGEST_ID, LONGEST = 64, 200
"""Characters of an id, and of a name or a reason: anybody who can push chooses them."""

_ENDED = frozenset({"success", "failed", "canceled"})
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class PipelineRelease(BaseModel):
    """One attempt of a pipeline to bring a version somewhere; `state` is CircleCI's word in lower case.

    `replaced` ran there before, `promoted_from` is where this version ran before. `was_validated`: its validation
    decides, or has decided, how it ends. `is_return`: it ran there before what it replaced did, whatever CircleCI calls
    it.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    state: str
    component: str
    environment: str
    version: str
    namespace: str = DEFAULT
    is_rollback: bool = False
    is_return: bool = False
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
    def is_planned(self) -> bool:
        return self.state == PLANNED

    @property
    def brings_back(self) -> bool:
        return self.is_rollback or self.is_return

    @property
    def has_ended(self) -> bool:
        return self.state in _ENDED


def pick_releases(
    pipeline: Pipeline,
    tried: Sequence[Release],
    names: Mapping[str, str],
    *,
    before: Iterable[PipelineRelease] = (),
    is_cut: bool = False,
) -> tuple[PipelineRelease, ...]:
    """Those of this pipeline, oldest first; `names` are those of components and environments, by id.

    `is_cut`: the project tried more than that before.
    """
    known = {one.id: one for one in before}
    reaches_back = _reaches_back(tried, pipeline)
    for release in sorted(tried, key=_get_begun_at):
        if release.pipeline_id != pipeline.id or len(release.id) > _LONGEST_ID:
            continue
        was = known.get(release.id)
        if (was is None and len(known) < MOST) or (was is not None and not was.has_ended):
            seen = [*tried, *_recall(release, known.values(), names)]
            is_whole = not is_cut or (reaches_back and _is_own(release, seen))
            known[release.id] = _build(release, seen, names, before=was, is_whole=is_whole)
    return tuple(known.values())


def _reaches_back(tried: Iterable[Release], pipeline: Pipeline) -> bool:
    """Whether nothing that this pipeline tried is missing: something else was tried before it began."""
    began_at = pipeline.created_at
    return began_at is not None and any(one.created_at and one.created_at < began_at for one in tried)


def _is_own(release: Release, tried: Iterable[Release]) -> bool:
    """Whether no other pipeline is seen to bring this version anywhere: then it made it, and nothing did before."""
    version = release.component_id, release.version
    return all(one.pipeline_id == release.pipeline_id for one in tried if (one.component_id, one.version) == version)


def _recall(release: Release, known: Iterable[PipelineRelease], names: Mapping[str, str]) -> Iterator[Release]:
    """What the same pipeline is known to have tried there, also when nothing shows it any more."""
    place = _name_place(release, names)
    for one in known:
        if (one.component, one.environment, one.namespace) == place:
            yield release.model_copy(
                update={
                    "id": one.id,
                    "status": one.state,
                    "version": one.version,
                    "is_rollback": one.is_rollback,
                    "failure_reason": one.reason,
                    "created_at": one.created_at,
                    "ended_at": one.ended_at,
                }
            )


def _build(
    release: Release,
    tried: Sequence[Release],
    names: Mapping[str, str],
    *,
    before: PipelineRelease | None,
    is_whole: bool,
) -> PipelineRelease:
    earlier = _list_earlier(release, tried)
    here = [one for one in earlier if get_place(one) == get_place(release)]
    is_back = is_return(release, [one for one in tried if get_place(one) == get_place(release)])
    replaced = _find_replaced(release, here, is_back=is_back)
    elsewhere = None if is_back or not is_whole else _find_promoted(release, earlier)
    state, reason = get_state(release), release.failure_reason
    if is_back and replaced and not reason:
        reason = replaced.failure_reason
    component, environment, namespace = _name_place(release, names)
    return PipelineRelease(
        id=release.id,
        state=_cut(state),
        component=component,
        environment=environment,
        version=_cut(release.version),
        namespace=namespace,
        is_rollback=release.is_rollback,
        is_return=is_back,
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


def _find_replaced(release: Release, here: Iterable[Release], *, is_back: bool) -> Release | None:
    """What ran there before. A rollback also replaces what ran there until its validation failed."""
    if is_back:
        return next(
            (one for one in here if get_state(one) in {"success", "failed"} and one.version != release.version), None
        )
    return next((one for one in here if get_state(one) == "success"), None)


def _find_promoted(release: Release, earlier: Sequence[Release]) -> Release | None:
    """The same version of the same component, where it ran before; none where it has run here before, too.

    So all that was ever tried with this version has to be there: a rerun of a workflow that has been everywhere deploys
    to one environment after the other once more.
    """
    same = [
        one
        for one in earlier
        if one.component_id == release.component_id and one.version == release.version and get_state(one) == "success"
    ]
    if not release.version or any(get_place(one) == get_place(release) for one in same):
        return None
    source = (one for one in same if one.environment_id != release.environment_id and not one.is_rollback)
    return next(source, None)


def _name_place(release: Release, names: Mapping[str, str]) -> tuple[str, str, str]:
    component, environment = _name(release.component_id, names), _name(release.environment_id, names)
    return component, environment, _cut(release.namespace or DEFAULT)


def _get_begun_at(one: Release) -> datetime:
    return one.created_at or _LONG_AGO


def _name(each: str, names: Mapping[str, str]) -> str:
    return _cut(names.get(each) or each)


def _cut(text: str) -> str:
    return text[:LONGEST]
