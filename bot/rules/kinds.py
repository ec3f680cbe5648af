"""Kinds of outcomes: the words with which a rule asks for them, in people's own spellings too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from bot.domain import OutcomeClass, OutcomeKind
from bot.errors import UsageError
from bot.language import N_, _
from bot.mrkdwn import as_code


@dataclass(frozen=True, slots=True)
class KindWords:
    """`plural` stands in sentences, `means` explains it, `also` is what people type instead."""

    name: str
    plural: str
    means: str
    also: tuple[str, ...] = ()


KINDS = (
    KindWords(
        OutcomeKind.PASSED,
        "passes",
        N_("a workflow succeeded"),
        ("success", "succeeded", "successes", "pass", "passes", "green", "ok"),
    ),
    KindWords(
        OutcomeKind.FAILED,
        "failures",
        N_("a workflow failed"),
        ("fail", "failure", "failures", "failing", "broken", "red"),
    ),
    KindWords(
        OutcomeClass.BROKE,
        N_("first failures"),
        N_("the first failure after a success on the branch, or on a new branch"),
        ("break", "breaks", "breakage", "first-failure", "regression", "regressions"),
    ),
    KindWords(
        OutcomeClass.RECOVERED,
        "recoveries",
        N_("the first success after a failure on the branch"),
        ("recovery", "recoveries", "fixed", "fixes", "back-to-normal"),
    ),
    KindWords(
        OutcomeClass.STILL_FAILING,
        N_("repeated failures"),
        N_("a failure after a failure; with `--every N`, one in N"),
        ("still-broken", "repeated"),
    ),
    KindWords(
        OutcomeClass.NEWLY_FAILING,
        N_("new failures"),
        N_("other jobs or tests failed than last time"),
        ("newly-failed", "new-failure", "new-failures"),
    ),
    KindWords(
        OutcomeClass.FLAKY,
        N_("flaky passes"),
        N_("it failed, then passed on a rerun"),
        ("flake", "flakes"),
    ),
    KindWords(
        OutcomeClass.SLOW,
        N_("slow passes"),
        N_("a success slower than the p95 of its last 30; `--slower` says by how much"),
        ("slower",),
    ),
    KindWords(OutcomeKind.STARTED, "starts", N_("a workflow began to run"), ("start", "starts", "running", "begun")),
    KindWords(
        OutcomeKind.ON_HOLD,
        "holds",
        N_("a workflow waits for an approval"),
        ("hold", "holds", "on_hold", "held", "approval", "approvals", "waiting"),
    ),
    KindWords(
        OutcomeKind.CANCELED,
        "cancellations",
        N_("somebody stopped a workflow"),
        ("cancelled", "cancel", "cancels", "cancellations"),
    ),
    KindWords(
        OutcomeKind.ERRORED_CONFIG,
        N_("config errors"),
        N_("a config did not compile, or a workflow could not run as configured"),
        ("errored", "error", "errors", "config", "config-error", "config-errors"),
    ),
    KindWords(
        OutcomeKind.UNAUTHORIZED,
        N_("unauthorized runs"),
        N_("a job needs a context that the person who started it may not use"),
        ("unauthorised", "forbidden"),
    ),
    KindWords(
        OutcomeKind.NOT_RUN,
        N_("workflows that did not run"),
        N_("no job of a workflow ran"),
        ("not_run", "notrun", "skipped"),
    ),
    KindWords(
        OutcomeKind.EMPTY,
        N_("pipelines in which nothing ran"),
        N_("a pipeline ended without any workflow except its setup"),
        ("nothing",),
    ),
)

OUTCOME_KINDS = tuple(kind.name for kind in KINDS)
"""What a rule can ask for."""

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

_ALL_WORDS = (ALL, "everything", "any", "*")
_MEANS = {word: kind.name for kind in KINDS for word in (kind.name, *kind.also)} | dict.fromkeys(_ALL_WORDS, ALL)


def parse(words: Iterable[str]) -> frozenset[str]:
    """The kinds that these words mean; with `all` among them only that. Raises UsageError."""
    kinds = frozenset(_parse_kind(word.strip().lower()) for word in words if word.strip())
    if not kinds:
        raise UsageError(
            _("`--only` needs to say what: {outcome_kinds}, or all.", outcome_kinds=", ".join(OUTCOME_KINDS))
        )
    return frozenset({ALL}) if ALL in kinds else kinds


def _parse_kind(word: str) -> str:
    if kind := _MEANS.get(word):
        return kind
    near = get_close_matches(word, _MEANS, n=1)
    meant = _(" Did you mean `{means}`?", means=_MEANS[near[0]]) if near else ""
    raise UsageError(
        _("I do not know the outcome {word}.{meant}", word=as_code(word, 50), meant=meant),
        _("There are: {outcome_kinds}, all.", outcome_kinds=", ".join(OUTCOME_KINDS)),
    )
