"""Rules: what a channel is notified of, in words, and the list of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from slack_sdk.models.blocks import ButtonElement

from bot.blocks import kit, mention_blocks, mute_blocks, person_blocks, reminder_blocks, status_blocks
from bot.command import format_line
from bot.conversation import is_direct
from bot.domain import OutcomeClass, ProjectScope, ProjectSlug, get_scope_name
from bot.domain.project_feeds import PolledProject
from bot.language import N_, _, ngettext, say_kept
from bot.language.formats import format_number, join_and, join_or
from bot.language.time_words import HOURLY
from bot.line import Written
from bot.mrkdwn import as_code, cut, escape
from bot.rules.kinds import ALL, KINDS, OUTCOME_KINDS
from bot.rules.muting import Mute
from bot.rules.rule import Rule
from bot.rules.rule_problem import ProblemKind, RuleProblem
from bot.rules.subscription import Subscription

PAGE = 15

Names = Mapping[ProjectSlug, str]
"""Readable names of projects whose slug is opaque."""

_NOTHING: Mapping[int, str] = {}
_ALL_WELL: Mapping[int, Sequence[RuleProblem]] = {}

_WORDS = {kind.name: kind.plural for kind in KINDS}


def format_kinds(only: frozenset[str]) -> str:
    """`failures, recoveries and holds`; a kind that is new here by its own name."""
    if ALL in only:
        return _("everything")
    known, unknown = [kind for kind in OUTCOME_KINDS if kind in only], sorted(only - set(OUTCOME_KINDS))
    return join_and([*(_(_WORDS[kind]) for kind in known), *unknown])


def format_outcomes(rule: Rule) -> str:
    """The kinds, how often what stays broken is posted again, what is called slow, and when a hold is reminded of."""
    return ", ".join([format_kinds(rule.only), *_format_thresholds(rule)])


def _format_thresholds(rule: Rule) -> Iterator[str]:
    if rule.every == 1:
        yield _("and all the failures that follow")
    elif rule.every:
        yield _("and one in {every} of the failures that follow", every=rule.every)
    if OutcomeClass.SLOW in rule.only:
        times = format_number(rule.slower, decimals=1)
        yield _("where slow is {times} times the 95th percentile", times=times)
    if rule.remind:
        yield _("and holds that still wait {moments}", moments=reminder_blocks.format_moments(rule.remind))


def format_scope(rule: Subscription, names: Names) -> str:
    """The projects, and what narrows the rule there."""
    return ", ".join([_projects(rule.scope, names), *_format_filters(rule)])


def _projects(of: ProjectScope, names: Names) -> str:
    if of.exact is None:
        if of.project == "*":
            return _("every project of {organisation}", organisation=as_code(of.org_slug))
        return _("projects like {pattern}", pattern=as_code(str(of)))
    name = names.get(of.exact)
    return f"*{cut(escape(name), 150)}*" if name else as_code(of.name)


def _format_filters(subscription: Subscription) -> Iterator[str]:
    rule = subscription.rule
    refs = [*_say(_BRANCHES, rule.branch), *_say(_TAGS, rule.tag)]
    if refs:
        yield join_or(refs)
    if rule.default_branch:
        yield _("the default branch")
    yield from _say(_NOT_BRANCHES, rule.not_branch)
    yield from _say(_NOT_TAGS, rule.not_tag)
    yield from _say(_WORKFLOWS, rule.workflow)
    yield from _say(_NOT_WORKFLOWS, rule.not_workflow)
    yield from _say(_ENVIRONMENTS, rule.environment)
    yield from _say(_NOT_ENVIRONMENTS, rule.not_environment)
    yield from _say(_COMPONENTS, rule.component)
    yield from _format_starter_filters(subscription)


def _format_starter_filters(subscription: Subscription) -> Iterator[str]:
    rule = subscription.rule
    if rule.mine:
        yield _("started by {who}", who=person_blocks.format_user(subscription.made_by) or _("its owner"))
    yield from _say(_STARTERS, rule.actor)
    yield from _say(_NOT_STARTERS, rule.not_actor)
    yield from _say(_TRIGGERS, rule.trigger)
    yield from _say(_NOT_TRIGGERS, rule.not_trigger)


_BRANCHES = N_("branch {names}"), N_("branches like {names}")
_TAGS = N_("tag {names}"), N_("tags like {names}")
_NOT_BRANCHES = N_("but no branch {names}"), N_("but no branches like {names}")
_NOT_TAGS = N_("but no tag {names}"), N_("but no tags like {names}")
_WORKFLOWS = N_("workflow {names}"), N_("workflows like {names}")
_NOT_WORKFLOWS = N_("but no workflow {names}"), N_("but no workflows like {names}")
_ENVIRONMENTS = N_("environment {names}"), N_("environments like {names}")
_NOT_ENVIRONMENTS = N_("but not environment {names}"), N_("but no environments like {names}")
_COMPONENTS = N_("component {names}"), N_("components like {names}")
_STARTERS = (N_("started by {names}"),) * 2
_NOT_STARTERS = (N_("not started by {names}"),) * 2
_TRIGGERS = (N_("triggered by {names}"),) * 2
_NOT_TRIGGERS = (N_("not triggered by {names}"),) * 2
"""What one name narrows, and what several or a pattern do."""


def _say(words: tuple[str, str], globs: Sequence[str]) -> Iterator[str]:
    if globs:
        exact, alike = words
        single = len(globs) == 1 and not any(mark in globs[0] for mark in "*?[")
        yield _(exact if single else alike, names=_codes(globs))


def _codes(globs: Sequence[str]) -> str:
    return join_or([as_code(glob, 120) for glob in globs])


def format_rule(rule: Subscription, names: Names) -> str:
    every = [] if any(_format_filters(rule)) else [_("every branch")]
    where = ", ".join([format_scope(rule, names), *every])
    told = ", ".join(
        [format_outcomes(rule.rule), *_format_delivery(rule.rule), *mention_blocks.format_mentioned(rule.rule)]
    )
    return f"{where}: {told}"


def _format_delivery(rule: Rule) -> Iterator[str]:
    """Where it is posted, unless that is what is usual."""
    if rule.to == "digest":
        yield (
            _("in a digest every hour")
            if rule.at == (HOURLY,)
            else _("in a digest at {times}", times=join_and(rule.at))
        )
    elif rule.to == "thread":
        yield _("only in the card's thread")


def build_change_button(rule: Subscription) -> ButtonElement:
    return kit.button(_("Change…"), format_line("subscribe", rule=str(rule.id)), about=_format_id(rule))


def build_remove_button(rule: Subscription, names: Names) -> ButtonElement:
    sure = kit.confirm(_("Remove rule"), _format_removal(rule, names), _("Remove"), danger=True)
    return kit.button(_("Remove"), format_line("unsubscribe", str(rule.id)), confirm=sure, about=_format_id(rule))


def _format_removal(rule: Subscription, names: Names) -> str:
    about = f"{format_scope(rule, names)}: {format_kinds(rule.rule.only)}"
    if is_direct(rule.channel):
        return _("I no longer send direct messages about {about}.", about=about)
    return _("I no longer post in {channel} about {about}.", channel=format_channel(rule.channel), about=about)


def _format_id(rule: Subscription) -> str:
    return _("rule {rule}", rule=rule.id)


def format_token_owner(rule: Subscription, watches: Mapping[ProjectSlug, PolledProject], covered: int) -> str:
    """With whose token it is read. A rule for several projects finds them with that of the person who made it."""
    if rule.scope.exact is None:
        return _format_finder(rule, covered)
    watch = watches.get(rule.scope.exact)
    if watch and watch.error:
        return _("cannot be read: {error}", error=cut(escape(say_kept(watch.error)), 200))
    reader = watch.read_by if watch else None
    if reader is None:
        return _("not read yet")
    if not reader.user:
        return _("read by the service account")
    if reader.workspace != rule.workspace:
        return _("read with a token of another workspace")
    return _("read with {who}'s token", who=f"<@{reader.user}>")


def _format_finder(rule: Subscription, covered: int) -> str:
    who = f"<@{rule.made_by}>"
    if rule.login:
        return ngettext(
            "covers {count} project now, found with {who}'s token",
            "covers {count} projects now, found with {who}'s token",
            covered,
            who=who,
        )
    return ngettext(
        "covers {count} project now and finds no new ones: {who} is not connected",
        "covers {count} projects now and finds no new ones: {who} is not connected",
        covered,
        who=who,
    )


def build_list(
    rules: Sequence[Subscription],
    names: Names,
    *,
    user: str,
    channel: str | None,
    paid: Mapping[int, str] = _NOTHING,
    problems: Mapping[int, Sequence[RuleProblem]] = _ALL_WELL,
    mutes: Sequence[Mute] = (),
    takeable: Collection[int] = (),
) -> list[kit.Block]:
    """One page of rules; those of this channel, or one's own, can be changed, muted and removed here.

    `paid` says with whose token each is read, `problems` what is wrong with it, by the rule's id; `mutes` are those of
    the rules' channels, `takeable` the ids of rules that the person may take over, however well their owner is.
    """
    drawn: list[kit.Block] = []
    for rule in rules:
        wrong = problems.get(rule.id, ())
        told = [_format_owner(rule, user), paid.get(rule.id, ""), mute_blocks.format_rule_mute(rule, mutes)]
        text = _format_row(rule, names, channel, told="; ".join(filter(None, told)), problems=wrong)
        is_theirs = rule.channel == channel or rule.made_by == user
        choices = list(_list_choices(rule, wrong, mutes, takeable=rule.id in takeable)) if is_theirs else []
        drawn.append(kit.section(text, kit.overflow(choices)))
    return drawn


def _format_row(
    rule: Subscription, names: Names, channel: str | None, *, told: str, problems: Sequence[RuleProblem]
) -> str:
    where = "" if rule.channel == channel else f" · {format_where(rule)}"
    marks = [f":warning: {format_problem(rule, problem)}" for problem in problems]
    return "\n".join([f"{format_title(rule)}{where} — {format_rule(rule, names)}", told, *marks])


def _format_owner(rule: Subscription, user: str) -> str:
    """Whose it is now: somebody may have taken it over from who made it."""
    ago = status_blocks.format_ago(rule.made_at)
    if rule.made_by == user:
        return _("owned by you, set {ago}", ago=ago)
    return _("owned by {who}, set {ago}", who=f"<@{rule.made_by}>", ago=ago)


def format_title(rule: Subscription) -> str:
    return _("*Rule {rule}*", rule=rule.id)


def _list_choices(
    rule: Subscription, problems: Sequence[RuleProblem], mutes: Sequence[Mute], *, takeable: bool
) -> Iterator[tuple[str, Written]]:
    """What mends it comes first; to remove it asks nothing, since Undo brings it back."""
    for problem in problems:
        yield from _list_fixes(rule, problem)
    if takeable and not any(problem.kind == ProblemKind.OWNER for problem in problems):
        yield _("Take Over…"), format_line("subscribe", str(rule.id), takeover=True)
    yield _("Change…"), format_line("subscribe", rule=str(rule.id))
    yield from mute_blocks.list_rule_choices(rule, mutes)
    yield _("Remove"), format_line("unsubscribe", str(rule.id))


def format_problem(rule: Subscription, problem: RuleProblem) -> str:
    """Why the rule may be silent."""
    owner, project = f"<@{rule.made_by}>", as_code(rule.scope.name)
    return {
        "left": _("{owner}, who made it, has left this workspace.", owner=owner),
        "disconnected": _("{owner}, who made it, is not connected with CircleCI.", owner=owner),
        "expired": _("CircleCI no longer accepts the token of {owner}, who made it.", owner=owner),
        "hidden": _("CircleCI does not show {project} to {owner}, who made it.", project=project, owner=owner),
        "vanished": _(
            "CircleCI shows {project} to nobody here: it was deleted, renamed, or hidden from all of us.",
            project=project,
        ),
        "renamed": _("{project} is called {name} now.", project=project, name=as_code(get_scope_name(problem.detail))),
        "silent": _("No workflow like {workflows} has run for 14 days.", workflows=_codes(rule.rule.workflow)),
    }.get(problem.reason, problem.reason)


def build_fix_buttons(rule: Subscription, problem: RuleProblem) -> list[ButtonElement]:
    """What mends it at one tap, beside the buttons of every rule."""
    about = _format_id(rule)
    return [kit.button(label, line, style="primary", about=about) for label, line in _list_fixes(rule, problem)]


def _list_fixes(rule: Subscription, problem: RuleProblem) -> Iterator[tuple[str, Written]]:
    if problem.kind == ProblemKind.OWNER:
        yield _("Take Over"), format_line("subscribe", str(rule.id), takeover=True)
    elif problem.reason == "renamed":
        yield _("Follow the New Name"), format_line("subscribe", problem.detail, rule=str(rule.id))


def format_where(rule: Subscription) -> str:
    return _("in {channel}", channel=format_channel(rule.channel))


def format_channel(channel: str) -> str:
    """A channel as Slack shows it to those who may see it; a direct conversation by what it is."""
    return _("a direct message") if is_direct(channel) else f"<#{channel}>"
