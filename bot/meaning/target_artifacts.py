"""Which artifacts the words of a line mean: those of a job, narrowed by a path or a glob and by a node."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from glob import escape

from bot.circleci.links import Link
from bot.circleci.models import Artifact, Job, Workflow
from bot.command import Context, line
from bot.domain import ProjectSlug
from bot.errors import NotFound, NotThere, Step, UsageError
from bot.line import Written
from bot.meaning import target_jobs, targets
from bot.meaning.target_jobs import FoundJob
from bot.mrkdwn import code

_PATH = re.compile(r"[*?\[/]|\.[A-Za-z]\w*$")
"""What makes a last word a path and not a job: a wildcard, a slash, an ending."""


@dataclass(frozen=True, slots=True)
class Words:
    """`job` is its name, number or id, None when the last of `before` is its link; `glob` is what to narrow by."""

    before: tuple[str, ...]
    job: str | None
    glob: str | None

    @property
    def narrowing(self) -> tuple[str, ...]:
        return (self.glob,) if self.glob else ()


@dataclass(frozen=True, slots=True)
class Meant:
    """A job that ran, and those of its artifacts that are meant, by node and path."""

    project: ProjectSlug
    number: int
    job: str
    artifacts: tuple[Artifact, ...]
    narrowing: tuple[str, ...]

    @property
    def called(self) -> str:
        """Plain text."""
        return f"{self.job} #{self.number}"

    @property
    def words(self) -> tuple[str, ...]:
        """The job in words that are clear from anywhere."""
        return str(self.project), str(self.number)

    def only(self, artifact: Artifact) -> Written:
        """The line that asks for this artifact and no other."""
        return line("artifacts", *self.words, f"./{escape(artifact.path)}", node=str(artifact.node_index))


def read(words: Sequence[str], base_url: str) -> Words:
    """Take a line's words apart. Raises UsageError when none of them names a job."""
    rest, glob = list(words), None
    if len(rest) > 1 and not Link.parse(rest[-1], base_url) and _PATH.search(rest[-1]):
        glob = rest.pop()
    pasted = Link.parse(rest[-1], base_url) if rest else None
    if pasted and pasted.job_number:
        return Words(tuple(rest), None, glob)
    if not rest or pasted:
        raise UsageError("Of which job? Say its number, paste its link, or name its pipeline and then the job.")
    return Words(tuple(rest[:-1]), rest[-1], glob)


async def find(context: Context, said: Sequence[str], node: int | None, again: targets.Again) -> Meant:
    """The artifacts that are meant. Raises NotThere when the job has none, or none that fits."""
    if job := await _called_like_a_path(context, said):
        return await _of(context, job, Words(tuple(said[:-1]), said[-1], None), node)
    words = read(said, context.links.base_url)
    rest = (*filter(None, [words.job]), *words.narrowing)
    by_ids = partial(_by_ids, again, words)
    job = await target_jobs.anywhere(context, words.before, words.job, lambda *before: again(*before, *rest), by_ids)
    return await _of(context, job, words, node)


def _by_ids(again: targets.Again, words: Words, workflow: Workflow, job: Job) -> Written:
    return again(workflow.id, job.id, *words.narrowing)


async def _called_like_a_path(context: Context, said: Sequence[str]) -> FoundJob | None:
    """A last word that looks like a path is a job (`node/test`, `test-node-18.x`), where there is one of that name."""
    if len(said) < 2 or said[-1].startswith("./") or not _PATH.search(said[-1]) or _links_a_job(context, said):
        return None
    with suppress(NotThere, NotFound, UsageError):
        return await target_jobs.exactly(context, said[:-1], said[-1])
    return None


def _links_a_job(context: Context, said: Sequence[str]) -> bool:
    pasted = [Link.parse(word, context.links.base_url) for word in said]
    return any(one and one.job_number for one in pasted)


async def _of(context: Context, job: FoundJob, words: Words, node: int | None) -> Meant:
    if job.number is None:
        raise NotThere(f"{code(job.name)} has not run, so it has left no artifacts.")
    known = await context.circleci.artifacts(job.project, job.number)
    meant = Meant(job.project, job.number, job.name, tuple(chosen(known, words.glob, node)), words.narrowing)
    if not known:
        yet = "" if job.ended else " yet: they come when it has ended"
        raise NotThere(f"{code(job.name)} has stored no artifacts{yet}.")
    if not meant.artifacts:
        all_of_them = Step("Show them all", line("artifacts", *meant.words))
        raise NotThere(f"None of the {len(known)} artifacts of {code(job.name)} fits.", all_of_them)
    return meant


def chosen(artifacts: Sequence[Artifact], glob: str | None, node: int | None) -> list[Artifact]:
    """Those that fit, by node and path. A glob without a slash is also looked for in every folder."""
    fitting = [one for one in artifacts if node in (None, one.node_index) and _fits(one.path, glob)]
    return sorted(fitting, key=lambda one: (one.node_index, one.path))


def _fits(path: str, glob: str | None) -> bool:
    if glob is None:
        return True
    here = glob.removeprefix("./")
    return fnmatchcase(path, here) or ("/" not in glob and fnmatchcase(path.rpartition("/")[2], glob))
