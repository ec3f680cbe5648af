"""What starts pipelines: families for people, and which of CircleCI's words belong to each. The one table of them.

CircleCI's words are an open set. `trigger.type` is webhook, api, explicit or scheduled_pipeline, or the code host whose
event it was (`gitlab`, `github_app`, `bitbucket_cloud` …); `event_type` among the parameters of a GitHub App's or
GitLab's pipeline is push and the like, and of one that somebody asked for "create pipeline run api". A word that is in
no family is itself: it is matched exactly, and shown as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.language import N_


@dataclass(frozen=True, slots=True)
class TriggerFamily:
    """`name` is what rules and outcomes keep, `typed` what people type, `label` what they read.

    `hosts` is how other words of it begin.
    """

    name: str
    typed: str
    label: str
    words: frozenset[str] = frozenset()
    hosts: tuple[str, ...] = ()

    def has(self, word: str) -> bool:
        return word in {self.name, self.typed, *self.words} or self.is_host(word)

    def is_host(self, word: str) -> bool:
        return word.startswith(self.hosts) if self.hosts else False


SCHEDULE = TriggerFamily("schedule", "schedule", N_("schedule"), frozenset({"scheduled", "scheduled_pipeline"}))
FAMILIES = (
    TriggerFamily(
        "webhook",
        "push",
        N_("push"),
        frozenset({"pull_request", "merge_request"}),
        ("github", "gitlab", "bitbucket"),
    ),
    SCHEDULE,
    TriggerFamily("api", "api", N_("API"), frozenset({"explicit", "create pipeline run api"})),
)

NAMES = tuple(family.name for family in FAMILIES)


def canonicalise_trigger(word: str) -> str:
    """As rules and outcomes keep it: a family by its name, but a code host by its own: a rule may mean just that."""
    word = word.lower()
    family = find_family(word)
    return family.name if family and not family.is_host(word) else word


def find_family(word: str) -> TriggerFamily | None:
    return next((family for family in FAMILIES if family.has(word.lower())), None)


def list_trigger_names(word: str) -> tuple[str, ...]:
    """All that a rule may call it."""
    family = find_family(word)
    return (word, family.name, family.typed) if family else (word,)


def is_by_push(words: Iterable[str]) -> bool:
    """Unless a call or a schedule is known to have started it."""
    return not {family.name for word in words if (family := find_family(word))} & {"api", SCHEDULE.name}


def is_by_event(words: Iterable[str]) -> bool:
    """Whether a push or a schedule started it. A call of the API may take another branch's config: nobody tells."""
    families = {family.name for word in words if (family := find_family(word))}
    return bool(families) and "api" not in families
