"""What the words of a line name, before anything is looked up: one grammar for every command.

A project comes first, where one is needed (a slug, a link, or just `repo`; in full it may come anywhere). Then a
number, which is a pipeline's; `job N` or `pipeline N`, which say it outright; an id; or a link. What is left names
something inside of that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.circleci.links import CLOUD, Link
from bot.command import ParsedLine
from bot.domain import ProjectSlug
from bot.errors import UsageError
from bot.language import _

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
NUMBER = re.compile(r"#?0{0,8}([1-9]\d{0,8})")
"""CircleCI counts from 1: a zero is a word like any other."""
_NUMBERED_KINDS = ("job", "pipeline")


@dataclass(frozen=True, slots=True)
class TargetReference:
    """Perhaps a project, then at most one of number, job, id and link; `rest` is for the command.

    `is_pipeline_number` says that the number was called a pipeline's, so that it is nothing else.
    """

    project: str | None = None
    number: int | None = None
    job: int | None = None
    id: str | None = None
    link: Link | None = None
    rest: tuple[str, ...] = ()
    is_pipeline_number: bool = False

    @classmethod
    def parse(cls, words: Sequence[str], base_url: str) -> TargetReference:
        words = move_project_first(words, base_url)
        project = words[0] if words and _is_project(words, base_url) else None
        rest = tuple(words[1:] if project else words)
        if not rest:
            return cls(project)
        if said := _parse_explicit_number(rest):
            kind, number = said
            left = rest[2:]
            return (
                cls(project, job=number, rest=left)
                if kind == "job"
                else cls(project, number, rest=left, is_pipeline_number=True)
            )
        first, left = rest[0], rest[1:]
        if bare := NUMBER.fullmatch(first):
            return cls(project, int(bare[1]), rest=left)
        if UUID.fullmatch(first):
            return cls(project, id=first.lower(), rest=left)
        pasted = Link.parse(first, base_url)
        return cls(project, link=pasted, rest=left) if pasted else cls(project, rest=rest)

    @property
    def inner_words(self) -> tuple[str, ...]:
        """The words after the project, so that they read alike from a button."""
        number = ("pipeline", str(self.number)) if self.number else ()
        job = ("job", str(self.job)) if self.job else ()
        return (*number, *job, *filter(None, [self.id]), *self.rest)

    @property
    def names_job(self) -> bool:
        return bool(self.job or (self.link and self.link.has_job))

    @property
    def is_inside_project(self) -> bool:
        """Whether more than a project is named."""
        return bool(self.number or self.job or self.id or self.link)


def move_project_first(words: Sequence[str], base_url: str = CLOUD) -> tuple[str, ...]:
    """A project that is written in full may come anywhere, as in `56 gh/acme/web`. An id or a link has its own."""
    if not words or UUID.fullmatch(words[0]) or "/" in words[0]:
        return tuple(words)
    at = next((at for at, word in enumerate(words) if _is_full_project(word, base_url)), 0)
    return (words[at], *words[:at], *words[at + 1 :])


def _is_full_project(word: str, base_url: str) -> bool:
    pasted = Link.parse(word, base_url)
    if pasted:
        return pasted.project is not None and _is_project([word], base_url)
    return is_slug(word)


def is_slug(word: str) -> bool:
    """Whether it is a project written in full, whoever may see it."""
    try:
        return word.count("/") == 2 and bool(ProjectSlug.parse(word))
    except UsageError:
        return False


def _parse_explicit_number(words: Sequence[str]) -> tuple[str, int] | None:
    """`job 341`, `pipeline 56`."""
    number = NUMBER.fullmatch(words[1]) if len(words) > 1 and words[0].lower() in _NUMBERED_KINDS else None
    return (words[0].lower(), int(number[1])) if number else None


def _is_project(words: Sequence[str], base_url: str) -> bool:
    pasted = Link.parse(words[0], base_url)
    if pasted:
        return not pasted.is_below_project
    return not (NUMBER.fullmatch(words[0]) or UUID.fullmatch(words[0]) or _parse_explicit_number(words))


def add_job_option(line: ParsedLine) -> tuple[str, ...]:
    """A line's words, with what `--job` says among them, for a command that is not about a job alone."""
    job = line.get_value("job")
    if job is None:
        return line.words
    if not NUMBER.fullmatch(job):
        raise UsageError(_("`--job` takes a job's number here."), _("Put a job's name after its pipeline."))
    return (*line.words, "job", job)
