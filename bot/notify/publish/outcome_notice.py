"""One outcome as it is told: to all alike, but for what only the people of one workspace may read of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.blocks import notice_blocks
from bot.blocks.deed_blocks import find_rollback_reason
from bot.circleci.explanation import Explanation
from bot.circleci.links import Links
from bot.conversation import Place
from bot.domain import Outcome, OutcomeKind
from bot.messages import FoundBy, FoundEnd, Message
from bot.notify.readings import Reading
from bot.rules.match import SKEW
from bot.store.store import Tx


@dataclass(frozen=True, slots=True)
class OutcomeNotice:
    """One outcome that is published `now`, with why it came to that. It may have been told since `doubted_since`."""

    reading: Reading
    outcome: Outcome
    why: Explanation
    links: Links
    now: datetime
    doubted_since: datetime | None = None

    def render(self, *, by_card: bool) -> Message:
        return notice_blocks.render(self.outcome, self.reading.snapshot, self.why, links=self.links, by_card=by_card)

    @property
    def line(self) -> Message:
        return notice_blocks.render_line(self.outcome, self.reading.snapshot, self.why, links=self.links)

    @property
    def details(self) -> Message | None:
        """What the line leaves out."""
        return notice_blocks.render_details(self.outcome, self.reading.snapshot, self.why, links=self.links)

    @property
    def found_end(self) -> FoundEnd | None:
        """None where no workflow ended."""
        outcome = self.outcome
        if outcome.workflow_id is None or outcome.deploy or outcome.kind in {OutcomeKind.STARTED, OutcomeKind.ON_HOLD}:
            return None
        announced = outcome.workflow_id in self.reading.announced
        return FoundEnd(outcome.happened_at, FoundBy.WEBHOOK if announced else FoundBy.POLLING)


async def fit_notice(tx: Tx, notice: OutcomeNotice, place: Place) -> OutcomeNotice:
    """As it may be read there: without what is hidden there, and with what somebody of this workspace said of it."""
    why = await tx.project_marks.hide(notice.why, notice.outcome.project, place)
    return replace(notice, outcome=await _add_reason(tx, notice.outcome, place[0]), why=why)


async def _add_reason(tx: Tx, outcome: Outcome, workspace: str) -> Outcome:
    """Of a rollback with who had us do it and why, where it was one of this workspace; else as CircleCI tells it."""
    deploy = outcome.deploy
    if deploy is None or outcome.kind != OutcomeKind.ROLLED_BACK:
        return outcome
    for entry in reversed(await tx.audit.list_for_pipeline(outcome.pipeline_id)):
        asked_here = entry.workspace == workspace and entry.done_at <= outcome.happened_at + SKEW
        if asked_here and (reason := find_rollback_reason(entry.text, deploy.version)):
            return replace(outcome, deploy=replace(deploy, reason=reason, asked_by=entry.user))
    return outcome
