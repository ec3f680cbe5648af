"""Which artifacts the words of a line mean: those of a job, narrowed by a path or a glob and by a node."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from glob import escape

from bot.actions import target_jobs
from bot.actions.target_jobs import FoundJob
from bot.actions.target_projects import LineBuilder, move_visible_project_first
from bot.actions.target_words import TargetReference
from bot.circleci.links import Link
from bot.circleci.models import Artifact
from bot.command import Context, format_line
from bot.errors import NextStep, TargetError
from bot.language import _, ngettext
from bot.line import Written
from bot.mrkdwn import as_code

_PATH = re.compile(r"[*?\[/]|\.[A-Za-z]\w*$")
"""What makes a last word a path and not a job: a wildcard, a slash, an ending."""


@dataclass(frozen=True, slots=True)
class FoundArtifacts:
    """A job that ran, and those of its artifacts that are meant, by node and path."""

    job: FoundJob
    artifacts: tuple[Artifact, ...]
    narrowing: tuple[str, ...]

    def build_line_for(self, artifact: Artifact) -> Written:
        """The line that asks for this artifact and no other."""
        return format_line("artifacts", *self.job.words, f"./{escape(artifact.path)}", node=str(artifact.node_index))


def split_path(words: Sequence[str], base_url: str) -> tuple[tuple[str, ...], str | None]:
    """The words that name a job, and what narrows its artifacts."""
    if len(words) > 1 and not Link.parse(words[-1], base_url) and _PATH.search(words[-1]):
        return tuple(words[:-1]), words[-1]
    return tuple(words), None


async def resolve(
    context: Context, typed: Sequence[str], job: str | None, node: int | None, build_line: LineBuilder
) -> FoundArtifacts:
    """The artifacts that are meant. Raises TargetError when the job has none, or none that fits."""
    typed = await move_visible_project_first(context, typed)
    words, glob = split_path(typed, context.links.base_url)
    if glob and not job and (called_so := await _find_job_like_path(context, words, glob)):
        return await _fetch_artifacts(context, called_so, None, node)
    narrowing = (glob,) if glob else ()
    found = await target_jobs.resolve(context, words, job, lambda *words: build_line(*words, *narrowing))
    return await _fetch_artifacts(context, found, glob, node)


async def _find_job_like_path(context: Context, words: Sequence[str], last: str) -> FoundJob | None:
    """A last word that looks like a path is a job (`node/test`, `test-node-18.x`), where there is one of that name."""
    if last.startswith("./") or TargetReference.parse(words, context.links.base_url).names_job:
        return None
    return await target_jobs.find_exact(context, words, last)


async def _fetch_artifacts(context: Context, job: FoundJob, glob: str | None, node: int | None) -> FoundArtifacts:
    if job.number is None:
        raise TargetError(_("{job} has not run, so it has left no artifacts.", job=as_code(job.name)))
    known = await context.circleci.list_artifacts(job.project, job.number)
    meant = FoundArtifacts(job, tuple(filter_artifacts(known, glob, node)), (glob,) if glob else ())
    if not known:
        raise _build_none_error(job)
    if not meant.artifacts:
        raise _build_unfit_error(job, len(known))
    return meant


def _build_none_error(job: FoundJob) -> TargetError:
    name = as_code(job.name)
    if job.ended:
        return TargetError(_("{job} has stored no artifacts.", job=name))
    return TargetError(_("{job} has stored no artifacts yet: they come when it has ended.", job=name))


def _build_unfit_error(job: FoundJob, count: int) -> TargetError:
    return TargetError(
        ngettext(
            "The only artifact of {job} does not fit.",
            "None of the {count} artifacts of {job} fits.",
            count,
            job=as_code(job.name),
        ),
        NextStep(_("Show Them All"), format_line("artifacts", *job.words)),
    )


def filter_artifacts(artifacts: Sequence[Artifact], glob: str | None, node: int | None) -> list[Artifact]:
    """Those that fit, by node and path. A glob without a slash is also looked for in every folder."""
    fitting = [one for one in artifacts if node in (None, one.node_index) and _fits(one.path, glob)]
    return sorted(fitting, key=lambda one: (one.node_index, one.path))


def _fits(path: str, glob: str | None) -> bool:
    if glob is None:
        return True
    here = glob.removeprefix("./")
    return fnmatchcase(path, here) or ("/" not in glob and fnmatchcase(path.rpartition("/")[2], glob))
