"""What of a project somebody asks for by its state now: what is red, what is green, what runs, what waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches

from bot.circleci.snapshot import Snapshot
from bot.command import ParsedLine
from bot.domain import BAD
from bot.errors import UsageError
from bot.language import N_, _
from bot.language.formats import join_or
from bot.mrkdwn import as_code


@dataclass(frozen=True, slots=True)
class StatusQuestion:
    """`word` asks for what `fits`; with `of_branches` only the newest pipeline of a branch counts.

    `title` and `none` are sentences about a `project`.
    """

    word: str
    title: str
    none: str
    fits: Callable[[Snapshot], bool]
    of_branches: bool = True
    also: tuple[str, ...] = ()


_QUESTIONS = (
    StatusQuestion(
        "failed",
        N_("What is red in {project} now"),
        N_("Nothing is red in {project}."),
        lambda one: one.status in BAD or one.status == "errored",
        also=("red", "failing", "broken", "failure", "failures"),
    ),
    StatusQuestion(
        "passed",
        N_("What is green in {project} now"),
        N_("Nothing is green in {project}."),
        lambda one: one.status == "success",
        also=("green", "success", "ok"),
    ),
    StatusQuestion(
        "on-hold",
        N_("What waits for approval in {project}"),
        N_("Nothing of {project} waits for approval."),
        lambda one: bool(one.pending_holds),
        of_branches=False,
        also=("waiting", "hold", "holds", "held", "approval", "approvals"),
    ),
    StatusQuestion(
        "running",
        N_("What runs in {project} now"),
        N_("Nothing of {project} runs now."),
        lambda one: one.waiting or one.status in {"running", "pending", "setup", "setup-pending", "failing"},
        of_branches=False,
        also=("pending", "queued", "active"),
    ),
)
_BY_WORD = {word: one for one in _QUESTIONS for word in (one.word, *one.also)}


def parse_question(line: ParsedLine) -> StatusQuestion | None:
    """What `--only` asks for. Raises UsageError."""
    said = line.get_value("only")
    if said is None:
        return None
    word = said.strip().casefold().replace("_", "-")
    if word in _BY_WORD:
        return _BY_WORD[word]
    near = get_close_matches(word, _BY_WORD, n=1)
    raise UsageError(
        _(
            "{word} is no state: say {states}.",
            word=as_code(said, 50),
            states=join_or([as_code(one.word) for one in _QUESTIONS]),
        ),
        misread=(said, *([_BY_WORD[near[0]].word] if near else [one.word for one in _QUESTIONS])),
    )
