"""requests [approve|decline|withdraw] [ID] — starts that your workspace's policy protects, and who approves them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.actions import start_decisions
from bot.blocks import kit, start_request_blocks
from bot.blocks.decision_form_blocks import MOST, REASON
from bot.command import Command, Context, Group, Modal, ParsedLine, Reply, Request, RequestSource
from bot.domain.audit_records import Door
from bot.errors import UsageError
from bot.language import N_, _
from bot.rules.asked_demands import CONFIRMED
from bot.rules.start_request import StartRequest

_VERBS = ("approve", "decline", "withdraw")


@dataclass(frozen=True, slots=True)
class RequestsArgs:
    """`id` is that of a request. `mark` is of what was confirmed of the `line` that goes on; it was `typed`, or not."""

    verb: str = ""
    id: str = ""
    reason: str = ""
    form: bool = False
    mark: str = ""
    line: str = ""
    typed: bool = False


def parse(line: ParsedLine) -> RequestsArgs:
    match line.words:
        case ():
            return RequestsArgs()
        case ("confirm", mark, said):
            return RequestsArgs("confirm", mark=mark, line=said, typed=line.has_flag("typed"))
        case (verb, request_id) if verb in _VERBS:
            reason = (line.get_value("reason") or "").strip()[:MOST]
            return RequestsArgs(verb, request_id, reason, line.has_flag("form"))
    raise UsageError(_("Press the button of what waits for you."))


def build_first_modal(_request: Request, line: ParsedLine) -> Modal | None:
    return Modal(_("Decline start"), kit.build_loading(_("Reading what waits"))) if line.has_flag("form") else None


async def run(context: Context, args: RequestsArgs) -> Reply:
    request = context.request
    if args.verb == "confirm":
        return _confirm(request, args)
    if not args.id:
        async with context.store.begin_read() as tx:
            waiting = await tx.start_requests.list_waiting(request.workspace, request.channel or request.user)
        return Reply(start_request_blocks.render_list(waiting))
    start = await start_decisions.load(context, args.id, args.verb)
    if args.verb == "decline":
        return await _decline(context, start, args)
    return await (start_decisions.approve if args.verb == "approve" else start_decisions.withdraw)(context, start)


def _confirm(request: Request, args: RequestsArgs) -> Reply:
    """What was asked for goes on where it stopped. A yes is a press: nobody types it for themselves beforehand."""
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


async def _decline(context: Context, start: StartRequest, args: RequestsArgs) -> Reply:
    """Who says no reason is asked for one."""
    request = context.request
    reason = args.reason or request.fields.get(REASON, "").strip()
    if request.source is not RequestSource.FORM and not reason:
        if request.view_id:
            return Reply(view=start_request_blocks.render_decline_form(start))
        return Reply(start_request_blocks.render_decline_button(start))
    return await start_decisions.refuse(context, start, reason)


COMMAND = Command(
    name="requests",
    summary=N_("Lists starts that wait for others to approve them"),
    usage="requests [approve|decline|withdraw] [ID] [--reason TEXT] [--form] [--typed]",
    example="requests",
    parse=parse,
    run=run,
    group=Group.PIPELINES,
    build_first_modal=build_first_modal,
    is_change=lambda args: args.verb in _VERBS,
)
