"""Which pipeline definition a trigger runs: the only one, or the one that a person chose; and what has none to run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from bot.ambiguity import meant
from bot.circleci.integration import Integration, integration
from bot.circleci.models import Definition, Project
from bot.command import Context, line
from bot.errors import CircleCIError, NotThere, Step
from bot.line import Written
from bot.mrkdwn import code, cut, escape


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a trigger runs: without an `id` the classic trigger.

    `alike` are the definitions that read the same config, None where there is no other; `config_elsewhere` says that it
    is kept in another repository than the code.
    """

    id: str | None = None
    alike: frozenset[str] | None = None
    config_elsewhere: bool = False

    def config_ref(self, branch: str | None) -> Mapping[str, str] | None:
        """Where the config is read; None for where the code is. With no branch said, its repository's default."""
        if branch:
            return {"branch": branch}
        return {} if self.config_elsewhere else None


USUAL_FILE = ".circleci/config.yml"

Again = Callable[[str | None], Written]
"""The line that triggers with another definition, or with none."""


async def known(context: Context, project: Project, *, needed: bool = False) -> list[Definition]:
    """The project's definitions; none where it can do without and CircleCI tells of none, as a Server does.

    Raises NotThere for a project that nothing triggers by API, CircleCIError, and NotThere on a Server where a
    definition is `needed` (or the slug is opaque, which only definitions start).
    """
    needed = needed or project.project.vcs == "circleci"
    try:
        found = await context.circleci.definitions(project.id)
    except CircleCIError:
        if needed:
            raise
        return []
    if project.project.vcs == "circleci":
        await _refuse_gitlab(context, project, found or ())
    if found is None and needed:
        raise _none_on_a_server(context, project)
    return found or []


async def _refuse_gitlab(context: Context, project: Project, found: Sequence[Definition]) -> None:
    if await integration(context.circleci, project, found) is Integration.GITLAB:
        raise NotThere(
            f"*{cut(escape(project.full_name), 150)}* is a GitLab project, and CircleCI's API triggers none of those.",
            "Push a commit, or rerun what ran before: that works here too.",
            Step("Recent pipelines", line("recent", project.slug)),
        )


def _none_on_a_server(context: Context, project: Project) -> NotThere:
    classic = project.project.vcs != "circleci"
    return NotThere(
        f"The CircleCI at {context.links.base_url} has no pipeline definitions (a Server has none).",
        "Leave `--definition` out: the project is triggered without."
        if classic
        else "Without them its API triggers no `circleci/…` project: push a commit instead.",
    )


def choose(known: Sequence[Definition], wanted: str | None, project: Project, again: Again) -> Chosen:
    """The definition to run; without an id for the classic trigger. Of several the person chooses: raises NotThere."""
    if wanted is None and len(known) > 1:
        raise _which(known, again)
    if wanted is None:
        return sole(known, project)
    found = meant(wanted, known, lambda one: [one.name], lambda one: [one.id])
    if len(found) == 1:
        return of(known, found[0].id)
    raise _which(found, again) if found else _no_such(wanted, known, again)


def sole(known: Sequence[Definition], project: Project) -> Chosen:
    """The only one; the classic trigger runs it too, where there is one."""
    return of(known, known[0].id if known and project.project.vcs == "circleci" else None)


def of(known: Sequence[Definition], id_: str | None) -> Chosen:
    """What is known of one of these definitions."""
    chosen = next((one for one in known if one.id == id_), None)
    if chosen is None:
        return Chosen(id_)
    source, checkout = _repo(chosen.config_source), _repo(chosen.checkout_source)
    alike = [one.id for one in known if one is chosen or (chosen.config_source and _same_file(one, chosen))]
    elsewhere = bool(source and checkout and source != checkout)
    return Chosen(id_, frozenset(alike) if len(alike) < len(known) else None, config_elsewhere=elsewhere)


def usual(known: Sequence[Definition]) -> Chosen:
    """What a schedule runs, and whatever else names no definition: the one of the usual file."""
    of_file = (one.id for one in known if one.config_source and one.config_source.file_path == USUAL_FILE)
    return of(known, next(of_file, None))


def _same_file(one: Definition, other: Definition) -> bool:
    files = [source.file_path for each in (one, other) if (source := each.config_source)]
    return len(files) == 2 and files[0] == files[1] and _repo(one.config_source) == _repo(other.config_source)


def _repo(source: Definition.Source | None) -> str:
    """What tells a repository from others; "" where CircleCI does not say."""
    return source.repo.full_name if source and source.repo else ""


def _which(several: Sequence[Definition], again: Again) -> NotThere:
    steps = [Step(definition.name or definition.id, again(definition.id)) for definition in several]
    return NotThere("This project has several pipeline definitions. Which one?", *steps[:10])


def _no_such(wanted: str, known: Sequence[Definition], again: Again) -> NotThere:
    by_name = {definition.name: definition for definition in known}
    near = get_close_matches(wanted, by_name, n=3) or list(by_name)[:10]
    steps = [Step(f"Use {name}", again(by_name[name].id)) for name in near]
    return NotThere(f"This project has no pipeline definition {code(wanted, 80)}.", *steps)
