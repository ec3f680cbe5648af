"""requests — starts that the workspace's policy protects: what was asked for goes on once it is confirmed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.command import Command, Context, Group, ParsedLine, Reply, RequestSource
from bot.domain.audit_records import Door
from bot.errors import UsageError
from bot.language import N_, _
from bot.messages import Message
from bot.rules.asked_demands import CONFIRMED


@dataclass(frozen=True, slots=True)
class RequestsArgs:
    """`line` is what was asked for, by its `mark` what of it was confirmed."""

    mark: str = ""
    line: str = ""
    typed: bool = False


def parse(line: ParsedLine) -> RequestsArgs:
    if not line.words:
        return RequestsArgs()
    if len(line.words) != 3 or line.words[0] != "confirm":
        raise UsageError(_("Press the button of what waits for you."))
    return RequestsArgs(line.words[1], line.words[2], line.has_flag("typed"))


async def run(context: Context, args: RequestsArgs) -> Reply:
    """What was asked for goes on where it stopped. A yes is a press: nobody types it for themselves beforehand."""
    request = context.request
    if not args.line:
        return Reply(Message(_("Nothing waits here.")))
    if request.source is not RequestSource.BUTTON:
        raise UsageError(_("Press the button of what waits for you."))
    return Reply(
        resume=replace(
            request,
            line=args.line,
            written=True,
            source=RequestSource.TYPED if args.typed else RequestSource.BUTTON,
            chosen={CONFIRMED: (args.mark,)},
            key=f"{request.key}:confirmed",
            came_by=Door.BUTTON,
        )
    )


COMMAND = Command(
    name="requests",
    summary=N_("Confirms a start that your workspace's policy protects"),
    usage="requests [--typed]",
    example="requests",
    parse=parse,
    run=run,
    group=Group.PIPELINES,
    listed=False,
    is_change=lambda _args: False,
)
