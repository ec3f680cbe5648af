"""A line of a policy in words: for refusals, lists and answers to `why`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.conversation import is_channel
from bot.language import N_, _, ngettext
from bot.language.formats import format_duration, format_weekday, join_and
from bot.mrkdwn import as_code
from bot.rules.mention_words import format_mention
from bot.rules.policy_line import (
    ACT_FAMILIES,
    ANY,
    EVERYBODY,
    EXTERNAL,
    GUESTS,
    READ,
    Demands,
    Effect,
    PolicyLine,
    PolicyScope,
)
from bot.rules.weekly_window import WeeklyWindow
from bot.untrusted.masking import mask_secrets

_NAMED = 10
_GROUPS = {EVERYBODY: N_("everybody"), GUESTS: N_("guests"), EXTERNAL: N_("people of other companies")}
_EFFECTS = {
    Effect.ALLOW: N_("Allowed for {people}: {scope}"),
    Effect.ONLY: N_("Only for {people}: {scope}"),
    Effect.DENY: N_("Not for {people}: {scope}"),
    Effect.REQUIRE: N_("Required of {people}: {demands}, for {scope}"),
}
_FLAGS = (
    ("four_eyes", N_("four eyes")),
    ("reason", N_("a reason")),
    ("confirm", N_("a confirmation")),
)


def format_policy_line(line: PolicyLine) -> str:
    """What it says of whom, on what, where and when: mrkdwn without a stop at its end."""
    scope = format_scope(line.scope)
    if not line.who or (line.effect is Effect.DENY and EVERYBODY in line.who):
        return _("For nobody: {scope}", scope=scope)
    demands = format_demands(line.demands)
    return _(_EFFECTS[line.effect], people=format_people(line.who), scope=scope, demands=demands)


def format_people(who: Sequence[str]) -> str:
    """People and groups as Slack shows them; ten at most, then how many more."""
    named = [_(_GROUPS[one]) if one in _GROUPS else format_mention(one) for one in who]
    return join_and([*named[:_NAMED], *([f"+{len(named) - _NAMED}"] if len(named) > _NAMED else [])])


def format_scope(scope: PolicyScope) -> str:
    """What it is about, in mrkdwn."""
    return " · ".join(_list_scope(scope))


def _list_scope(scope: PolicyScope) -> Iterator[str]:
    yield format_act(scope.act)
    if scope.project != ANY:
        yield _("project {name}", name=as_code(scope.project, 120))
    texts = (scope.branch, scope.tag, scope.workflow, scope.hold)
    for label, text in zip(_LABELS, texts, strict=True):
        if text is not None:
            yield _(label, name=as_code(text, 120))
    for name, value in scope.parameters:
        yield _("parameter {name}", name=as_code(mask_secrets(f"{name}={value}"), 120))
    if scope.channel != ANY:
        yield _("in {channel}", channel=_format_channel(scope.channel))
    if scope.when:
        yield format_window(scope.when)


_LABELS = (N_("branch {name}"), N_("tag {name}"), N_("workflow {name}"), N_("hold {name}"))


def format_act(word: str) -> str:
    """A family with what is in it."""
    if word == ANY:
        return _("all commands")
    if word == READ:
        return _("all that only shows something")
    acts = ", ".join(as_code(act) for act in ACT_FAMILIES.get(word, ()))
    return f"{as_code(word, 50)} ({acts})" if acts else as_code(word, 50)


def _format_channel(channel: str) -> str:
    return f"<#{channel}>" if is_channel(channel) else _("direct messages")


def format_window(window: WeeklyWindow) -> str:
    """`Fri 16:00 to Mon 08:00, Europe/Berlin`."""
    since, until = f"{window.since:%H:%M}", f"{window.until:%H:%M}"
    if window.since_day is not None and window.until_day is not None:
        since = f"{format_weekday(window.since_day)} {since}"
        until = f"{format_weekday(window.until_day)} {until}"
    return _("{since} to {until}, {zone}", since=since, until=until, zone=window.zone)


def format_demands(demands: Demands) -> str:
    """`2 approvals by @leads, a reason and votes within 4h`; "" where nothing is demanded."""
    return join_and(list(_list_demands(demands)))


def format_unasked(demands: Demands) -> tuple[str, str]:
    """What is demanded where nobody asks for it, and where it is asked for."""
    said = _("Your workspace's policy demands {demands} before this.", demands=format_demands(demands))
    return said, _("I ask for that where a hold or a start waits for others, and nowhere else yet.")


def _list_demands(demands: Demands) -> Iterator[str]:
    count, approvers = demands.approvals, format_people(demands.approvers)
    if count and approvers:
        yield ngettext("{count} approval by {who}", "{count} approvals by {who}", count, who=approvers)
    elif count:
        yield ngettext("{count} approval", "{count} approvals", count)
    yield from (_(said) for name, said in _FLAGS if getattr(demands, name))
    if demands.expires_s is not None:
        yield _("all of it within {span}", span=format_duration(demands.expires_s))
    if demands.escalates_s is not None:
        people, span = format_people(demands.escalate_to), format_duration(demands.escalates_s)
        yield _("after {span} also from {who}", span=span, who=people)
