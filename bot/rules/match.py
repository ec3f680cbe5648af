"""Does a rule want an outcome? Pure: each condition by its name, so that `why` can say which one failed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from fnmatch import fnmatchcase

from bot.domain import BAD_KINDS, Outcome, OutcomeClass
from bot.rules.kinds import ALL, DEPLOY_KINDS
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from bot.rules.trigger_types import list_trigger_names

SKEW = timedelta(seconds=30)
"""How far CircleCI's clock may be behind ours; a rule wants what happened after it was made, or this long before."""

_OF_FAILURES = BAD_KINDS | frozenset(OutcomeClass) - DEPLOY_KINDS - {OutcomeClass.SLOW}


def matches(subscription: Subscription, outcome: Outcome) -> bool:
    return all(holds for _, holds in list_conditions(subscription, outcome))


def matches_at_any_age(subscription: Subscription, outcome: Outcome) -> bool:
    """The same, of an outcome that may have happened before the rule was made or changed."""
    return all(holds for name, holds in list_conditions(subscription, outcome) if name != "since")


def covers_ref(subscription: Subscription, outcome: Outcome) -> bool:
    """Whether the rule looks at such a pipeline and workflow at all, whatever it wants to hear of it."""
    return all(holds for name, holds in list_conditions(subscription, outcome) if name not in {"since", "only"})


def list_conditions(subscription: Subscription, outcome: Outcome) -> Iterator[tuple[str, bool]]:
    """Each condition that the rule makes, by the name of its field (or `project`, `since`), and whether it holds.

    `branch` means both fields that a pipeline's ref must pass together, `branch` and `tag`.
    """
    rule = subscription.rule
    yield "project", subscription.scope.covers(outcome.project)
    yield "since", outcome.happened_at >= subscription.made_at - SKEW
    yield "only", wants_kind(rule, outcome)
    yield "branch", _ref_fits(rule, outcome.branch, outcome.tag)
    yield "not-branch", not fits_any(rule.not_branch, outcome.branch)
    yield "not-tag", not fits_any(rule.not_tag, outcome.tag)
    yield "workflow", not rule.workflow or fits_any(rule.workflow, outcome.workflow)
    yield "not-workflow", not fits_any(rule.not_workflow, outcome.workflow)
    yield "actor", not rule.actor or fits_any(_fold_all(rule.actor), _fold(outcome.actor))
    yield "not-actor", not fits_any(_fold_all(rule.not_actor), _fold(outcome.actor))
    yield "trigger", not rule.trigger or _is_caused_by(rule.trigger, outcome)
    yield "not-trigger", not _is_caused_by(rule.not_trigger, outcome)
    environment, component = (outcome.deploy.environment, outcome.deploy.component) if outcome.deploy else (None, None)
    yield "environment", not rule.environment or fits_any(rule.environment, environment)
    yield "not-environment", not fits_any(rule.not_environment, environment)
    yield "component", not rule.component or fits_any(rule.component, component)
    yield "default-branch", outcome.on_default or not rule.default_branch
    yield "mine", not rule.mine or _is_theirs(subscription, outcome)


def wants_kind(rule: Rule, outcome: Outcome) -> bool:
    """Any of its words is enough. What stays broken or is slow is wanted as often, and from when on, the rule says."""
    if ALL in rule.only:
        return True
    plain = outcome.filter_words - {OutcomeClass.STILL_FAILING, OutcomeClass.SLOW}
    return bool(plain & rule.only) or _repeats(rule, outcome) or _is_slow(rule, outcome)


def wants_failures(rule: Rule) -> bool:
    """Any failures of workflows, or that they are over: not just approvals, starts, successes or deploys."""
    return not rule.is_of_deploys and (ALL in rule.only or not rule.only.isdisjoint(_OF_FAILURES))


def wants_deploys(rule: Rule) -> bool:
    """Some, or all of them."""
    return not rule.only.isdisjoint(DEPLOY_KINDS | {ALL})


def wants_nothing_but_deploys(rule: Rule) -> bool:
    return rule.is_of_deploys or rule.only <= DEPLOY_KINDS


def _repeats(rule: Rule, outcome: Outcome) -> bool:
    asked = rule.every or OutcomeClass.STILL_FAILING in rule.only
    return (
        bool(asked) and OutcomeClass.STILL_FAILING in outcome.classes and (outcome.streak - 1) % (rule.every or 1) == 0
    )


def _is_slow(rule: Rule, outcome: Outcome) -> bool:
    return OutcomeClass.SLOW in rule.only and outcome.slowdown is not None and outcome.slowdown > rule.slower


def covers_place(rule: Rule, branch: str | None, tag: str | None, *, on_default: bool) -> bool:
    """Whether the rule looks at what runs there, whatever it is and whoever started it."""
    left_out = fits_any(rule.not_branch, branch) or fits_any(rule.not_tag, tag)
    return _ref_fits(rule, branch, tag) and not left_out and (on_default or not rule.default_branch)


def _ref_fits(rule: Rule, branch: str | None, tag: str | None) -> bool:
    """A rule that names only branches wants no tags, and the other way round; one that names neither wants both."""
    if not (rule.branch or rule.tag):
        return True
    return fits_any(rule.branch, branch) or fits_any(rule.tag, tag)


def fits_any(globs: Sequence[str], text: str | None) -> bool:
    """A glob is also the text itself: `dependabot[bot]` means that login, not a set of letters."""
    return text is not None and any(text == glob or fnmatchcase(text, glob) for glob in globs)


def list_unmatched(globs: Sequence[str], names: Collection[str]) -> list[str]:
    """Those of the globs that none of these names fits."""
    return [glob for glob in globs if not any(fits_any([glob], name) for name in names)]


def _is_caused_by(globs: Sequence[str], outcome: Outcome) -> bool:
    """By CircleCI's word or by its family; a word of no family is nobody's push, and is left out by nothing else."""
    return any(fits_any(globs, name) for name in list_trigger_names(outcome.trigger))


def _is_theirs(subscription: Subscription, outcome: Outcome) -> bool:
    theirs = {_fold(login) for login in (subscription.login, *subscription.other_logins)}
    return outcome.actor is not None and _fold(outcome.actor) in theirs


def _fold_all(globs: Sequence[str]) -> Sequence[str]:
    """Logins are the same in any case."""
    return [glob.casefold() for glob in globs]


def _fold(login: str | None) -> str | None:
    return login.casefold() if login else None
