"""freeze [list|add|end] [project|ORG|all] [NAME] [until TIME] [--from TIME] [--except WHOM] — nothing starts then."""

from __future__ import annotations

from bot.actions import freeze_changes
from bot.blocks import freeze_blocks
from bot.command import Access, Command, Context, Group, Modal, ParsedLine, Reply, Request, RequestSource
from bot.commands.freeze import freeze_input
from bot.commands.freeze.freeze_input import FreezeArgs
from bot.errors import NotAllowed
from bot.language import N_, _
from bot.messages import Message
from bot.permissions import format_whom_to_ask
from bot.rules.project_freeze import Freeze


def parse(line: ParsedLine) -> FreezeArgs:
    return freeze_input.parse(line)


def build_first_modal(_request: Request, line: ParsedLine) -> Modal | None:
    return freeze_blocks.build_loading_form() if parse(line).is_form else None


async def run(context: Context, args: FreezeArgs) -> Reply:
    if args.verb == "list":
        standing = await freeze_changes.list_standing(context)
        return Reply(freeze_blocks.render_list(standing, now=context.clock.now(), may_change=context.admin))
    _check_admin(context)
    if args.verb == "end":
        return Reply(_render_ended(await freeze_changes.end(context, args.number or 0)))
    if args.is_form and context.request.source is not RequestSource.FORM:
        if context.request.view_id:
            return Reply(view=freeze_blocks.render_form(args.project, context.request.fields, context.request.chosen))
        return Reply(freeze_blocks.render_form_button())
    wanted = await freeze_input.resolve(context, freeze_input.read_form(context.request, args))
    freeze = await freeze_changes.begin(context, wanted)
    return Reply(freeze_blocks.render_begun(freeze, now=context.clock.now()))


def _render_ended(freeze: Freeze) -> Message:
    return freeze_blocks.render_ended(freeze)


def _check_admin(context: Context) -> None:
    if not context.admin:
        nobody = _("Nobody is an admin yet: set `ADMIN_USERS` where circlebot runs.")
        raise NotAllowed(
            _("Only admins of circlebot freeze and thaw projects."), format_whom_to_ask(context.rights.admins, nobody)
        )


COMMAND = Command(
    name="freeze",
    summary=N_("Stops starts and approvals of a project for a while, but for whom you name"),
    usage="freeze [list|add|end] [project|ORG|all] [NAME] [until TIME] [--from TIME] [--except WHOM]",
    example='freeze gh/acme "Black Friday" until monday 9:00',
    parse=parse,
    run=run,
    build_first_modal=build_first_modal,
    find_form_errors=freeze_input.find_form_errors,
    is_change=lambda args: args.verb != "list",
    group=Group.SETTINGS,
    order=8,
    access=Access.ANYONE,
)
