"""The end of what a step printed, with the line that reads most like the reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.blocks import kit, status_blocks
from bot.circleci.job_steps import has_failed
from bot.circleci.models import Action
from bot.command import line
from bot.line import Written, also
from bot.mrkdwn import code, cut, escape, link, preformatted, quoted
from bot.untrusted.job_log import first_error


@dataclass(frozen=True, slots=True)
class Shown:
    """`job` is plain text, and `words` name it in a line of ours.

    `lines` are the last ones, fit to be shown; `full` is the line that asks for all of them as a file.
    """

    job: str
    words: Sequence[str]
    url: str
    action: Action
    lines: Sequence[str]
    full: Written


def title(shown: Shown) -> str:
    return f"The log of {cut(escape(shown.job), 150)}, {cut(escape(shown.action.name), 100)}"


def log(shown: Shown) -> list[kit.Block]:
    """The message."""
    return [
        kit.section("\n".join(_head(shown))),
        kit.section(preformatted(shown.lines) if shown.lines else "It printed nothing (yet)."),
        kit.actions(list(_buttons(shown))),
    ]


def _head(shown: Shown) -> Iterator[str]:
    action = shown.action
    where = link(shown.url, shown.job)
    exit_code = f" (exit code {action.exit_code})" if action.exit_code else ""
    node = f", node {action.index}" if action.index else ""
    yield f"{status_blocks.emoji(action.status)} *{where}*, step {code(action.name, 100)}{node}{exit_code}"
    reason = first_error("\n".join(shown.lines)) if has_failed(action) else None
    if reason:
        yield quoted(reason, 400)


def _buttons(shown: Shown) -> Iterator[kit.Pressable]:
    yield kit.button("Send me the full log", shown.full)
    yield kit.button("Show full log to all here", also(shown.full, here=True))
    yield kit.button("Tests", line("tests", *shown.words))
    yield kit.button("Job", line("job", *shown.words))
    yield kit.link_button("Open in CircleCI", shown.url)
