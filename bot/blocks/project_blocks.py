"""Projects: how one is called, all about one, and the list of those that a person can see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from slack_sdk.models.blocks import ConfirmObject

from bot.blocks import kit, settings_blocks
from bot.blocks.pager import build_pager
from bot.circleci.integration import Integration
from bot.circleci.links import Links
from bot.circleci.models import PipelineDefinition, Project
from bot.command import format_line
from bot.domain import ProjectSlug
from bot.language import N_, _, ngettext
from bot.mrkdwn import as_code, as_link, cut, escape
from bot.untrusted.patterns import compile_linear

PAGE = 10

_ADDRESS = compile_linear(r"https?://[^\s<>|]+")


def format_name(project: Project) -> str:
    """`acme/web` as code; an opaque slug gives way to its readable name."""
    if project.project.vcs != "circleci":
        return as_code(project.project.name)
    return f"*{cut(escape(project.full_name), 150)}*"


def render_list(projects: Sequence[Project], page: int, here: ProjectSlug | None, *, links: Links) -> list[kit.Block]:
    """One page, each project with what can be done with it; `here` is the channel's own."""
    shown = projects[(page - 1) * PAGE : page * PAGE]
    return [
        kit.header(_("Your projects")),
        *[_row(project, links, is_here=project.project == here) for project in shown],
        *build_pager(page, format_line("projects"), more=page * PAGE < len(projects)),
    ]


def _row(project: Project, links: Links, *, is_here: bool) -> kit.Block:
    slug = str(project.project)
    note = _format_default_note() if is_here else ""
    use = [] if is_here else [(_("Use here"), format_line("use", slug))]
    said = (
        (_("Trigger…"), "trigger"),
        (_("Subscribe"), "subscribe"),
        (_("Show status"), "status"),
        (_("Show details"), "project"),
    )
    choices = [*use, *((label, format_line(command, slug)) for label, command in said)]
    link = as_link(links.project_url(project.project), cut(project.full_name, 150))
    return kit.section(f"{link}{note}", kit.overflow(choices))


def _format_default_note() -> str:
    return " — :pushpin: " + _("the default project here")


def render_details(
    project: Project,
    definitions: Sequence[PipelineDefinition],
    integration: Integration,
    *,
    here: ProjectSlug | None,
    words: AbstractSet[str],
    links: Links,
    hook: str,
    asked: str = "",
    hook_offers: Sequence[kit.Pressable] = (),
    marks: Sequence[kit.Block] = (),
) -> list[kit.Block]:
    """All about one project.

    `here` is the channel's own, `words` are the commands that there are, `hook` describes our webhook, `asked`
    how much the token that reads it is asked. `marks` are its own, rendered.
    """
    note = _format_default_note() if project.project == here else ""
    can_start = integration is not Integration.GITLAB
    return [
        kit.section(f"{format_name(project)}{note}"),
        kit.fields(_facts(project, definitions, integration)),
        *_definitions(project, definitions),
        *marks,
        kit.actions(list(_build_actions(project, links, is_here=bool(note), can_start=can_start))),
        *_settings(project, words, hook_offers),
        *([] if can_start else [kit.context(_("CircleCI's API triggers no GitLab projects: push a commit instead."))]),
        kit.context(f":satellite_antenna: {hook}"),
        *kit.build_notes(f":hourglass: {asked}" if asked else ""),
    ]


def _facts(project: Project, definitions: Sequence[PipelineDefinition], integration: Integration) -> Iterator[str]:
    org = f"*{cut(escape(project.organization_name), 100)}*" if project.organization_name else ""
    yield _format_fact(
        _("Organisation"), f"{org} {as_code(project.organization_slug or project.project.org_slug, 100)}"
    )
    code = _(integration.value)
    where = _repository(project, definitions)
    yield _format_fact(_("Code"), f"{code} · {where}" if where else code)
    branch = as_code(project.default_branch, 120) if project.default_branch else _("unknown")
    yield _format_fact(_("Default branch"), branch)
    yield _format_fact(_("Slug"), as_code(str(project.project)))
    yield _format_fact(_("Project id"), as_code(project.id))
    yield _format_fact(_("Organisation id"), as_code(project.organization_id))


def _format_fact(label: str, value: str) -> str:
    return f"*{label}*\n{value}"


def _repository(project: Project, definitions: Sequence[PipelineDefinition]) -> str:
    """Linked where CircleCI gives an address; of an opaque project only its definitions know the name."""
    url = project.vcs_info.vcs_url if project.vcs_info else ""
    if _ADDRESS.fullmatch(url):
        return as_link(url, url.partition("://")[2])
    names = [source.repo.full_name for one in definitions if (source := one.checkout_source) and source.repo]
    return as_code(names[0], 120) if names and names[0] else ""


def _definitions(project: Project, definitions: Sequence[PipelineDefinition]) -> Iterator[kit.Block]:
    """Each with its button, where there is a choice."""
    if definitions:
        yield kit.header(_("Pipeline definitions ({count})", count=len(definitions)))
    for definition in definitions[:_DEFINITIONS]:
        start = format_line("trigger", project.slug, definition=definition.id)
        name = cut(definition.name or definition.id, 60)
        yield kit.section(
            _definition(definition),
            kit.button(_("Trigger {name}", name=name), start, confirm=_confirm_start(project, name)),
        )
    if (left := len(definitions) - _DEFINITIONS) > 0:
        yield kit.context(
            ngettext(
                "…and {count} more definition: `trigger` asks which.",
                "…and {count} more definitions: `trigger` asks which.",
                left,
            )
        )


def _definition(definition: PipelineDefinition) -> str:
    described = cut(escape(definition.description), 300)
    name = f"*{cut(escape(definition.name or definition.id), 150)}*"
    head = " — ".join(filter(None, [name, described]))
    return "\n".join(filter(None, [head, _format_config_place(definition)]))


def _format_config_place(definition: PipelineDefinition) -> str:
    source = definition.config_source
    file = as_code(source.file_path, 150) if source and source.file_path else ""
    repo = as_code(source.repo.full_name, 120) if source and source.repo and source.repo.full_name else ""
    return _("{file} in {repo}", file=file, repo=repo) if file and repo else file or repo


def _confirm_start(project: Project, name: str) -> ConfirmObject:
    shown = as_code(name, 80)
    text = (
        _("{name} runs on {branch}, in your name.", name=shown, branch=as_code(project.default_branch, 80))
        if project.default_branch
        else _("{name} runs on its default branch, in your name.", name=shown)
    )
    return kit.confirm(_("Trigger pipeline"), text, _("Trigger"))


def _build_actions(project: Project, links: Links, *, is_here: bool, can_start: bool) -> Iterator[kit.Pressable]:
    slug = project.slug
    if can_start:
        yield kit.button(_("Trigger…"), format_line("trigger", slug), style="primary")
    yield kit.button(_("Show Status"), format_line("status", slug))
    yield kit.link_button(_("Open in CircleCI"), links.project_url(project.project))
    use = [] if is_here else [(_("Use here"), format_line("use", slug))]
    said = ((_("Subscribe"), "subscribe"), (_("Show recent pipelines"), "recent"))
    yield from filter(None, [kit.overflow([*use, *((label, format_line(name, slug)) for label, name in said)])])


def _settings(project: Project, words: AbstractSet[str], more: Sequence[kit.Pressable]) -> Iterator[kit.Block]:
    """What else can be asked about it: only of commands that there are."""
    options = [
        kit.option(_(label), format_line(name, project.slug, **options))
        for label, name, options in _MORE
        if name in words
    ]
    menu = [kit.menu(_("Show more of it…"), options)] if options else []
    if menu or more:
        yield kit.actions([*menu, *more])


_DEFINITIONS = 10

_MORE: Sequence[tuple[str, str, Mapping[str, bool]]] = (
    (N_("Insights"), "insights", {}),
    (N_("Flaky tests"), "flaky", {}),
    *settings_blocks.PAGES,
)
