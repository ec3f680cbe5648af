"""Notices and cards of failures whose time has passed: the workflow was rerun, or its branch has recovered."""

from __future__ import annotations

from functools import partial

from bot.blocks import retired_blocks
from bot.circleci.links import Links
from bot.circleci.snapshot import Snapshot
from bot.domain import Outcome, OutcomeClass, OutcomeKind
from bot.messages import Message
from bot.notify.publish import direct_messages
from bot.notify.publish.channel_notices import list_notice_keys
from bot.store.store import Tx

_ENDS = frozenset({OutcomeKind.PASSED, OutcomeKind.FAILED})


async def close_notices(tx: Tx, outcome: Outcome, snapshot: Snapshot, links: Links) -> None:
    """Let what was said of failures that this end makes old say so, without their buttons, and their cards shrink."""
    runs = [run for run in snapshot.workflows if run.workflow.name == outcome.workflow]
    if outcome.kind not in _ENDS or (len(runs) < 2 and OutcomeClass.RECOVERED not in outcome.classes):
        return
    for failure in await tx.outcomes.list_ended_failures(outcome):
        keys = list_notice_keys(failure, await tx.cards.list_for_pipeline(failure.pipeline_id))
        keys += await direct_messages.list_failure_keys(tx, failure)
        change = partial(_retire, failure=failure, later=outcome, links=links)
        await tx.revisions.revise_each(keys, change)
        if failure.pipeline_id != outcome.pipeline_id:
            await tx.cards.mark_pipeline_dirty(failure.pipeline_id)


def _retire(message: Message, *, failure: Outcome, later: Outcome, links: Links) -> Message:
    note = retired_blocks.format_note(failure, later, links)
    return retired_blocks.remove_reruns(message, note, failure.workflow_id)
