"""Slack's shortcuts: one for everywhere, and those in the ⋯ of a message. Each says a command, as a button does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.line import Written, format_line


@dataclass(frozen=True, slots=True)
class ManifestShortcut:
    """`id` is what Slack sends back, also from an app whose manifest is older: it never changes its meaning."""

    id: str
    name: str
    line: Written
    description: str
    on_message: bool = True


SHORTCUTS = (
    ManifestShortcut(
        "trigger",
        "Trigger a pipeline",
        format_line("trigger"),
        "Choose a project, a branch and parameters, and start a pipeline",
        on_message=False,
    ),
    ManifestShortcut(
        "rerun-failed",
        "Rerun from failed",
        format_line("rerun", failed=True),
        "Runs the failed jobs of this pipeline again, once you confirm",
    ),
    ManifestShortcut(
        "why",
        "Why did this fail?",
        format_line("why"),
        "The failed jobs, tests and log lines; beside them why it was posted",
    ),
    ManifestShortcut("logs", "Show log", format_line("logs"), "The lines of the failed job's log, for you alone"),
    ManifestShortcut(
        "again",
        "Trigger again…",
        format_line("again", form=True),
        "The form to trigger this pipeline again, filled in as it ran",
    ),
    ManifestShortcut(
        "status",
        "CircleCI status",
        format_line("status"),
        "How this message's project is doing, or this channel's",
    ),
)
"""Slack shows them in this order. It takes ten, with names of 24 and descriptions of 150 characters."""

_LINES = {one.id: one.line for one in SHORTCUTS}


def get_line(callback_id: str) -> Written:
    """What the shortcut says. One that is not ours says its id, which is no command or an older one."""
    return _LINES.get(callback_id) or format_line(callback_id)


def build_shortcuts() -> list[dict[str, Any]]:
    """As the manifest says them."""
    return [
        {
            "name": one.name,
            "type": "message" if one.on_message else "global",
            "callback_id": one.id,
            "description": one.description,
        }
        for one in SHORTCUTS
    ]
