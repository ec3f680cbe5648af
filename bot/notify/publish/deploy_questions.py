"""CircleCI is to be asked what a pipeline deploys: a row for whoever asks, written with the end that may have done so.

Jobs tell of their deploys before they end, and plan them before a hold.
"""

from __future__ import annotations

from datetime import datetime

from bot.circleci.snapshot import Snapshot
from bot.notify.readings import Reading
from bot.store.store import Tx


async def ask(tx: Tx, reading: Reading, now: datetime) -> bool:
    """Where something of it ended since it was read the last time, and somebody wants deploys. False where not.

    A hold that is called like a deploy, or lets one through, says what it brings where also to those who want none.
    """
    if reading.of_deploys or reading.abandoned_as or not has_moved(reading):
        return False
    return await tx.deploy_looks.ask(
        reading.snapshot.pipeline.id,
        reading.project,
        now,
        starter=_get_starter(reading),
        anyway=bool(reading.snapshot.deploying_hold_ids - _list_known(reading)),
    )


async def is_wanted(tx: Tx, reading: Reading) -> bool:
    """Whether a rule asks for deploys of the project, or whoever started it does."""
    return await tx.deploy_looks.is_wanted(reading.project, starter=_get_starter(reading))


def _get_starter(reading: Reading) -> str | None:
    return reading.snapshot.pipeline.actor_login


def has_moved(reading: Reading) -> bool:
    """What a release that asks about no deploys has written, beside this one, counts as not seen: it knows none."""
    return bool(_list_ends(reading.snapshot) - _list_known(reading))


def _list_known(reading: Reading) -> set[str]:
    before = reading.before.snapshot if reading.before else None
    asked = before is not None and "releases" in before.model_fields_set
    return _list_ends(before) if before and asked else set()


def _list_ends(snapshot: Snapshot) -> set[str]:
    """Ids of the workflows and jobs that have ended, and of the holds that wait."""
    jobs = [job for run in snapshot.workflows for job in run.jobs or ()]
    ended = {run.workflow.id for run in snapshot.workflows if run.workflow.has_ended}
    return ended | {job.id for job in jobs if job.has_ended or job.is_held}
