"""Whether somebody may do something, by which line of the policy, what it takes, and whom to ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from bot.blocks import freeze_words, kit
from bot.blocks.policy_blocks import build_show_button
from bot.blocks.policy_words import format_demands, format_people, format_policy_line, format_unasked
from bot.language import N_, _
from bot.messages import Message
from bot.mrkdwn import as_code
from bot.permissions import format_whom_to_ask
from bot.rules.mention_words import format_mention
from bot.rules.policy_decision import PolicyVerdict
from bot.rules.policy_line import Demands


class PolicyAnswer(Enum):
    YES = N_(":white_check_mark: *Yes:* {who} may use {act}.")
    NO = N_(":no_entry: *No:* {who} may not use {act}.")
    DEPENDS = N_(":grey_question: *That depends:* {who} may use {act}, but not for everything that you leave open.")


@dataclass(frozen=True, slots=True)
class ExplainedAct:
    """Of one act; `number` is that of the line which decides, where it has one."""

    act: str
    answer: PolicyAnswer
    verdict: PolicyVerdict
    number: int | None = None


def render(user: str, explained: Sequence[ExplainedAct], admins: Sequence[str]) -> Message:
    texts = [_format(user, one, admins) for one in explained]
    return Message(texts[0].split("\n", maxsplit=1)[0], [*map(kit.section, texts), kit.actions([build_show_button()])])


def _format(user: str, one: ExplainedAct, admins: Sequence[str]) -> str:
    head = _(one.answer.value, who=format_mention(user), act=as_code(one.act, 60))
    return "\n".join(filter(None, [head, _format_line(one), _format_demands(one), _format_askable(user, one, admins)]))


def _format_line(one: ExplainedAct) -> str:
    line = one.verdict.line
    if one.verdict.freeze:
        return freeze_words.format_freeze(one.verdict.freeze)
    if one.verdict.unasked != Demands():
        return " ".join(format_unasked(one.verdict.unasked))
    if line is None:
        return _("No line of the policy is against it.")
    if one.number is None:
        return _("By this line: {line}", line=format_policy_line(line))
    return _("By line {number}: {line}", number=one.number, line=format_policy_line(line))


def _format_demands(one: ExplainedAct) -> str:
    if one.verdict.demands == Demands() or one.answer is PolicyAnswer.NO:
        return ""
    return _("It takes {demands}.", demands=format_demands(one.verdict.demands))


def _format_askable(user: str, one: ExplainedAct, admins: Sequence[str]) -> str:
    if one.answer is PolicyAnswer.YES:
        return ""
    whom = [who for who in one.verdict.askable if who != user]
    if not whom:
        return format_whom_to_ask(admins, _("Ask an admin of circlebot to change it."))
    return _("Ask {people}.", people=format_people(whom))
