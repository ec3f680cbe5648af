"""A workspace's policy as a table: what each line says, family by family, and how an admin changes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bot.blocks import kit
from bot.blocks.pager import build_pager
from bot.blocks.policy_words import format_policy_line
from bot.blocks.status_blocks import format_ago
from bot.command import format_line
from bot.language import N_, _
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import as_code
from bot.rules.policy_line import FAMILY_OF, LISTEN, READ, Effect, PolicyLine
from bot.rules.policy_version import PolicyVersion

PAGE = 12

_TITLES: Mapping[str, str] = {
    "start": N_("Start pipelines"),
    "decide": N_("Approve and decline"),
    "stop": N_("Cancel"),
    "settings": N_("Settings of projects"),
    LISTEN: N_("Messages in channels"),
    READ: N_("Read"),
}
_MARKS = {Effect.ALLOW: ":white_check_mark: ", Effect.DENY: ":no_entry: "}
_OTHER = N_("Several of these, and the rest")


class NumberedLine(NamedTuple):
    """A line, with the number that `policy rm` takes, and what it `says` to whoever reads it, for them alone."""

    number: int
    line: PolicyLine
    says: Effect | None = None


def sort_lines(lines: Sequence[NumberedLine]) -> list[NumberedLine]:
    """Family by family, as they are shown."""
    order = [*_TITLES, ""]
    return sorted(lines, key=lambda one: (order.index(find_family(one.line)), one.number))


def find_family(line: PolicyLine) -> str:
    """Which family's acts it is about; "" for several."""
    act = line.scope.act
    return act if act in _TITLES else FAMILY_OF.get(act, "")


def render_table(
    lines: Sequence[NumberedLine],
    version: PolicyVersion,
    page: int,
    *,
    again: Written,
    may_change: bool,
    about: str = "",
) -> Message:
    """A page of the lines; `about` is the project they are of, `again` the line that shows this table."""
    title = _("Who may do what")
    shown = sort_lines(lines)
    begin = (page - 1) * PAGE
    rows = _build_rows(shown[begin : begin + PAGE], version, may_change=may_change)
    return Message(
        title,
        [
            kit.header(title),
            *kit.build_notes(_format_head(version, about)),
            *rows,
            kit.section(_format_rest(shown, mine=not may_change)),
            *build_pager(page, again, more=begin + PAGE < len(shown)),
            *_build_acts(version, may_change=may_change),
        ],
    )


def _format_head(version: PolicyVersion, about: str) -> str:
    of = _("For {project}", project=as_code(about, 150)) if about else ""
    if not version.number:
        return of
    changed = _("Version {number}, {ago}", number=version.number, ago=format_ago(version.changed_at))
    by = _("by {who}", who=f"<@{version.changed_by}>") if version.changed_by else _("from a file")
    return " · ".join(filter(None, [of, changed, by]))


def _build_rows(shown: Sequence[NumberedLine], version: PolicyVersion, *, may_change: bool) -> list[kit.Block]:
    blocks: list[kit.Block] = []
    family = None
    for one in shown:
        title = _(_TITLES.get(find_family(one.line), _OTHER))
        head = f"*{title}*\n" if title != family else ""
        family = title
        menu = kit.overflow(_list_acts(one, version)) if may_change else None
        blocks.append(kit.section(f"{head}{_format_row(one)}", menu))
    return blocks


def _format_row(one: NumberedLine) -> str:
    mark = _MARKS.get(one.says, "") if one.says else ""
    return f"*{one.number}* · {mark}{format_policy_line(one.line)}"


def _list_acts(one: NumberedLine, version: PolicyVersion) -> kit.Choices:
    number, read = str(one.number), str(version.number)
    return [
        (_("Change…"), format_line("policy", "change", number, version=read)),
        (_("Remove"), format_line("policy", "rm", number, version=read)),
    ]


def _format_rest(shown: Sequence[NumberedLine], *, mine: bool) -> str:
    """What no line is about."""
    open_ = [_(_TITLES[family]) for family in _TITLES if family not in {find_family(one.line) for one in shown}]
    if not shown and mine:
        return _("No line of the policy is about you: you may do what CircleCI lets you do.")
    if mine:
        return _("Whatever no line here is about, you may do.")
    if not shown:
        return _("There is no line yet: everybody may do what CircleCI lets them do.")
    if not open_:
        return _("Whatever no line is about, everybody may do.")
    return _("Whatever no line is about, everybody may do. No line is about: {families}.", families=", ".join(open_))


def _build_acts(version: PolicyVersion, *, may_change: bool) -> list[kit.Block]:
    if not may_change:
        return []
    history = [kit.button(_("Show History"), format_line("policy", "history"))] if version.number else []
    return [kit.actions([build_add_button(), *history])]


def build_add_button() -> kit.Pressable:
    return kit.button(_("Add a Line…"), format_line("policy", "add"))


def build_show_button() -> kit.Pressable:
    return kit.button(_("Show Policy"), format_line("policy"))
