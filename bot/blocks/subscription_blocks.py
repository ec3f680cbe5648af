"""Rules: what a channel is notified of, in words, and the list of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from slack_sdk.models.blocks import ButtonElement

from bot.blocks import kit, mute_blocks, status_blocks
from bot.command import format_line
from bot.conversation import format_place, is_direct
from bot.domain import OutcomeClass, ProjectScope, ProjectSlug
from bot.domain.project_feeds import PolledProject
from bot.language import _
from bot.line import Written
from bot.mrkdwn import as_code, cut, escape, join_first
from bot.rules.kinds import ALL, KINDS, OUTCOME_KINDS
from bot.rules.mention_words import AUTHOR, BREAKER, format_mention, is_id
from bot.rules.muting import Mute
from bot.rules.quiet_hours import HOURLY
from bot.rules.rule import Rule
from bot.rules.rule_problem import RuleProblem
from bot.rules.subscription import Subscription

PAGE = 15

Names = Mapping[ProjectSlug, str]
"""Readable names of projects whose slug is opaque."""

_NOTHING: Mapping[int, str] = {}
_ALL_WELL: Mapping[int, Sequence[RuleProblem]] = {}

_PLURALS = {kind.name: kind.plural for kind in KINDS}


def format_kinds(only: frozenset[str]) -> str:
    """`failures, recoveries and holds`; a kind that is new here by its own name."""
    if ALL in only:
        return "everything"
    said = [_PLURALS.get(kind, kind) for kind in (*OUTCOME_KINDS, *sorted(only - set(OUTCOME_KINDS))) if kind in only]
    return _join_words(said)


def format_scope(rule: Subscription, names: Names) -> str:
    """The projects, and what narrows the rule there."""
    return ", ".join([_projects(rule.scope, names), *_format_filters(rule)])


def _projects(of: ProjectScope, names: Names) -> str:
    if of.exact is None:
        return (
            _("every project of {org_slug}", org_slug=as_code(of.org_slug))
            if of.project == "*"
            else _("projects like {of}", of=as_code(str(of)))
        )
    name = names.get(of.exact)
    return f"*{cut(escape(name), 150)}*" if name else as_code(str(of))


def _format_filters(subscription: Subscription) -> Iterator[str]:
    rule = subscription.rule
    refs = [_format_globs(noun, globs) for noun, globs in (("branch", rule.branch), ("tag", rule.tag)) if globs]
    if refs:
        yield " or ".join(refs)
    if rule.default_branch:
        yield _("the default branch")
    for noun, globs in (("branch", rule.not_branch), ("tag", rule.not_tag)):
        if globs:
            yield _("but no {globs}", globs=_format_globs(noun, globs))
    if rule.workflow:
        yield _format_globs("workflow", rule.workflow)
    if rule.not_workflow:
        yield _("but no {globs}", globs=_format_globs("workflow", rule.not_workflow))
    yield from _format_starter_filters(subscription)


def _format_starter_filters(subscription: Subscription) -> Iterator[str]:
    rule = subscription.rule
    if rule.mine:
        yield _("started by <@{made_by}>", made_by=subscription.made_by)
    if rule.actor:
        yield _("started by {codes}", codes=_codes(rule.actor))
    if rule.not_actor:
        yield _("not started by {codes}", codes=_codes(rule.not_actor))
    if rule.trigger:
        yield _("triggered by {codes}", codes=_codes(rule.trigger))
    if rule.not_trigger:
        yield _("not triggered by {codes}", codes=_codes(rule.not_trigger))


def _format_globs(noun: str, globs: Sequence[str]) -> str:
    plural = {"branch": "branches", "workflow": "workflows", "tag": "tags"}[noun]
    single = len(globs) == 1 and not any(mark in globs[0] for mark in "*?[")
    return f"{noun} {_codes(globs)}" if single else _("{plural} like {codes}", plural=plural, codes=_codes(globs))


def _codes(globs: Sequence[str]) -> str:
    return " or ".join(as_code(glob, 120) for glob in globs)


def format_rule(rule: Subscription, names: Names) -> str:
    every = "" if any(_format_filters(rule)) else _(", every branch")
    thresholds = "".join(format_thresholds(rule.rule))
    told = f"{format_kinds(rule.rule.only)}{thresholds}{format_delivery(rule.rule)}{format_mentions(rule.rule)}"
    return f"{format_scope(rule, names)}{every}: {told}"


def format_delivery(rule: Rule) -> str:
    """Where it is told, unless that is what is usual."""
    if rule.to == "digest":
        return _(", in a digest {times}", times=format_times(rule))
    return _(", only in the card's thread") if rule.to == "thread" else ""


def format_times(rule: Rule) -> str:
    """`at 09:00 and 17:00`, by the channel's clock."""
    if rule.at == (HOURLY,):
        return _("every hour")
    return _("at {filter}", filter=" and ".join(filter(None, [", ".join(rule.at[:-1]), rule.at[-1]])))


def format_mentions(rule: Rule) -> str:
    """Whom it mentions, for those who read the rule. It mentions: it belongs into what one person alone sees."""
    parts = {AUTHOR: _("the person who started it"), BREAKER: _("the person who broke it")}
    said = [parts.get(whom) or format_mention(whom) for whom in sorted(rule.mention, key=is_id)]
    return (
        _(", mentioning {filter}", filter=" and ".join(filter(None, [", ".join(said[:-1]), said[-1]]))) if said else ""
    )


def format_thresholds(rule: Rule) -> Iterator[str]:
    """How often what stays broken is told again, what is called slow, and when a hold is reminded of."""
    if rule.every:
        yield (
            _(", and one in {every} of the failures that follow", every=rule.every)
            if rule.every > 1
            else _(", and all that follow")
        )
    if OutcomeClass.SLOW in rule.only:
        yield _(" (slow is {slower} times the 95th percentile)", slower=f"{rule.slower:g}")
    if rule.remind:
        yield _("; a hold that still waits after {join_words} is reminded of", join_words=_join_words(rule.remind))


def _join_words(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def render_created(
    rule: Subscription,
    names: Names,
    covered: Sequence[ProjectSlug],
    *,
    offers: Sequence[kit.Pressable] = (),
    zone: str | None = None,
    changed: bool = False,
) -> list[kit.Block]:
    """What a new rule tells, which projects it covers now, and how to undo it.

    `offers` are buttons that make it faster, `zone` is by whose clock its digests come.
    """
    who = _("rule {id}", id=rule.id) if changed else format_place(rule.channel)
    return [
        kit.section(_(":bell: From now on {who} gets messages about {rule}.", who=who, rule=format_rule(rule, names))),
        kit.actions(
            [
                kit.button(_("Show All Rules"), format_line("subscriptions")),
                *offers,
                build_change_button(rule),
                mute_blocks.build_mute_button(str(rule.id)),
                build_remove_button(rule, names),
            ]
        ),
        *([] if rule.scope.exact else [kit.context(_format_covered(covered))]),
        *(
            [
                kit.context(
                    _(
                        "Times are those of {zone}: `/circle quiet --zone Europe/Berlin` changes that.",
                        zone=as_code(zone),
                    )
                )
            ]
            if zone
            else []
        ),
        *(
            []
            if is_direct(rule.channel)
            else [kit.context(_("If I am not in this channel yet: `/invite @circlebot`."))]
        ),
    ]


def _format_covered(covered: Sequence[ProjectSlug]) -> str:
    if not covered:
        return _("You can see none of them that built lately. Those that build from now on are found within a minute.")
    shown = join_first([as_code(str(project)) for project in covered], 10)
    return _("Now that is {shown}: those that you can see. New ones are found as they build.", shown=shown)


def build_change_button(rule: Subscription) -> ButtonElement:
    return kit.button(_("Change…"), format_line("subscribe", rule=str(rule.id)), about=_("rule {id}", id=rule.id))


def build_remove_button(rule: Subscription, names: Names) -> ButtonElement:
    what = _(
        "{scope}: {kinds} are no longer posted in {channel}.",
        scope=format_scope(rule, names),
        kinds=format_kinds(rule.rule.only),
        channel=format_channel(rule.channel),
    )
    sure = kit.confirm(_("Remove rule"), what, _("Remove"), danger=True)
    return kit.button(
        _("Remove"), format_line("unsubscribe", str(rule.id)), confirm=sure, about=_("rule {id}", id=rule.id)
    )


def format_token_owner(rule: Subscription, watches: Mapping[ProjectSlug, PolledProject], covered: int) -> str:
    """With whose token it is read. A rule for several projects finds them with that of the person who made it."""
    if rule.scope.exact is None:
        owner = (
            _("<@{made_by}>'s token", made_by=rule.made_by)
            if rule.login
            else _("nobody's token: <@{made_by}> is not connected", made_by=rule.made_by)
        )
        return _(
            "covers {covered} project{covered_2} now, found with {owner}",
            covered=covered,
            covered_2="" if covered == 1 else "s",
            owner=owner,
        )
    watch = watches.get(rule.scope.exact)
    if watch and watch.error:
        return _("cannot be read: {error}", error=cut(escape(watch.error), 200))
    reader = watch.read_by if watch else None
    if reader is None:
        return _("not read yet")
    if not reader.user:
        return _("read by the service account")
    ours = reader.workspace == rule.workspace
    return _("read with <@{user}>'s token", user=reader.user) if ours else _("read with a token of another workspace")


def build_list(
    rules: Sequence[Subscription],
    names: Names,
    *,
    user: str,
    channel: str | None,
    paid: Mapping[int, str] = _NOTHING,
    problems: Mapping[int, Sequence[RuleProblem]] = _ALL_WELL,
    mutes: Sequence[Mute] = (),
) -> list[kit.Block]:
    """One page of rules; those of this channel, or one's own, can be changed, muted and removed here.

    `paid` says with whose token each is read, `problems` what is wrong with it, by the rule's id; `mutes` are those of
    the rules' channels.
    """
    drawn: list[kit.Block] = []
    for rule in rules:
        wrong = problems.get(rule.id, ())
        told = filter(None, [paid.get(rule.id, ""), mute_blocks.format_rule_mute(rule, mutes)])
        text = _format_row(rule, names, channel, told="; ".join(told), problems=wrong)
        is_theirs = rule.channel == channel or rule.made_by == user
        choices = list(_list_choices(rule, wrong, mutes)) if is_theirs else []
        drawn.append(kit.section(text, kit.overflow(choices)))
    return drawn


def _format_row(
    rule: Subscription, names: Names, channel: str | None, *, told: str, problems: Sequence[RuleProblem]
) -> str:
    where = "" if rule.channel == channel else _(" in {channel}", channel=format_channel(rule.channel))
    about = "; ".join(
        filter(
            None,
            [_("made by <@{made_by}> {ago}", made_by=rule.made_by, ago=status_blocks.format_ago(rule.made_at)), told],
        )
    )
    marks = [f":warning: {format_problem(rule, problem)}." for problem in problems]
    return "\n".join([f"*Rule {rule.id}*{where} — {format_rule(rule, names)}", about, *marks])


def _list_choices(
    rule: Subscription, problems: Sequence[RuleProblem], mutes: Sequence[Mute]
) -> Iterator[tuple[str, Written]]:
    """What mends it comes first; to remove it asks nothing, since Undo brings it back."""
    for problem in problems:
        yield from _list_fixes(rule, problem)
    yield _("Change…"), format_line("subscribe", rule=str(rule.id))
    yield from mute_blocks.list_rule_choices(rule, mutes)
    yield _("Remove"), format_line("unsubscribe", str(rule.id))


def format_problem(rule: Subscription, problem: RuleProblem) -> str:
    """Why the rule may be silent, without a full stop."""
    owner, project = f"<@{rule.made_by}>", as_code(str(rule.scope))
    return {
        "left": _("{owner}, who made it, has left this workspace", owner=owner),
        "disconnected": _("{owner}, who made it, is not connected with CircleCI", owner=owner),
        "expired": _("CircleCI no longer accepts the token of {owner}, who made it", owner=owner),
        "hidden": _("CircleCI does not show {project} to {owner}, who made it", project=project, owner=owner),
        "vanished": _(
            "CircleCI shows {project} to nobody here: it was deleted, renamed, or hidden from all of us",
            project=project,
        ),
        "renamed": _("{project} is called {detail} now", project=project, detail=as_code(problem.detail)),
        "silent": _("No workflow like {codes} has run for 14 days", codes=_codes(rule.rule.workflow)),
    }.get(problem.reason, problem.reason)


def build_fix_buttons(rule: Subscription, problem: RuleProblem) -> list[ButtonElement]:
    """What mends it at one tap, beside the buttons of every rule."""
    titles = {"Take over": _("Take Over"), "Follow the new name": _("Follow the New Name")}
    about = _("rule {id}", id=rule.id)
    return [kit.button(titles[label], line, style="primary", about=about) for label, line in _list_fixes(rule, problem)]


def _list_fixes(rule: Subscription, problem: RuleProblem) -> Iterator[tuple[str, Written]]:
    if problem.kind == "owner":
        yield _("Take over"), format_line("subscribe", str(rule.id), takeover=True)
    elif problem.reason == "renamed":
        yield _("Follow the new name"), format_line("subscribe", problem.detail, rule=str(rule.id))


def format_channel(channel: str) -> str:
    """A channel as Slack shows it to those who may see it; a direct conversation by what it is."""
    return _("a direct message") if is_direct(channel) else f"<#{channel}>"
