"""Kinds of outcomes: the words with which a rule asks for them, in people's own spellings too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from bot.domain import Outcome, OutcomeClass, OutcomeKind
from bot.errors import UsageError
from bot.language import N_, _
from bot.mrkdwn import as_code


@dataclass(frozen=True, slots=True)
class KindWords:
    """`label` is said of one outcome, `title` in a form, `plural` in sentences; `also` is typed instead of the name."""

    name: str
    label: str
    title: str
    plural: str
    also: tuple[str, ...] = ()


KINDS = (
    KindWords(
        OutcomeKind.PASSED,
        N_("passed"),
        N_("Passes"),
        N_("passes"),
        ("success", "succeeded", "successes", "pass", "passes", "green", "ok"),
    ),
    KindWords(
        OutcomeKind.FAILED,
        N_("failed"),
        N_("Failures"),
        N_("failures"),
        ("fail", "failure", "failures", "failing", "broken", "red"),
    ),
    KindWords(
        OutcomeClass.BROKE,
        N_("first failure"),
        N_("First failures"),
        N_("first failures"),
        ("break", "breaks", "breakage", "first-failure", "regression", "regressions"),
    ),
    KindWords(
        OutcomeClass.RECOVERED,
        N_("recovered"),
        N_("Recoveries"),
        N_("recoveries"),
        ("recovery", "recoveries", "fixed", "fixes", "back-to-normal"),
    ),
    KindWords(
        OutcomeClass.STILL_FAILING,
        N_("still failing"),
        N_("Repeated failures"),
        N_("repeated failures"),
        ("still-broken", "repeated"),
    ),
    KindWords(
        OutcomeClass.NEWLY_FAILING,
        N_("new failure"),
        N_("New failures"),
        N_("new failures"),
        ("newly-failed", "new-failure", "new-failures"),
    ),
    KindWords(
        OutcomeClass.FLAKY,
        N_("flaky"),
        N_("Flaky passes"),
        N_("flaky passes"),
        ("flake", "flakes"),
    ),
    KindWords(
        OutcomeClass.SLOW,
        N_("slow"),
        N_("Slow passes"),
        N_("slow passes"),
        ("slower",),
    ),
    KindWords(
        OutcomeKind.STARTED,
        N_("started"),
        N_("Starts"),
        N_("starts"),
        ("start", "starts", "running", "begun"),
    ),
    KindWords(
        OutcomeKind.ON_HOLD,
        N_("on hold"),
        N_("Holds"),
        N_("holds"),
        ("hold", "holds", "on_hold", "held", "approval", "approvals", "waiting"),
    ),
    KindWords(
        OutcomeKind.CANCELED,
        N_("canceled"),
        N_("Cancellations"),
        N_("cancellations"),
        ("cancelled", "cancel", "cancels", "cancellations"),
    ),
    KindWords(
        OutcomeKind.ERRORED_CONFIG,
        N_("config error"),
        N_("Config errors"),
        N_("config errors"),
        ("errored", "error", "errors", "config", "config-error", "config-errors"),
    ),
    KindWords(
        OutcomeKind.UNAUTHORIZED,
        N_("unauthorized"),
        N_("Unauthorized runs"),
        N_("unauthorized runs"),
        ("unauthorised", "forbidden"),
    ),
    KindWords(
        OutcomeKind.NOT_RUN,
        N_("not run"),
        N_("Workflows that did not run"),
        N_("workflows that did not run"),
        ("not_run", "notrun", "skipped"),
    ),
    KindWords(
        OutcomeKind.EMPTY,
        N_("nothing to run"),
        N_("Pipelines in which nothing ran"),
        N_("pipelines in which nothing ran"),
        ("nothing",),
    ),
    KindWords(
        OutcomeKind.DEPLOYED,
        N_("deployed"),
        N_("Deploys"),
        N_("deploys"),
        ("deploy", "deploys", "deployment", "deployments", "released", "releases", "shipped"),
    ),
    KindWords(
        OutcomeClass.PROMOTED,
        N_("promoted"),
        N_("Promotions"),
        N_("promotions"),
        ("promotion", "promotions", "promote", "promotes"),
    ),
    KindWords(
        OutcomeKind.DEPLOY_FAILED,
        N_("deploy failed"),
        N_("Failed deploys"),
        N_("failed deploys"),
        ("deploy-failure", "deploy-failures", "deploys-failed", "failed-deploy", "failed-deploys"),
    ),
    KindWords(
        OutcomeClass.VALIDATION_FAILED,
        N_("validation failed"),
        N_("Failed validations"),
        N_("failed validations"),
        ("validation-failure", "validation-failures", "failed-validation", "failed-validations", "validation"),
    ),
    KindWords(
        OutcomeKind.ROLLED_BACK,
        N_("rolled back"),
        N_("Rollbacks"),
        N_("rollbacks"),
        ("rollback", "rollbacks", "roll-back", "roll-backs", "rolledback"),
    ),
)

OUTCOME_KINDS = tuple(kind.name for kind in KINDS)
"""What a rule can ask for."""

DEPLOY_KINDS = frozenset(
    {
        OutcomeKind.DEPLOYED,
        OutcomeKind.DEPLOY_FAILED,
        OutcomeKind.ROLLED_BACK,
        OutcomeClass.PROMOTED,
        OutcomeClass.VALIDATION_FAILED,
    }
)
"""What is known only where somebody asks CircleCI for its deploys."""

ALL = "all"

DEFAULT_KINDS: frozenset[str] = frozenset(
    {
        OutcomeKind.FAILED,
        OutcomeClass.RECOVERED,
        OutcomeKind.ON_HOLD,
        OutcomeKind.ERRORED_CONFIG,
        OutcomeKind.UNAUTHORIZED,
    }
)

DEFAULT_DEPLOY_KINDS: frozenset[str] = frozenset(
    {OutcomeKind.DEPLOYED, OutcomeKind.DEPLOY_FAILED, OutcomeKind.ROLLED_BACK}
)
"""What a rule for environments or components asks for that says no kinds: each deploy is one of these."""

_LABELS = {kind.name: kind.label for kind in KINDS}
_ALL_WORDS = (ALL, "everything", "any", "*")
_MEANS = {word: kind.name for kind in KINDS for word in (kind.name, *kind.also)} | dict.fromkeys(_ALL_WORDS, ALL)


def list_outcome_labels(outcome: Outcome) -> list[str]:
    """What it is, in people's words: its kind, then its classes."""
    return [_(_LABELS[name]) for name in (outcome.kind, *sorted(outcome.classes))]


def parse(words: Iterable[str]) -> frozenset[str]:
    """The kinds that these words mean; with `all` among them only that. Raises UsageError."""
    kinds = frozenset(_parse_kind(word.strip().lower()) for word in words if word.strip())
    if not kinds:
        raise UsageError(_("`--only` needs to say what."), _list_choices())
    return frozenset({ALL}) if ALL in kinds else kinds


def _parse_kind(word: str) -> str:
    if kind := _MEANS.get(word):
        return kind
    said = [_("I do not know the outcome {word}.", word=as_code(word, 50))]
    near = [_MEANS[one] for one in get_close_matches(word, _MEANS, n=1)]
    said += [_("Did you mean `{word}`?", word=one) for one in near]
    raise UsageError(" ".join(said), _list_choices(), misread=(word, near[0]) if near else None)


def _list_choices() -> str:
    return _("You can choose: {kinds}; or `{all}`.", kinds=", ".join(OUTCOME_KINDS), all=ALL)
