"""Why a rule asks for an outcome, or does not: a sentence for each condition that it makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from bot.blocks import status_blocks
from bot.blocks.person_blocks import format_login
from bot.blocks.reminder_blocks import format_moments
from bot.blocks.subscription_blocks import format_outcomes
from bot.domain import Outcome, OutcomeKind
from bot.language import _
from bot.language.formats import join_or
from bot.mrkdwn import as_code
from bot.rules import trigger_types
from bot.rules.match import list_conditions
from bot.rules.subscription import Subscription

Say = Callable[[Subscription, Outcome], str]


def list_met_conditions(rule: Subscription, outcome: Outcome) -> Iterator[str]:
    """Every condition that it makes; a field that it does not set is no condition."""
    said = {"only": (), **rule.rule.to_texts()}
    beside = {"tag", "not-tag"} if outcome.branch else {"branch", "not-branch"}
    beside |= set() if outcome.kind == OutcomeKind.ON_HOLD else {"remind"}
    beside |= set() if outcome.deploy else {"not-environment"}
    yield _("{project} is covered by {scope}.", project=as_code(outcome.project.name), scope=as_code(rule.scope.name))
    for name in said:
        if name in SENTENCES and name not in beside and (say := SENTENCES[name].met):
            yield say(rule, outcome)


def list_unmet_conditions(rule: Subscription, outcome: Outcome) -> Iterator[str]:
    for name, holds in list_conditions(rule, outcome):
        if not holds and (say := SENTENCES[name].unmet):
            yield say(rule, outcome)


def _format_uncovered(rule: Subscription, outcome: Outcome) -> str:
    project, scope = as_code(outcome.project.name), as_code(rule.scope.name)
    return _("{project} is not covered by {scope}.", project=project, scope=scope)


def _format_too_early(rule: Subscription, _outcome: Outcome) -> str:
    return _("It happened before the rule was made ({ago}).", ago=status_blocks.format_ago(rule.made_at))


def _join_patterns(globs: Sequence[str]) -> str:
    return join_or([as_code(glob, 60) for glob in globs])


def _format_ref_match(outcome: Outcome, globs: Sequence[str]) -> str:
    if outcome.branch:
        return _(
            "Branch {branch} matches {patterns}.", branch=as_code(outcome.branch, 60), patterns=_join_patterns(globs)
        )
    return _("Tag {tag} matches {patterns}.", tag=as_code(outcome.tag or "?", 60), patterns=_join_patterns(globs))


def _format_ref_mismatch(outcome: Outcome, globs: Sequence[str]) -> str:
    patterns = _join_patterns(globs)
    if outcome.branch:
        return _("Branch {branch} does not match {patterns}.", branch=as_code(outcome.branch, 60), patterns=patterns)
    return _("Tag {tag} does not match {patterns}.", tag=as_code(outcome.tag or "?", 60), patterns=patterns)


def _format_ref_exclusion(outcome: Outcome, globs: Sequence[str]) -> str:
    patterns = _join_patterns(globs)
    if outcome.branch:
        return _(
            "The rule leaves out branch {branch} ({patterns}).", branch=as_code(outcome.branch, 60), patterns=patterns
        )
    return _("The rule leaves out tag {tag} ({patterns}).", tag=as_code(outcome.tag or "?", 60), patterns=patterns)


def _format_workflow_match(outcome: Outcome, globs: Sequence[str]) -> str:
    workflow, patterns = as_code(outcome.workflow, 60), _join_patterns(globs)
    return _("Workflow {workflow} matches {patterns}.", workflow=workflow, patterns=patterns)


def _format_workflow_mismatch(outcome: Outcome, globs: Sequence[str]) -> str:
    workflow, patterns = as_code(outcome.workflow, 60), _join_patterns(globs)
    return _("Workflow {workflow} does not match {patterns}.", workflow=workflow, patterns=patterns)


def _format_workflow_exclusion(rule: Subscription, outcome: Outcome) -> str:
    workflow, patterns = as_code(outcome.workflow, 60), _join_patterns(rule.rule.not_workflow)
    return _("The rule leaves out workflow {workflow} ({patterns}).", workflow=workflow, patterns=patterns)


def _get_starter(outcome: Outcome) -> str:
    return as_code(outcome.actor or "?", 60)


def _format_other_starter(outcome: Outcome, globs: Sequence[str]) -> str:
    return _("{login} started it, not {logins}.", login=_get_starter(outcome), logins=_join_patterns(globs))


def _format_starter_exclusion(rule: Subscription, outcome: Outcome) -> str:
    logins = _join_patterns(rule.rule.not_actor)
    return _("{login} started it. The rule leaves out {logins}.", login=_get_starter(outcome), logins=logins)


def _format_trigger(outcome: Outcome) -> str:
    """CircleCI's word, and what people call it where that is another."""
    code, family = as_code(outcome.trigger or "?", 60), trigger_types.find_family(outcome.trigger)
    return f"{code} ({_(family.label)})" if family and family.typed != outcome.trigger else code


def _format_other_trigger(outcome: Outcome, globs: Sequence[str]) -> str:
    return _(
        "{trigger} triggered it, not {triggers}.", trigger=_format_trigger(outcome), triggers=_join_patterns(globs)
    )


def _get_environment(outcome: Outcome) -> str:
    return as_code(outcome.deploy.environment if outcome.deploy else "?", 60)


def _get_component(outcome: Outcome) -> str:
    return as_code(outcome.deploy.component if outcome.deploy else "?", 60)


def _format_other_environment(outcome: Outcome, globs: Sequence[str]) -> str:
    where, patterns = _get_environment(outcome), _join_patterns(globs)
    if outcome.deploy:
        return _("Environment {environment} does not match {patterns}.", environment=where, patterns=patterns)
    return _("It is no deploy to {patterns}.", patterns=patterns)


def _format_other_component(outcome: Outcome, globs: Sequence[str]) -> str:
    what, patterns = _get_component(outcome), _join_patterns(globs)
    if outcome.deploy:
        return _("Component {component} does not match {patterns}.", component=what, patterns=patterns)
    return _("It is no deploy of {patterns}.", patterns=patterns)


def _format_environment_exclusion(rule: Subscription, outcome: Outcome) -> str:
    where, patterns = _get_environment(outcome), _join_patterns(rule.rule.not_environment)
    return _("The rule leaves out environment {environment} ({patterns}).", environment=where, patterns=patterns)


def _format_not_default(_rule: Subscription, outcome: Outcome) -> str:
    if outcome.branch:
        return _("Branch {branch} is not the default branch.", branch=as_code(outcome.branch, 60))
    return _("It ran for tag {tag}, not for the default branch.", tag=as_code(outcome.tag or "?", 60))


def _format_not_theirs(rule: Subscription, outcome: Outcome) -> str:
    return _("{login} started it, not <@{who}>.", login=format_login(outcome.actor) or as_code("?"), who=rule.made_by)


class ConditionSentences(NamedTuple):
    """What is said of a condition that the rule makes when it is met, and when it is not; None: nothing."""

    met: Say | None
    unmet: Say | None


SENTENCES: Mapping[str, ConditionSentences] = {
    "project": ConditionSentences(met=None, unmet=_format_uncovered),
    "since": ConditionSentences(met=None, unmet=_format_too_early),
    "only": ConditionSentences(
        met=lambda rule, _outcome: _("The rule asks for {outcomes}.", outcomes=format_outcomes(rule.rule)),
        unmet=lambda rule, _outcome: _("The rule asks only for {outcomes}.", outcomes=format_outcomes(rule.rule)),
    ),
    "branch": ConditionSentences(
        met=lambda rule, outcome: _format_ref_match(outcome, rule.rule.branch),
        unmet=lambda rule, outcome: _format_ref_mismatch(outcome, (*rule.rule.branch, *rule.rule.tag)),
    ),
    "not-branch": ConditionSentences(
        met=lambda rule, outcome: _format_ref_mismatch(outcome, rule.rule.not_branch),
        unmet=lambda rule, outcome: _format_ref_exclusion(outcome, rule.rule.not_branch),
    ),
    "tag": ConditionSentences(met=lambda rule, outcome: _format_ref_match(outcome, rule.rule.tag), unmet=None),
    "not-tag": ConditionSentences(
        met=lambda rule, outcome: _format_ref_mismatch(outcome, rule.rule.not_tag),
        unmet=lambda rule, outcome: _format_ref_exclusion(outcome, rule.rule.not_tag),
    ),
    "workflow": ConditionSentences(
        met=lambda rule, outcome: _format_workflow_match(outcome, rule.rule.workflow),
        unmet=lambda rule, outcome: _format_workflow_mismatch(outcome, rule.rule.workflow),
    ),
    "not-workflow": ConditionSentences(
        met=lambda rule, outcome: _format_workflow_mismatch(outcome, rule.rule.not_workflow),
        unmet=_format_workflow_exclusion,
    ),
    "actor": ConditionSentences(
        met=lambda _rule, outcome: _("{login} started it.", login=_get_starter(outcome)),
        unmet=lambda rule, outcome: _format_other_starter(outcome, rule.rule.actor),
    ),
    "not-actor": ConditionSentences(
        met=lambda rule, outcome: _format_other_starter(outcome, rule.rule.not_actor),
        unmet=_format_starter_exclusion,
    ),
    "trigger": ConditionSentences(
        met=lambda _rule, outcome: _("{trigger} triggered it.", trigger=_format_trigger(outcome)),
        unmet=lambda rule, outcome: _format_other_trigger(outcome, rule.rule.trigger),
    ),
    "not-trigger": ConditionSentences(
        met=lambda rule, outcome: _format_other_trigger(outcome, rule.rule.not_trigger),
        unmet=lambda _rule, outcome: _(
            "{trigger} triggered it, which the rule leaves out.", trigger=_format_trigger(outcome)
        ),
    ),
    "environment": ConditionSentences(
        met=lambda rule, outcome: _(
            "Environment {environment} matches {patterns}.",
            environment=_get_environment(outcome),
            patterns=_join_patterns(rule.rule.environment),
        ),
        unmet=lambda rule, outcome: _format_other_environment(outcome, rule.rule.environment),
    ),
    "not-environment": ConditionSentences(
        met=lambda rule, outcome: _format_other_environment(outcome, rule.rule.not_environment),
        unmet=_format_environment_exclusion,
    ),
    "component": ConditionSentences(
        met=lambda rule, outcome: _(
            "Component {component} matches {patterns}.",
            component=_get_component(outcome),
            patterns=_join_patterns(rule.rule.component),
        ),
        unmet=lambda rule, outcome: _format_other_component(outcome, rule.rule.component),
    ),
    "default-branch": ConditionSentences(
        met=lambda _rule, outcome: _(
            "Branch {branch} is the default branch.", branch=as_code(outcome.branch or "?", 60)
        ),
        unmet=_format_not_default,
    ),
    "mine": ConditionSentences(
        met=lambda rule, _outcome: _("<@{who}> started it.", who=rule.made_by), unmet=_format_not_theirs
    ),
    "remind": ConditionSentences(
        met=lambda rule, _outcome: _(
            "While it waits, I remind this channel {moments}.", moments=format_moments(rule.rule.remind)
        ),
        unmet=None,
    ),
}
"""By the condition's name in bot/rules/match.py."""
