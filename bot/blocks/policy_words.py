"""A line of a policy in words: for refusals, lists and answers to `why`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.language import N_, _
from bot.language.formats import join_and
from bot.mrkdwn import as_code
from bot.permissions import format_mention
from bot.rules.policy_line import ACT_FAMILIES, ANY, EVERYBODY, EXTERNAL, GUESTS, Effect, PolicyLine, PolicyScope

_NAMED = 10
_GROUPS = {EVERYBODY: N_("everybody"), GUESTS: N_("guests"), EXTERNAL: N_("people of other companies")}
_EFFECTS = {
    Effect.ALLOW: N_("Allowed for {people}: {scope}"),
    Effect.ONLY: N_("Only for {people}: {scope}"),
    Effect.DENY: N_("Not for {people}: {scope}"),
    Effect.REQUIRE: N_("Required of {people}: {scope}"),
}


def format_policy_line(line: PolicyLine) -> str:
    """What it says of whom, on what, where and when: mrkdwn without a stop at its end."""
    scope = " · ".join(_list_scope(line.scope))
    if line.effect is Effect.ONLY and not line.who:
        return _("For nobody: {scope}", scope=scope)
    return _(_EFFECTS[line.effect], people=format_people(line.who), scope=scope)


def format_people(who: Sequence[str]) -> str:
    """People and groups as Slack shows them; ten at most, then how many more."""
    named = [_(_GROUPS[one]) if one in _GROUPS else format_mention(one) for one in who]
    return join_and([*named[:_NAMED], *([f"+{len(named) - _NAMED}"] if len(named) > _NAMED else [])])


def _list_scope(scope: PolicyScope) -> Iterator[str]:
    yield _format_act(scope.act)
    if scope.project != ANY:
        yield _("project {name}", name=as_code(scope.project, 120))
    texts = (scope.branch, scope.tag, scope.workflow, scope.hold)
    for label, text in zip(_LABELS, texts, strict=True):
        if text is not None:
            yield _(label, name=as_code(text, 120))
    for name, value in scope.parameters:
        yield _("parameter {name}", name=as_code(f"{name}={value}", 120))
    if scope.channel != ANY:
        yield _("in {channel}", channel=f"<#{scope.channel}>")
    if scope.when:
        yield _("at {when}", when=str(scope.when))


_LABELS = (N_("branch {name}"), N_("tag {name}"), N_("workflow {name}"), N_("hold {name}"))


def _format_act(word: str) -> str:
    """A family with what is in it."""
    if word == ANY:
        return _("all commands")
    acts = ", ".join(as_code(act) for act in ACT_FAMILIES.get(word, ()))
    return f"{as_code(word, 50)} ({acts})" if acts else as_code(word, 50)
