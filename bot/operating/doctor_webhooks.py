"""How CircleCI reaches us, for the doctor: a line for each webhook that is not well, one for all the others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from bot.domain import ProjectSlug
from bot.domain.project_feeds import Hook

_AGAIN = "say `/circle webhooks install {project}`"


def build_findings(
    hooks: Sequence[Hook], watched: Collection[ProjectSlug], public_url: str | None
) -> Iterator[tuple[str, str]]:
    """What is so, and what would mend it ("" where all is well). Polling finds everything all the while."""
    if public_url is None and not hooks:
        yield "none, since CircleCI has no way in (PUBLIC_URL is not set): what ends is found by polling", ""
        return
    if public_url is None:
        yield (
            f"PUBLIC_URL is not set, but {_format_count(len(hooks), 'webhook')} should lead to it",
            "set PUBLIC_URL again",
        )
        return
    sick = [(hook, wrong) for hook in hooks if (wrong := _find_problem(hook))]
    for hook, (what, mend) in sick:
        yield f"that of {hook.project} {what}", mend.format(project=hook.project)
    yield (
        _format_healthy(
            [hook for hook in hooks if not _find_problem(hook)], len(set(watched) - {hook.project for hook in hooks})
        ),
        "",
    )


def _find_problem(hook: Hook) -> tuple[str, str] | None:
    if hook.error:
        return f"could not be seen to: {hook.error.rstrip('.')}", f"as an admin of its organisation {_AGAIN}"
    if hook.refused_at:
        return (
            f"got something with a wrong signature on {hook.refused_at:%Y-%m-%d %H:%M} UTC",
            f"its secret is being set anew; if this stays, {_AGAIN}",
        )
    if hook.quiet_at:
        return (
            f"is quiet since {hook.quiet_at:%Y-%m-%d %H:%M} UTC, and polling has resumed",
            f"see that PUBLIC_URL leads here from outside, then {_AGAIN}",
        )
    return None


def _format_healthy(well: Sequence[Hook], without: int) -> str:
    heard = sum(hook.heard_at is not None for hook in well)
    parts = [
        f"{heard} healthy" if heard else "",
        f"{len(well) - heard} not heard yet" if len(well) > heard else "",
        f"{_format_count(without, 'watched project')} without one, found by polling" if without else "",
    ]
    return ", ".join(filter(None, parts)) or "none: no project is watched yet"


def _format_count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
