"""undelivered — what could not be said in Slack and why, each with what mends it; for admins."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from bot.actions import confirm, subcommands, targets
from bot.actions.audit_trail import record
from bot.blocks import undelivered_list_blocks
from bot.command import Access, Command, Context, Group, Modal, ParsedLine, Reply, Request, format_line
from bot.domain.audit_records import AuditKind
from bot.errors import NextStep, TargetError, UsageError
from bot.language import N_, _
from bot.line import Written
from bot.messages import Undelivered, WaitReason
from bot.mrkdwn import as_code

_MOST = 2_000
"""So much is read at once, of cards and of notices: more than anybody looks through."""

_ID = re.compile(r"(?:card|notice):[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class UndeliveredArgs:
    """Which: by `ids`, or all for this reason, in this channel."""

    verb: str
    ids: tuple[str, ...]
    why: str | None
    channel: str | None
    page: int
    sure: bool

    @property
    def names_some(self) -> bool:
        return bool(self.ids or self.why)

    def to_line(self) -> Written:
        return format_line("undelivered", self.verb, *self.ids, why=self.why, channel=self.channel)

    def covers(self, one: Undelivered) -> bool:
        if self.ids:
            return one.id in self.ids
        why = undelivered_list_blocks.get_why(one)
        return self.why in {None, why} and self.channel in {None, one.channel}


def parse(line: ParsedLine) -> UndeliveredArgs:
    verb, ids = subcommands.parse(line.words, ("list", "retry", "drop"))
    if strange := [word for word in ids if not _ID.fullmatch(word)]:
        raise UsageError(_("{word} names no message: they are called such as `notice:12`.", word=as_code(strange[0])))
    return UndeliveredArgs(
        verb, ids, line.get_value("why"), line.get_value("channel"), targets.parse_page(line), line.has_flag("sure")
    )


def build_first_modal(request: Request, line: ParsedLine) -> Modal | None:
    with suppress(UsageError):
        args = parse(line)
        asks = args.verb == "drop" and args.names_some
        return confirm.build_loading_modal(request, _("Drop"), sure=args.sure) if asks else None
    return None


async def run(context: Context, args: UndeliveredArgs) -> Reply:
    waiting = await _load(context)
    if args.verb == "list" or not args.names_some:
        return _list(waiting, args)
    chosen = [one for one in waiting if args.covers(one) and _is_meant(one, args)]
    if not chosen:
        left = NextStep(_("Show What Is Left"), format_line("undelivered"))
        raise TargetError(_("It does not wait any more, or is on its way right now."), left)
    if args.verb == "drop" and not confirm.is_confirmed(context.request, sure=args.sure):
        return confirm.ask(context, undelivered_list_blocks.build_drop_question(chosen, args.to_line()))
    return await _change(context, args.verb, [one.id for one in chosen])


def _is_meant(one: Undelivered, args: UndeliveredArgs) -> bool:
    """What is on its way stays as it is."""
    return one.why is not WaitReason.SENDING and (bool(args.ids) or not undelivered_list_blocks.is_on_its_way(one))


async def _load(context: Context) -> list[Undelivered]:
    async with context.store.begin_read() as tx:
        return await tx.undelivered.list_all(context.clock.now(), context.request.workspace, _MOST)


def _list(waiting: Sequence[Undelivered], args: UndeliveredArgs) -> Reply:
    if args.why is None:
        return Reply(undelivered_list_blocks.render(waiting, args.page, more=len(waiting) >= _MOST))
    chosen = [one for one in waiting if args.covers(one)]
    if not chosen:
        left = NextStep(_("Show What Is Left"), format_line("undelivered"))
        raise TargetError(_("Nothing waits for that reason any more."), left)
    return Reply(undelivered_list_blocks.render_each(chosen, args.why, args.page))


async def _change(context: Context, verb: str, ids: Sequence[str]) -> Reply:
    now, workspace = context.clock.now(), context.request.workspace
    async with context.store.begin() as tx:
        change = tx.undelivered.drop if verb == "drop" else tx.undelivered.make_due
        count = await change(ids, now, workspace)
        record(context, tx, AuditKind.OPERATION, what=f"{verb} {', '.join(ids)}")
    context.wake()
    done = undelivered_list_blocks.render_dropped if verb == "drop" else undelivered_list_blocks.render_retried
    return Reply(done(count))


COMMAND = Command(
    name="undelivered",
    summary=N_("For admins: what could not be said and why, to retry or to drop"),
    usage="undelivered [list|retry|drop] [ID…] [--why REASON] [--channel ID] [--page N] [--sure]",
    example="undelivered",
    parse=parse,
    run=run,
    group=Group.YOU,
    order=9,
    access=Access.ADMIN,
    is_change=lambda args: args.verb != "list",
    build_first_modal=build_first_modal,
    always_allowed=True,
)
