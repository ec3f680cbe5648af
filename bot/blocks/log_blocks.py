"""What a step printed: the few lines that tell why it failed, else the last ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.blocks import kit, status_blocks
from bot.circleci.models import StepAction
from bot.command import format_line
from bot.language import _
from bot.line import Written, extend_line
from bot.mrkdwn import as_code, as_code_block, as_link, cut, escape


@dataclass(frozen=True, slots=True)
class StepLog:
    """`job` is plain text, and `job_words` name it in a line of ours.

    `lines` are fit to be shown: those around the one that tells why if they are `telling`, else the last ones.
    `full_log_line` is the line that asks for all of them as a file.
    """

    job: str
    job_words: Sequence[str]
    url: str
    action: StepAction
    lines: Sequence[str]
    telling: bool
    full_log_line: Written


def format_title(shown: StepLog) -> str:
    return _("The log of {job}, {step}", job=cut(escape(shown.job), 150), step=cut(escape(shown.action.name), 100))


def render(shown: StepLog) -> list[kit.Block]:
    """The message."""
    return [
        kit.section("\n".join(_head(shown))),
        kit.section(as_code_block(shown.lines) if shown.lines else _("It printed nothing (yet).")),
        kit.actions(list(_buttons(shown))),
    ]


def _head(shown: StepLog) -> Iterator[str]:
    action = shown.action
    exit_code = _("exit code {number}", number=action.exit_code) if action.exit_code else ""
    node = [_("node {number}", number=action.index)] if action.index else []
    step = _("step {step}", step=as_code(action.name, 100))
    where = ", ".join([f"*{as_link(shown.url, shown.job)}*", step, *node])
    yield f"{status_blocks.get_emoji(action.status)} {where}{f' ({exit_code})' if exit_code else ''}"
    if shown.lines:
        yield _("The lines that tell why:") if shown.telling else _("The end of the log:")


def _buttons(shown: StepLog) -> Iterator[kit.Pressable]:
    yield kit.button(_("Send Me the Full Log"), shown.full_log_line)
    yield kit.button(_("Show Full Log to All Here"), extend_line(shown.full_log_line, here=True))
    yield kit.link_button(_("Open in CircleCI"), shown.url)
    more = [
        (_("Show tests"), format_line("tests", *shown.job_words)),
        (_("Show job"), format_line("job", *shown.job_words)),
    ]
    yield from filter(None, [kit.overflow(more)])
