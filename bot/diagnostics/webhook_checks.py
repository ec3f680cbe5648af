"""How CircleCI reaches us, for the doctor: a line for each broken webhook, one for all others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from bot.diagnostics.circleci_symptoms import (
    WEBHOOK_NEVER_ARRIVED,
    WEBHOOK_QUIET,
    WEBHOOK_REFUSED,
    WEBHOOK_UNCHECKED,
    WEBHOOKS_ASTRAY,
)
from bot.domain import ProjectSlug
from bot.domain.project_feeds import Hook
from bot.domain.symptoms import Finding, KeptSentence

_NO_WAY_IN = "none, because CircleCI cannot reach us (PUBLIC_URL is not set): polling finds what ends"


def build_findings(
    hooks: Sequence[Hook], watched: Collection[ProjectSlug], public_url: str | None
) -> Iterator[Finding]:
    """Polling finds everything anyway."""
    if public_url is None and not hooks:
        yield Finding("webhooks", _NO_WAY_IN)
        return
    if public_url is None:
        projects = tuple(str(one.project) for one in hooks)
        yield Finding("webhooks", symptom=WEBHOOKS_ASTRAY, values={"projects": projects})
        return
    for hook in hooks:
        yield from _find_problem(hook, public_url)
    healthy = [hook for hook in hooks if not any(_find_problem(hook, public_url))]
    without = len(set(watched) - {hook.project for hook in hooks})
    yield Finding("webhooks", _format_healthy(healthy, without))


def _find_problem(hook: Hook, public_url: str) -> Iterator[Finding]:
    project = str(hook.project)
    if hook.error:
        yield Finding(
            "webhooks", symptom=WEBHOOK_UNCHECKED, values={"project": project, "why": KeptSentence(hook.error)}
        )
    elif hook.refused_at:
        values = {"project": project, "refused_at": hook.refused_at}
        yield Finding("webhooks", symptom=WEBHOOK_REFUSED, values=values)
    elif hook.quiet_at and hook.heard_at is None:
        yield Finding("webhooks", symptom=WEBHOOK_NEVER_ARRIVED, values={"project": project, "url": public_url})
    elif hook.quiet_at:
        yield Finding("webhooks", symptom=WEBHOOK_QUIET, values={"project": project, "quiet_at": hook.quiet_at})


def _format_healthy(healthy: Sequence[Hook], without: int) -> str:
    heard = sum(hook.heard_at is not None for hook in healthy)
    parts = [
        f"{heard} healthy" if heard else "",
        f"{len(healthy) - heard} not heard yet" if len(healthy) > heard else "",
        f"{_format_count(without, 'polled project')} without one, found by polling" if without else "",
    ]
    return ", ".join(filter(None, parts)) or "none: no project is polled yet"


def _format_count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
