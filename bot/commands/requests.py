"""requests [approve|decline|withdraw] [ID] — starts that your workspace's policy protects, and who approves them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.actions import start_decisions
from bot.blocks import kit, protected_blocks, start_request_blocks
from bot.blocks.decision_form_blocks import MOST, REASON
from bot.command import Command, Context, Group, Modal, ParsedLine, Reply, Request, RequestSource
from bot.errors import Unconfirmed, UsageError
from bot.language import N_, _
from bot.messages import Message
from bot.rules.asked_demands import CONFIRMED, WHY
from bot.rules.start_request import StartRequest

_VERBS = ("approve", "decline", "withdraw")


@dataclass(frozen=True, slots=True)
class RequestsArgs:
    """`id` is that of a request. `mark` is of what was confirmed of the `line` that goes on; it was `typed`, or not.

    `what` says it to whoever is asked why.
    """

    verb: str = ""
    id: str = ""
    reason: str = ""
    form: bool = False
    mark: str = ""
    line: str = ""
    what: str = ""
    typed: bool = False


def parse(line: ParsedLine) -> RequestsArgs:
    match line.words:
        case ():
            return RequestsArgs()
        case ("confirm", mark, said):
            typed, form, what = line.has_flag("typed"), line.has_flag("form"), line.get_value("what") or ""
            return RequestsArgs("confirm", form=form, mark=mark, line=said, what=what, typed=typed)
        case (verb, request_id) if verb in _VERBS:
            reason = line.get_text("reason", MOST)
            return RequestsArgs(verb, request_id, reason, line.has_flag("form"))
    raise UsageError(_("Press the button of what waits for you."))


def build_first_modal(_request: Request, line: ParsedLine) -> Modal | None:
    if not line.has_flag("form"):
        return None
    title = _("Protected start") if line.words[:1] == ("confirm",) else _("Decline start")
    return Modal(title, kit.build_loading(_("Reading what waits")))


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
    if request.source not in {RequestSource.BUTTON, RequestSource.FORM}:
        raise UsageError(_("Press the button of what waits for you."))
    if args.form:
        return _ask_why(request, args)
    resumed = replace(
        request,
        line=args.line,
        written=True,
        source=RequestSource.TYPED if args.typed else RequestSource.BUTTON,
        chosen={CONFIRMED: (args.mark,), WHY: (request.fields.get(WHY, ""),)},
        key=f"{request.key}:confirmed",
        came_by=request.door,
    )
    if request.source is RequestSource.BUTTON:
        return Reply(resume=resumed)
    resumed = replace(resumed, fields={}, form=None, view_id=None)
    return Reply(Message(_("It goes on where you asked for it.")), seen=True, resume=resumed)


def _ask_why(request: Request, args: RequestsArgs) -> Reply:
    """In the form that is open, or else by the button that opens it."""
    if request.view_id:
        return Reply(view=protected_blocks.render_why_form(args.what, args.mark, args.line, typed=args.typed))
    asked = Unconfirmed(args.what, mark=args.mark, asks_why=True)
    source = RequestSource.TYPED if args.typed else RequestSource.BUTTON
    return Reply(protected_blocks.render_question(asked, replace(request, line=args.line, source=source)))


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
    usage="requests [approve|decline|withdraw] [ID] [--reason TEXT] [--what TEXT] [--form] [--typed]",
    example="requests",
    parse=parse,
    run=run,
    group=Group.PIPELINES,
    build_first_modal=build_first_modal,
    is_change=lambda args: args.verb in _VERBS,
)
