"""audit [--user WHOM] [--act ACT] [--project PROJECT] … — who did what and what was refused; for admins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches

from bot.actions import audit_trail, reachability, targets
from bot.blocks import audit_blocks, kit
from bot.command import Access, Command, Context, File, Group, ParsedLine, Reply, format_line
from bot.domain import audit_export
from bot.domain.audit_filter import AuditFilter
from bot.domain.audit_records import AuditKind, AuditResult, ChainedRecord
from bot.errors import UsageError
from bot.language import N_, _, ngettext
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import as_code
from bot.rules import mention_words
from bot.rules.durations import find_span

_MOST_EXPORTED = 50_000
_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_ON, _OFF, _DAILY = "on", "off", "daily"


@dataclass(frozen=True, slots=True)
class AuditArgs:
    """`since` is as it was typed: a span counts from when it is asked. `live` and `head` are switches, where said."""

    user: str
    act: str
    project: str
    result: str
    since: str
    page: int
    export: bool
    live: str | None
    head: str | None

    @property
    def line(self) -> Written:
        """What asks for the same again, without its page."""
        named = {name: getattr(self, name) for name in ("user", "act", "project", "result", "since")}
        return format_line("audit", **{name: value for name, value in named.items() if value})


def parse(line: ParsedLine) -> AuditArgs:
    result = _parse_word(line, "result", list(AuditResult))
    since = line.get_value("since") or ""
    if since:
        _parse_since(since, _SOME_DAY)
    return AuditArgs(
        user=_parse_user(line.get_value("user")),
        act=line.get_value("act") or "",
        project=line.get_value("project") or "",
        result=result or "",
        since=since,
        page=targets.parse_page(line),
        export=line.has_flag("csv"),
        live=_parse_word(line, "live", (_ON, _OFF)),
        head=_parse_word(line, "head", (_DAILY, _OFF)),
    )


def _parse_word(line: ParsedLine, name: str, words: Sequence[str]) -> str | None:
    said = line.get_value(name)
    if said is None or said in words:
        return said
    raise UsageError(_("`--{option}` takes {words}.", option=name, words=", ".join(map(as_code, words))))


def _parse_user(text: str | None) -> str:
    found = mention_words.parse("user", [text]) if text else ("",)
    if len(found) != 1 or found[0] in mention_words.CHOICES:
        raise UsageError(_("One person at a time: `--user @ada`."))
    return found[0]


def _parse_since(text: str, now: datetime) -> datetime:
    span = find_span(text)
    try:
        moment = now - span if span else datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise UsageError(_("`--since` takes a day or a span of time: `2026-01-31` or `7d`.")) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


async def run(context: Context, args: AuditArgs) -> Reply:
    if args.live or args.head:
        return await _switch(context, args)
    return await (_export(context, args) if args.export else _show(context, args))


async def _show(context: Context, args: AuditArgs) -> Reply:
    rows = await _load_rows(context, args, skip=(args.page - 1) * audit_blocks.PAGE, limit=audit_blocks.PAGE + 1)
    if not rows and args.act:
        _check_act(context, args.act)
    workspace, channel = context.request.place
    async with context.store.begin_read() as tx:
        live = channel in await tx.audit_channels.list_live(workspace)
    more = len(rows) > audit_blocks.PAGE
    return Reply(audit_blocks.render_page(rows[: audit_blocks.PAGE], args.page, said=args.line, more=more, live=live))


def _check_act(context: Context, said: str) -> None:
    """An act is a command's name, but for a few; one that is only nearly a name leads to those that are meant."""
    names = {*(one.name for one in context.commands), *AuditKind}
    if said not in names and (near := get_close_matches(said, names, n=3)):
        raise UsageError(_("No row has the act {act}.", act=as_code(said, 80)), misread=(said, *near))


async def _load_rows(context: Context, args: AuditArgs, *, skip: int, limit: int) -> list[ChainedRecord]:
    since = _parse_since(args.since, context.clock.now()) if args.since else None
    wanted = AuditFilter(user=args.user, act=args.act, project=args.project, result=args.result, since=since)
    async with context.store.begin_read() as tx:
        return await tx.audit.list_page(context.request.workspace, wanted, skip=skip, limit=limit)


async def _export(context: Context, args: AuditArgs) -> Reply:
    """A file for the admin alone, wherever they ask. That they took it is recorded, too."""
    rows = await _load_rows(context, args, skip=0, limit=_MOST_EXPORTED)
    table = "\r\n".join([audit_export.CSV_HEAD, *map(audit_export.to_csv, reversed(rows)), ""])
    async with context.store.begin() as tx:
        audit_trail.record(context, tx, AuditKind.OPERATION, act="audit export", what=f"{len(rows)} rows: {args.line}")
    name = f"audit-{context.clock.now():%Y-%m-%d}.csv"
    text = ngettext(
        ":paperclip: {file} with {count} row: I sent it to you in a direct message.",
        ":paperclip: {file} with {count} rows: I sent it to you in a direct message.",
        len(rows),
        file=as_code(name),
    )
    return Reply(Message(text, [kit.section(text)]), files=[File(name, name, table.encode("utf-8-sig"))])


async def _switch(context: Context, args: AuditArgs) -> Reply:
    """Whether this channel gets each row as it is written, or the end of the chain once a day."""
    workspace, channel = context.request.place
    reachability.check_reachable(context, channel)
    async with context.store.begin() as tx:
        if args.live:
            await tx.audit_channels.set_live(workspace, channel, live=args.live == _ON)
        if args.head:
            await tx.audit_channels.set_daily(workspace, channel, daily=args.head == _DAILY)
        told = " ".join(filter(None, [args.live and f"live {args.live}", args.head and f"head {args.head}"]))
        audit_trail.record(context, tx, AuditKind.POLICY, what=f"record told in {channel}: {told}")
    context.wake()
    return Reply(Message(_(_SWITCHED["live" if args.live else "head", args.live or args.head or ""])))


_SWITCHED = {
    ("live", _ON): N_("From now on I tell every act and refusal here."),
    ("live", _OFF): N_("I no longer tell acts and refusals here."),
    ("head", _DAILY): N_("Once a day I tell here where the record ends."),
    ("head", _OFF): N_("I no longer tell here where the record ends."),
}


COMMAND = Command(
    name="audit",
    summary=N_("For admins: who did what, and what was refused"),
    usage="audit [--user WHOM] [--act ACT] [--project PROJECT] [--result RESULT] [--since TIME] [--page N] [--csv] "
    "[--live SWITCH] [--head SWITCH]",
    example="audit --result refused --since 7d",
    parse=parse,
    run=run,
    group=Group.YOU,
    order=9,
    access=Access.ADMIN,
    is_change=lambda args: bool(args.live or args.head),
    sends_file=lambda args: args.export,
)
