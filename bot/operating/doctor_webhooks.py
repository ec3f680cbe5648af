"""How CircleCI reaches us, for the doctor: a line for each broken webhook, one for all others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from bot.domain import ProjectSlug
from bot.domain.project_feeds import Hook
from bot.language import say_kept

_AGAIN = "type `/circle webhooks install {project}`"


def build_findings(
    hooks: Sequence[Hook], watched: Collection[ProjectSlug], public_url: str | None
) -> Iterator[tuple[str, str]]:
    """What was found, and how to mend it ("" if all is well). Polling finds everything anyway."""
    if public_url is None and not hooks:
        yield "none, because CircleCI cannot reach us (PUBLIC_URL is not set): polling finds what ends", ""
        return
    if public_url is None:
        yield (
            f"PUBLIC_URL is not set, but {_format_count(len(hooks), 'webhook')} should lead to it",
            "set PUBLIC_URL again",
        )
        return
    broken = [(hook, wrong) for hook in hooks if (wrong := _find_problem(hook))]
    for hook, (what, mend) in broken:
        yield f"that of {hook.project} {what}", mend.format(project=hook.project)
    yield (
        _format_healthy(
            [hook for hook in hooks if not _find_problem(hook)], len(set(watched) - {hook.project for hook in hooks})
        ),
        "",
    )


def _find_problem(hook: Hook) -> tuple[str, str] | None:
    if hook.error:
        return f"could not be checked: {say_kept(hook.error).rstrip('.')}", f"as an admin of its organisation {_AGAIN}"
    if hook.refused_at:
        return (
            f"received something with a wrong signature on {hook.refused_at:%Y-%m-%d %H:%M} UTC",
            f"its secret is being set anew; if this stays, {_AGAIN}",
        )
    if hook.quiet_at:
        return (
            f"is quiet since {hook.quiet_at:%Y-%m-%d %H:%M} UTC, and polling has resumed",
            f"make sure that PUBLIC_URL leads here from outside, then {_AGAIN}",
        )
    return None


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
