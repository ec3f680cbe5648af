"""A change of the policy, in words: before it counts, when it does, and in the history of versions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.blocks import kit
from bot.blocks.pager import build_pager
from bot.blocks.policy_blocks import build_show_button
from bot.blocks.policy_words import format_people, format_policy_line
from bot.blocks.status_blocks import format_ago
from bot.command import format_line
from bot.language import _, ngettext
from bot.language.formats import join_and
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import as_code
from bot.rules.policy_difference import PolicyDifference, compare_lines
from bot.rules.policy_effects import PolicyEffects
from bot.rules.policy_line import EVERYBODY, PolicyLine
from bot.rules.policy_typed import format_typed
from bot.rules.policy_version import PolicyVersion

HISTORY_PAGE = 8
_MOST = 12
"""Lines of one change that are shown."""


def render_written(version: PolicyVersion, difference: PolicyDifference, effects: PolicyEffects) -> Message:
    """What counts from now on, what it changes for whom, and how to take it back."""
    text = _("The policy is changed: version {number} counts from now on.", number=version.number)
    notes = list(list_effects(effects))
    buttons = [build_undo_button(version.number), build_show_button()]
    return Message(
        text,
        [
            kit.section(f":lock: {text}"),
            *kit.build_sections(format_difference(difference)),
            *(kit.build_sections(notes) if notes else []),
            kit.actions(buttons),
        ],
    )


def render_preview(difference: PolicyDifference, effects: PolicyEffects) -> list[kit.Block]:
    """In the form, before anything is written."""
    told = list(list_effects(effects)) or [_("Nobody whom I know gains or loses anything.")]
    lines = kit.build_sections(format_difference(difference))
    return [kit.section(_("This would change:")), *lines, *kit.build_sections(told)]


def render_question(difference: PolicyDifference, effects: PolicyEffects, again: Written) -> Message:
    """Before something odd is written: what is odd about it."""
    text = _("Look again before this counts:")
    return Message(
        text,
        [
            kit.section(text),
            *kit.build_sections(format_difference(difference)),
            *kit.build_sections(list(list_effects(effects))),
            kit.actions([kit.button(_("Change Policy"), again), build_show_button()]),
        ],
    )


_EXAMPLES = (
    "policy add only @deployers do decide gh/acme/web --hold production",
    'policy add deny everybody do start gh/acme --when "fri 16:00-mon 08:00 Europe/Berlin"',
    "policy add require everybody do approve gh/acme/web environment=production --approvals 2 --four-eyes",
)


def render_add_hint() -> Message:
    """How a line is typed, where nothing of it was said."""
    text = _("Type the line that you want to add. For example:")
    typed = [as_code(f"/circle {one}", 300) for one in _EXAMPLES]
    return _render_hint(text, typed)


def render_change_hint(line: PolicyLine, number: str) -> Message:
    """The line as it stands, to be typed otherwise."""
    text = _("Type line {number} as you want it. Now it is:", number=number)
    return _render_hint(text, [as_code(f"/circle {format_typed(line, 'change', number)}", 2000)])


def _render_hint(text: str, typed: Sequence[str]) -> Message:
    help_ = kit.button(_("Show Help"), format_line("help", "policy"))
    return Message(text, [kit.section("\n".join([text, *typed])), kit.actions([help_, build_show_button()])])


def render_overtaken(seen: int, newest: PolicyVersion, meanwhile: PolicyDifference, again: Written | None) -> Message:
    """Somebody else was quicker: what they changed, and the same change on top of it (None: it is done)."""
    who = f"<@{newest.changed_by}>" if newest.changed_by else _("a file")
    text = _(
        "The policy is version {newest} by now, by {who}; you looked at version {seen}. I changed nothing.",
        newest=newest.number,
        who=who,
        seen=seen,
    )
    ask = _("What you wanted is no longer there to be changed.") if again is None else ""
    buttons = [] if again is None else [kit.button(_("Change It Anyway"), again)]
    return Message(
        text,
        [
            kit.section(f":warning: {text}"),
            *kit.build_sections(format_difference(meanwhile) or [_("The lines are the same.")]),
            kit.actions([*buttons, build_show_button()]),
            *kit.build_notes(ask),
        ],
    )


def render_told(version: PolicyVersion, difference: PolicyDifference) -> Message:
    """For the other admins."""
    text = _(
        "{who} changed who may do what: version {number} counts now.",
        who=f"<@{version.changed_by}>",
        number=version.number,
    )
    return Message(
        text,
        [
            kit.section(f":lock: {text}"),
            *kit.build_sections(format_difference(difference)),
            kit.actions([build_undo_button(version.number), build_show_button()]),
        ],
    )


def build_undo_button(number: int) -> kit.Pressable:
    asked = kit.confirm(
        _("Undo change"),
        _("What version {number} changed is taken back, in a new version.", number=number),
        _("Undo Change"),
    )
    return kit.button(_("Undo"), format_line("policy", "undo", str(number)), confirm=asked, about=str(number))


def format_difference(difference: PolicyDifference) -> list[str]:
    """A line of mrkdwn for each line that came or went."""
    signed = [
        *((":heavy_minus_sign:", one) for one in difference.removed),
        *((":heavy_plus_sign:", one) for one in difference.added),
    ]
    left = len(signed) - _MOST
    rest = [ngettext("…and {count} more", "…and {count} more", left)] if left > 0 else []
    return [*(f"{sign} {format_policy_line(one)}" for sign, one in signed[:_MOST]), *rest]


def list_effects(effects: PolicyEffects) -> Iterator[str]:
    """What a change means for whom, a sentence each."""
    if effects.losing:
        yield _("*Loses it:* {who}", who=format_affected(effects.losing))
    if effects.gaining:
        yield _("*Gains it:* {who}", who=format_affected(effects.gaining))
    if effects.open:
        acts = join_and([as_code(one) for one in effects.open])
        yield _(":warning: Open beside it, for whoever may not do this: {acts}.", acts=acts)
    for line in effects.unmet if len(effects.unmet) > 1 else ():
        yield _(":warning: Nobody whom I know satisfies this: {line}", line=format_policy_line(line))
    if len(effects.unmet) == 1:
        yield _(":warning: Nobody whom I know satisfies it.")
    if effects.unknown:
        who = format_people(effects.unknown)
        yield _(":warning: Slack knows nobody here by this: {who}. A line about them alone protects nothing.", who=who)
    if effects.locked_out:
        yield _(":warning: No admin of circlebot may do it then.")


def format_affected(who: Sequence[str]) -> str:
    """Where everybody is, those who are also named say nothing more."""
    rest = [one for one in who if one != EVERYBODY]
    if EVERYBODY not in who:
        return format_people(rest)
    return _("everybody who is not named")


def render_history(versions: Sequence[PolicyVersion], page: int, total: int) -> Message:
    """A page of versions, newest first; the one before the last of them comes with them, to compare it with."""
    title = ngettext("{count} version of the policy", "{count} versions of the policy", total)
    shown = versions[:HISTORY_PAGE]
    rows = [
        kit.section(_format_version(one, _find_before(one, versions)), kit.overflow(_list_acts(one))) for one in shown
    ]
    more = page * HISTORY_PAGE < total
    pager = build_pager(page, format_line("policy", "history"), more=more)
    return Message(title, [kit.header(title), *rows, *pager, kit.actions([build_show_button()])])


def _find_before(one: PolicyVersion, versions: Sequence[PolicyVersion]) -> PolicyVersion | None:
    return next((other for other in versions if other.number < one.number), None)


def _format_version(one: PolicyVersion, before: PolicyVersion | None) -> str:
    by = f"<@{one.changed_by}>" if one.changed_by else _("from a file")
    head = _("*Version {number}* · {who} · {ago}", number=one.number, who=by, ago=format_ago(one.changed_at))
    changed = format_difference(compare_lines(before.lines if before else (), one.lines))
    return "\n".join([head, *(changed or [_("The lines are the same.")])])


def _list_acts(one: PolicyVersion) -> kit.Choices:
    number = str(one.number)
    return [
        (_("Undo this change"), format_line("policy", "undo", number)),
        (_("Compare with now"), format_line("policy", "diff", number)),
    ]


def render_comparison(older: PolicyVersion, newer: PolicyVersion, difference: PolicyDifference) -> Message:
    text = (
        _("From version {older} to version {newer}:", older=older.number, newer=newer.number)
        if older.number
        else _("What version {newer} began with:", newer=newer.number)
    )
    history = kit.button(_("Show History"), format_line("policy", "history"))
    return Message(
        text,
        [
            kit.section(text),
            *kit.build_sections(format_difference(difference) or [_("The lines are the same.")]),
            kit.actions([history, build_show_button()]),
        ],
    )
