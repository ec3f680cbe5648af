"""What Slack does not show, for admins: by its reason and channel, each with what mends it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from bot.blocks import kit, person_blocks, question_blocks, status_blocks
from bot.blocks.pager import build_pager
from bot.blocks.question_blocks import Confirmation
from bot.blocks.subscription_blocks import format_channel
from bot.command import format_line
from bot.conversation import is_person
from bot.domain import ProjectSlug
from bot.language import N_, _, ngettext
from bot.language.formats import format_number
from bot.line import Written
from bot.messages import BOARD, Message, Undelivered, WaitReason
from bot.mrkdwn import as_code

PAGE = 10
"""Rows of the list, and of what is behind one of its reasons."""


@dataclass(frozen=True, slots=True)
class _Words:
    """`says` why, and `mend` what to do about it, before it is tried again."""

    says: str
    mend: str


_WORDS = {
    "is_archived": _Words(N_("The channel is archived."), N_("Unarchive it, then retry.")),
    "not_in_channel": _Words(N_("I am not in the channel."), N_("Type `/invite @circlebot` there, then retry.")),
    "channel_not_found": _Words(
        N_("Slack does not show me the channel."),
        N_("If it is private, type `/invite @circlebot` there, then retry. If it is gone, drop these."),
    ),
    "restricted_action": _Words(
        N_("Slack lets only some people post there."), N_("Allow me in the channel's settings, then retry.")
    ),
    WaitReason.HIDDEN: _Words(
        N_("Nobody who is connected here may see the project."), N_("Somebody who sees it connects, then retry.")
    ),
    WaitReason.UNREADABLE: _Words(
        N_("I cannot read the message."),
        N_("A later release wrote it, or it is damaged: finish the upgrade, or drop it."),
    ),
    WaitReason.FAILING: _Words(
        N_("Sending it fails again and again."), N_("The log says why at `delivery.failed`. I try every ten minutes.")
    ),
}
_OF_ITSELF = {
    WaitReason.NO_ANSWER: N_("Slack did not answer, and I look for it before I post it again"),
    WaitReason.SLACK_LIMIT: N_("Slack asked me to wait"),
    WaitReason.NO_CARD: N_("it follows its card"),
    WaitReason.LATER: N_("it is for later"),
    WaitReason.IN_LINE: N_("it is next"),
    WaitReason.SENDING: N_("it is on its way"),
}
"""What comes without anybody."""


@dataclass(frozen=True, slots=True)
class UndeliveredGroup:
    """What waits in one channel for one reason, the oldest first. `why` is how a line names the reason."""

    why: str
    channel: str
    messages: Sequence[Undelivered]

    @property
    def since(self) -> datetime:
        return min(one.since for one in self.messages)

    def to_line(self, verb: str) -> Written:
        return format_line("undelivered", verb, why=self.why, channel=self.channel)


def get_why(one: Undelivered) -> str:
    """Slack's word where it refused it."""
    return one.reason or one.why.value


def is_on_its_way(one: Undelivered) -> bool:
    return one.why in _OF_ITSELF


def group(waiting: Collection[Undelivered]) -> list[UndeliveredGroup]:
    """What somebody has to mend, by reason and channel: known reasons first, and what waits longest first."""
    known = list(_WORDS)

    def rank(one: Undelivered) -> tuple[int, str, str]:
        why = get_why(one)
        return (known.index(why) if why in known else len(known), why, one.channel)

    stuck = sorted((one for one in waiting if not is_on_its_way(one)), key=rank)
    groups = (list(same) for _rank, same in groupby(stuck, key=rank))
    return [UndeliveredGroup(get_why(same[0]), same[0].channel, same) for same in groups]


def render(waiting: Collection[Undelivered], page: int, *, more: bool) -> Message:
    """By reason and channel. `more` says that not all was read."""
    groups = group(waiting)
    title = _format_title(sum(len(one.messages) for one in groups), more=more)
    shown = groups[(page - 1) * PAGE : page * PAGE]
    rows = [
        block
        for why, same in groupby(shown, key=lambda one: one.why)
        for block in (_build_reason(why), *map(_build_group, same))
    ]
    pager = build_pager(page, format_line("undelivered"), more=page * PAGE < len(groups))
    back = kit.actions([kit.button(_("Show Administration"), format_line("admin"))])
    return Message(title, [kit.section(title), *rows, *pager, back, *kit.build_notes(*_format_rest(waiting))])


def _format_title(count: int, *, more: bool) -> str:
    if not count:
        return _(":white_check_mark: Everything was said, or comes by itself.")
    if more:
        return _(
            ":mailbox: *More than {count} messages could not be said.* These are the oldest.",
            count=format_number(count),
        )
    return ngettext(
        ":mailbox: *{count} message could not be said.*", ":mailbox: *{count} messages could not be said.*", count
    )


def _build_reason(why: str) -> kit.Block:
    each = kit.button(_("Show Each"), format_line("undelivered", why=why), about=format_why(why))
    return kit.section(f"*{format_why(why)}* {_format_mend(why)}".rstrip(), each)


def format_why(why: str) -> str:
    words = _WORDS.get(why)
    return _(words.says) if words else _("Slack refuses it: {reason}.", reason=as_code(why, 80))


def _format_mend(why: str) -> str:
    words = _WORDS.get(why)
    return _(words.mend) if words else ""


def _build_group(one: UndeliveredGroup) -> kit.Block:
    where, since = _format_place(one.channel), status_blocks.format_moment(one.since)
    text = ngettext(
        "{channel}: {count} message since {since}",
        "{channel}: {count} messages since {since}",
        len(one.messages),
        channel=where,
        since=since,
    )
    return kit.section(text, _build_mend_button(one))


def _build_mend_button(one: UndeliveredGroup) -> kit.Pressable:
    """What is damaged can only be given up."""
    if one.why == WaitReason.UNREADABLE:
        return question_blocks.build_button(_("Drop…"), build_drop_question(one.messages, one.to_line("drop")))
    return kit.button(_("Retry"), one.to_line("retry"), about=format_why(one.why))


def _format_rest(waiting: Collection[Undelivered]) -> Iterator[str]:
    """What comes by itself, and why it has not come yet."""
    for why, says in _OF_ITSELF.items():
        if count := sum(one.why is why for one in waiting):
            yield ngettext(
                "{count} more comes by itself: {why}.", "{count} more come by themselves: {why}.", count, why=_(says)
            )


def build_drop_question(messages: Sequence[Undelivered], line: Written) -> Confirmation:
    text = ngettext(
        "{count} message is never posted then. What Slack has already stays there.",
        "{count} messages are never posted then. What Slack has already stays there.",
        len(messages),
    )
    return Confirmation(_("Drop"), text, _("Drop"), line)


def render_each(messages: Sequence[Undelivered], why: str, page: int) -> Message:
    """One row for each message that waits for this reason."""
    title = ngettext("*{count} message.* {why}", "*{count} messages.* {why}", len(messages), why=format_why(why))
    shown = messages[(page - 1) * PAGE : page * PAGE]
    line = format_line("undelivered", why=why)
    return Message(
        title,
        [
            kit.section(f"{title} {_format_mend(why)}".rstrip()),
            *map(_build_row, shown),
            *build_pager(page, line, more=page * PAGE < len(messages)),
            kit.actions(list(_list_acts(messages, why))),
        ],
    )


def _list_acts(messages: Sequence[Undelivered], why: str) -> Iterator[kit.Pressable]:
    if why != WaitReason.UNREADABLE:
        yield kit.button(_("Retry All"), format_line("undelivered", "retry", why=why))
    question = build_drop_question(messages, format_line("undelivered", "drop", why=why))
    yield question_blocks.build_button(_("Drop All…"), question)
    yield kit.button(_("Show All Reasons"), format_line("undelivered"))


def _build_row(one: Undelivered) -> kit.Block:
    choices = [
        (_("Retry"), format_line("undelivered", "retry", one.id)),
        (_("Drop"), format_line("undelivered", "drop", one.id)),
    ]
    since = _("since {moment}", moment=status_blocks.format_moment(one.since))
    facts = [_format_place(one.channel), format_about(one), since, as_code(one.id)]
    return kit.section(" · ".join(facts), kit.overflow(choices))


def _format_place(channel: str) -> str:
    """Of a direct message who reads it."""
    return person_blocks.format_user(channel) if is_person(channel) else format_channel(channel)


def format_about(one: Undelivered) -> str:
    """The card of a pipeline, or a message about one, or about a project, or another message."""
    if one.key == f"card:{BOARD}":
        return _("board of what runs where")
    name = as_code(ProjectSlug.parse(one.project).name, 120) if one.project else ""
    if one.number and one.id.startswith("card:"):
        return _("card of {project} #{number}", project=name, number=one.number)
    if name and one.number:
        return _("message about {project} #{number}", project=name, number=one.number)
    return _("message about {project}", project=name) if name else _("another message")


def render_retried(count: int) -> Message:
    text = ngettext(
        ":outbox_tray: {count} message goes out as soon as possible.",
        ":outbox_tray: {count} messages go out as soon as possible.",
        count,
    )
    return _render_done(text, _("What Slack refuses again comes back to this list."))


def render_dropped(count: int) -> Message:
    text = ngettext(
        ":wastebasket: {count} message is never posted.", ":wastebasket: {count} messages are never posted.", count
    )
    return _render_done(text)


def _render_done(text: str, *notes: str) -> Message:
    left = kit.button(_("Show What Is Left"), format_line("undelivered"))
    return Message(text, [kit.section(text), kit.actions([left]), *kit.build_notes(*notes)])
