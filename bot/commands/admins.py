"""admins [list|add|rm] [WHOM …] — who may change the policy and see everything: people and user groups."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial

from bot.actions import policy_input, subcommands
from bot.actions.audit_trail import record
from bot.blocks import admin_blocks
from bot.command import Access, Command, Context, Group, ParsedLine, Reply, format_line
from bot.conversation import is_person
from bot.domain.audit_records import AuditKind
from bot.domain.people import AddedAdmin
from bot.errors import NextStep, NotAllowed, TargetError, UsageError
from bot.language import N_, _
from bot.rules import policy_typed
from bot.rules.mention_words import format_mention
from bot.rules.policy_line import is_group
from bot.store.store import Tx


@dataclass(frozen=True, slots=True)
class AdminsArgs:
    verb: str
    names: tuple[str, ...]


def parse(line: ParsedLine) -> AdminsArgs:
    verb, words = subcommands.parse(line.words, ("list", "add", "rm"))
    if verb == subcommands.LIST:
        subcommands.check_no_more(words)
    return AdminsArgs(verb, policy_typed.split_names(words))


async def run(context: Context, args: AdminsArgs) -> Reply:
    if args.verb == subcommands.LIST:
        return await _list(context)
    who = policy_typed.read_who(args.names, policy_input.find_person)
    if not who or not all(is_person(one) or is_group(one) for one in who):
        raise UsageError(_("Name people or user groups, as in `admins add @ada`."))
    return await (_add(context, who) if args.verb == "add" else _remove(context, who))


async def _list(context: Context) -> Reply:
    async with context.store.begin_read() as tx:
        added = await tx.admins.list_for_workspace(context.request.workspace)
    fixed = context.rights.fixed_admins
    return Reply(admin_blocks.render_list(fixed, [one for one in added if one.who not in fixed]))


async def _add(context: Context, who: tuple[str, ...]) -> Reply:
    request, now = context.request, context.clock.now()
    async with context.store.begin() as tx:
        new = [
            one
            for one in who
            if one not in context.rights.admins
            and await tx.admins.insert(AddedAdmin(request.workspace, one, request.user, now))
        ]
        await _tell_others(tx, context, new, added=True)
    context.wake()
    if not new:
        raise TargetError(_("They are admins already."), _build_show_step())
    return Reply(admin_blocks.render_added(new))


async def _remove(context: Context, who: tuple[str, ...]) -> Reply:
    """Somebody is left who is an admin: a person, or a group that Slack shows, and that is not empty."""
    groups = await context.rights.load_groups({*filter(is_group, context.rights.admins)})
    now = context.clock.now()
    staffed = {one.id for one in groups if one.members and one.is_trusted(now)}
    async with context.store.begin() as tx:
        added = await tx.admins.list_for_workspace(context.request.workspace, locked=True)
        check_removable(who, context.rights.fixed_admins, [one.who for one in added], staffed)
        for one in who:
            await tx.admins.delete(context.request.workspace, one)
        await _tell_others(tx, context, who, added=False)
    context.wake()
    return Reply(admin_blocks.render_removed(who))


def check_removable(who: Sequence[str], fixed: Sequence[str], added: Sequence[str], staffed: Collection[str]) -> None:
    """Raises NotAllowed or TargetError. `staffed` are the user groups in which somebody is."""
    if named := [one for one in who if one in fixed]:
        raise NotAllowed(
            _("{who} is an admin by `ADMIN_USERS`.", who=format_mention(named[0])),
            _("Whoever runs circlebot changes that, in its settings."),
        )
    if missing := [one for one in who if one not in added]:
        raise TargetError(_("{who} is no admin.", who=format_mention(missing[0])), _build_show_step())
    if not any(is_person(one) or one in staffed for one in [*fixed, *added] if one not in who):
        raise NotAllowed(
            _("Then nobody would be an admin: a user group that is empty or no longer shown by Slack does not count."),
            _("Add another person first: `/circle admins add @ada`."),
        )


async def _tell_others(tx: Tx, context: Context, who: Sequence[str], *, added: bool) -> None:
    """The admins of before, and those whom it is about; and the record."""
    request, now = context.request, context.clock.now()
    if who:
        word = "added" if added else "removed"
        record(context, tx, AuditKind.POLICY, act=f"admins {word}", what=", ".join(who))
    for user in {*filter(is_person, [*context.rights.admins, *who])} - {request.user} if who else ():
        key = f"admins:{request.workspace}:{user}:{now.isoformat()}"
        told = partial(admin_blocks.render_told, request.user, who, added=added)
        await tx.outbox.insert(key, request.workspace, user, message=told, now=now)


def _build_show_step() -> NextStep:
    return NextStep(_("Show Admins"), format_line("admins"))


COMMAND = Command(
    name="admins",
    summary=N_("For admins: who else is one, people and user groups"),
    usage="admins [list|add|rm] [WHOM …]",
    example="admins add @grace",
    parse=parse,
    run=run,
    is_change=lambda args: args.verb != "list",
    group=Group.YOU,
    order=9,
    access=Access.ADMIN,
    always_allowed=True,
)
