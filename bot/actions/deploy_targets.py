"""Which place of a project's deploys is meant: a component in an environment, and its namespace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.actions.known_places import check_names
from bot.actions.target_projects import resolve_project
from bot.blocks import deploy_blocks
from bot.circleci.deployed_places import DeployPlace, ProjectDeploys, fetch_deploys
from bot.command import Context, ParsedLine, format_line
from bot.errors import NextStep, TargetError
from bot.language import _
from bot.line import Written
from bot.mrkdwn import as_code
from bot.permissions import ActTarget


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """What somebody says of a place."""

    project: str | None = None
    environment: str | None = None
    component: str | None = None
    namespace: str | None = None

    @property
    def options(self) -> dict[str, str | None]:
        return {"environment": self.environment, "component": self.component, "namespace": self.namespace}

    @classmethod
    def parse(cls, line: ParsedLine) -> PlaceWords:
        names = ("environment", "component", "namespace")
        return cls(next(iter(line.words), None), *(line.get_value(name) for name in names))


@dataclass(frozen=True, slots=True)
class FoundPlace:
    deploys: ProjectDeploys
    place: DeployPlace

    def to_line(self, command: str, **more: str | bool | None) -> Written:
        """The command said of just this place."""
        return deploy_blocks.format_place_line(command, self.place, self.deploys.project, **more)

    def to_words(self) -> PlaceWords:
        place = self.place
        return PlaceWords(self.deploys.project.slug, place.environment.name, place.component.name, place.namespace)


async def resolve_place(
    context: Context,
    command: str,
    said: PlaceWords,
    fits: Callable[[DeployPlace], bool] = lambda _place: True,
    **more: str | None,
) -> FoundPlace:
    """The only place that is called so and `fits`. Raises TargetError where none is, or several are.

    What is offered then says again what `more` was said, by option.
    Whoever may not see what is deployed chooses nothing of it: NotAllowed.
    """
    options = {**said.options, **more}
    slug = await resolve_project(context, said.project, lambda *words: format_line(command, *words, **options))
    await context.rights.check_act(ActTarget(project=slug), "deploys", final=False)
    project = await context.circleci.fetch_project(slug)
    deploys = await fetch_deploys(context.circleci, project, environment=said.environment, component=said.component)
    names = {"environment": said.environment, "component": said.component}
    check_names(deploys, names, lambda **new: format_line(command, str(slug), **{**options, **new}))
    return pick_place(command, deploys, said, fits, **more)


def pick_place(
    command: str,
    deploys: ProjectDeploys,
    said: PlaceWords,
    fits: Callable[[DeployPlace], bool],
    **more: str | None,
) -> FoundPlace:
    """Raises TargetError whose choices name each just one place."""
    project = deploys.project
    called = [one for one in deploys.places if said.namespace in {None, one.namespace}]
    fitting = [one for one in called if fits(one)] or called
    if not fitting:
        raise build_unfound_error(deploys, said)
    if len(fitting) > 1 or is_one_of_more(deploys, said):
        labels = [(deploy_blocks.get_place_label(one, project), one) for one in fitting[:10]]
        steps = [
            NextStep(label, deploy_blocks.format_place_line(command, one, project, **more)) for label, one in labels
        ]
        raise TargetError(" ".join([_("Where?"), *deploy_blocks.list_partial(deploys)]), *steps)
    return FoundPlace(deploys, fitting[0])


def is_one_of_more(deploys: ProjectDeploys, said: PlaceWords) -> bool:
    """Whether what was found is only the part that was looked at: the one that is meant may not be there."""
    return deploys.is_partial and said.component is None


def build_unfound_error(deploys: ProjectDeploys, said: PlaceWords) -> TargetError:
    """Nothing was deployed there, though each name is one; or the project deploys nothing that CircleCI knows of.

    Where there are more components than are looked at, it is said of those alone.
    """
    project = deploys.project
    if not deploys.components:
        return TargetError(deploy_blocks.format_none(project))
    text = " ".join([_format_unfound(deploys, said), *deploy_blocks.list_partial(deploys)])
    return TargetError(
        text,
        NextStep(_("Show Deploys"), format_line("deploys", project.slug)),
    )


def _format_unfound(deploys: ProjectDeploys, said: PlaceWords) -> str:
    project = as_code(deploys.project.full_name)
    place = " · ".join(as_code(one, 80) for one in (said.environment, said.component, said.namespace) if one)
    if place and deploys.is_partial:
        return _(
            "None of the components of {project} that I looked at was deployed to {place}.",
            project=project,
            place=place,
        )
    if place:
        return _("Nothing of {project} was deployed to {place}.", project=project, place=place)
    if deploys.is_partial:
        return _("None of the components of {project} that I looked at runs anywhere.", project=project)
    return _("CircleCI shows nothing of {project} that runs anywhere.", project=project)
