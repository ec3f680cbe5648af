"""Which pipeline is meant where words name none: that of the message above, or the address in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.actions.target_projects import LineBuilder
from bot.circleci.links import Link
from bot.command import Context, RequestSource, format_line
from bot.errors import NextStep, TargetError
from bot.language import _
from bot.store.pipelines import RETENTION
from bot.store.threads import PipelineThread


def find_told(context: Context, build_line: LineBuilder, rest: Sequence[str]) -> PipelineThread | None:
    """Raises TargetError for a message or a thread that tells of no pipeline (any more), or of several."""
    request = context.request
    if context.told:
        return pick_told(context.told, build_line, rest)
    if request.source is RequestSource.SHORTCUT and request.message_ts:
        raise TargetError(
            _("That message names no pipeline."),
            _("Choose this on a message of mine about one, or on a message with a link to CircleCI."),
            NextStep(_("Show What Ran Lately"), format_line("recent")),
        )
    begun = request.thread_ts and datetime.fromtimestamp(float(request.thread_ts), UTC)
    if begun and begun < context.clock.now() - RETENTION:
        raise TargetError(
            _("This thread is older than what I remember."), _("Name the pipeline, as in `acme/web 341`.")
        )
    return None


def pick_told(told: Sequence[PipelineThread], build_line: LineBuilder, rest: Sequence[str] = ()) -> PipelineThread:
    """The only one. Raises TargetError with a button for each of several."""
    if len(told) == 1:
        return told[0]
    steps = [
        NextStep(
            _("{project} #{number} on {branch}", project=one.project.name, number=one.number, branch=one.ref),
            build_line(one.pipeline_id, *rest),
        )
        for one in told
    ]
    raise TargetError(_("That message is about several pipelines. Which one?"), *steps)


def pick_linked(context: Context, build_line: LineBuilder, rest: Sequence[str]) -> str:
    """The only address. Raises TargetError with a button for each of several."""
    if len(context.linked) == 1:
        return context.linked[0]
    found = [(address, Link.parse(address, context.links.base_url)) for address in context.linked]
    steps = [NextStep(link.label, build_line(address, *rest)) for address, link in found if link]
    raise TargetError(_("That message links to several things at CircleCI. Which one?"), *steps)
