"""The record of acts and refusals as admins read it, and as a channel gets it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.blocks import deed_blocks, kit, person_blocks, status_blocks
from bot.blocks.pager import build_pager
from bot.command import format_line
from bot.conversation import is_channel
from bot.domain.audit_records import AuditKind, AuditResult, ChainedRecord, Door
from bot.language import N_, _
from bot.line import Written, extend_line
from bot.messages import Message
from bot.mrkdwn import as_code, cut, escape
from bot.rules.mention_words import format_mention
from bot.untrusted.patterns import compile_linear

PAGE = 10

_LOOKS: Mapping[str, tuple[str, str]] = {
    AuditResult.DONE: (":white_check_mark:", N_("done")),
    AuditResult.REFUSED: (":no_entry:", N_("refused")),
    AuditResult.FAILED: (":x:", N_("failed")),
    AuditResult.UNKNOWN: (":grey_question:", N_("unknown")),
}
_DOORS: Mapping[str, str] = {
    Door.TYPED: N_("typed"),
    Door.BUTTON: N_("by a button"),
    Door.FORM: N_("by a form"),
    Door.SHORTCUT: N_("by a shortcut"),
    Door.MENTION: N_("by a mention"),
    Door.HOME: N_("in the App Home"),
    Door.RESUMED: N_("resumed"),
    Door.CODE: N_("by rules as code"),
    Door.CONSOLE: N_("at the command line"),
    Door.SYSTEM: N_("by itself"),
}
_LONGEST = 300
_NOBODY = N_("circlebot")
_MENTION = compile_linear(r"&lt;@([A-Z0-9]{1,40})&gt;")


def render_page(rows: Sequence[ChainedRecord], page: int, *, said: Written, more: bool, live: bool) -> Message:
    """A page of what the line asks for, the newest first; `live` says that this channel gets each row."""
    title = _("Record of Acts and Refusals")
    shown = [block for row in rows for block in _build_row(row)] or [kit.section(_("No row is like that."))]
    pager = build_pager(page, said, more=more)
    offers = kit.actions(_build_offers(said, live=live))
    return Message(title, [kit.header(title), *shown, kit.divider(), *pager, offers])


def _build_offers(said: Written, *, live: bool) -> list[kit.Pressable]:
    refusals = format_line("audit", result=AuditResult.REFUSED.value)
    switch = _("Stop Sending Rows Here") if live else _("Send New Rows Here")
    return [
        kit.button(_("Export"), extend_line(said, csv=True)),
        kit.button(_("Show Refusals"), refusals),
        kit.button(switch, format_line("audit", live="off" if live else "on")),
    ]


def _build_row(row: ChainedRecord) -> list[kit.Block]:
    """What was done, and smaller below it from where."""
    return [kit.section(_format_deed(row, format_mention)), kit.context(_format_place(row))]


def render_row(row: ChainedRecord) -> Message:
    """For a channel that gets the record as it is written."""
    text = f"{_format_deed(row, escape)}\n{_format_place(row)}"
    return Message(cut(text, _LONGEST), [kit.context(text)])


def render_head(seq: int, head: str) -> Message:
    """Where the chain ends: kept in a channel, it shows later whether rows were cut off."""
    return Message(
        _(
            ":link: Row {count} is the last of the record, with the hash {hash}. With this hash "
            "`circlebot audit verify --head` finds later whether rows were removed.",
            count=seq,
            hash=as_code(head),
        )
    )


def _format_deed(row: ChainedRecord, stranger: Callable[[str], str]) -> str:
    """`✅ Ada · approve · done`, and to what.

    Whose name nobody knows here is mentioned where only one person reads it: that notifies nobody.
    """
    one = row.record
    mark, result = _LOOKS.get(one.result, ("", escape(one.result)))
    who = person_blocks.format_user(one.user) or (stranger(one.user) if one.user else _(_NOBODY))
    login = f" ({escape(one.login)})" if one.login else ""
    first = f"{mark} *{who}*{login} · {as_code(one.act, 60)} · {_(result)}"
    return "\n".join(filter(None, [first, _format_object(row, stranger)]))


def _format_object(row: ChainedRecord, stranger: Callable[[str], str]) -> str:
    one = row.record
    pipeline = f"#{one.pipeline_number}" if one.pipeline_number else ""
    project = " ".join(filter(None, [escape(one.project), pipeline]))
    is_deed = one.pipeline_id and one.kind == AuditKind.ACT
    what = deed_blocks.format_deed(one.what) if is_deed else _format_what(one.what, stranger)
    return " · ".join(filter(None, [project, escape(one.branch), cut(what, _LONGEST)]))


def _format_what(what: str, stranger: Callable[[str], str]) -> str:
    """What a channel was told names people by id."""
    return str(_MENTION.sub(lambda found: person_blocks.format_user(found[1]) or stranger(found[1]), escape(what)))


def _format_place(row: ChainedRecord) -> str:
    """When, from which door and channel, by which line, and its number."""
    one = row.record
    decided = _("by the line {line}", line=as_code(one.decided_by, _LONGEST)) if one.decided_by else ""
    where = f"<#{one.channel}>" if one.channel and is_channel(one.channel) else ""
    door = _(_DOORS[one.door]) if one.door in _DOORS else escape(one.door)
    number = _("row {number}", number=row.seq)
    return " · ".join(filter(None, [status_blocks.format_moment(one.at), door, where, decided, number]))
