"""What is said when a deploy ended: what runs where now, what it replaced, who brought it, and why it failed."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import deploy_blocks, kit, person_blocks, pipeline_title
from bot.circleci.links import Links
from bot.circleci.models.deploy_models import DEFAULT
from bot.circleci.snapshot import Snapshot
from bot.command import format_line
from bot.domain import Deploy, Outcome, OutcomeClass, OutcomeKind, ProjectSlug
from bot.language import N_, _
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import as_bold, as_code, as_link, as_quote, cut, escape
from bot.untrusted.invisible_marks import to_one_line

VERSION, NAME, REASON = 80, 60, 160
_WHOLE_REASON = 500


def render(outcome: Outcome, deploy: Deploy, snapshot: Snapshot, *, links: Links) -> Message:
    """The notice below a card, and a direct message."""
    emoji, text = format_deploy(outcome, deploy, _link_workflow(outcome, links))
    where = pipeline_title.format_pipeline(snapshot, outcome.project)
    headline = f"{emoji} {text} — {where}"
    return _build(headline, [], outcome, deploy, snapshot, links)


def render_own(outcome: Outcome, deploy: Deploy, snapshot: Snapshot, *, links: Links) -> Message:
    """The same for whoever started it: what they want to hear comes first."""
    emoji, text = format_deploy(outcome, deploy, _link_workflow(outcome, links))
    if outcome.kind != OutcomeKind.DEPLOYED:
        return render(outcome, deploy, snapshot, links=links)
    place = format_place(deploy.environment, deploy.component, deploy.namespace, outcome.project)
    where = pipeline_title.format_pipeline(snapshot, outcome.project)
    headline = _("{emoji} Your change is in {place}: {pipeline}", emoji=emoji, place=place, pipeline=where)
    return _build(headline, [text], outcome, deploy, snapshot, links)


def render_line(outcome: Outcome, deploy: Deploy, snapshot: Snapshot, *, links: Links) -> Message:
    """The same in one line, for a channel: Slack names the card above it."""
    emoji, text = format_deploy(outcome, deploy, _link_workflow(outcome, links))
    reason = f": {escape(cut(to_one_line(deploy.reason), REASON))}" if deploy.reason else ""
    where = pipeline_title.format_pipeline(snapshot, outcome.project)
    return Message(f"{emoji} {text} — {where}{reason}", [kit.section(f"{emoji} {text}{reason}")])


def _build(
    headline: str, told: Sequence[str], outcome: Outcome, deploy: Deploy, snapshot: Snapshot, links: Links
) -> Message:
    by_hand = deploy.is_rollback or deploy.asked_by
    origin = _format_doer(outcome, deploy) if by_hand else deploy_blocks.format_origin(snapshot.pipeline, links)
    reason = as_quote(deploy.reason, _WHOLE_REASON) if deploy.reason else ""
    body = [kit.section(text)] if (text := "\n".join(filter(None, [*told, origin, reason]))) else []
    return Message(headline, [kit.section(headline), *body, kit.actions(_build_buttons(outcome, deploy))])


def _format_doer(outcome: Outcome, deploy: Deploy) -> str:
    """Who rolled back: the commit that the pipeline runs on says nothing of it."""
    who = person_blocks.format_user(deploy.asked_by) or person_blocks.format_login(outcome.actor)
    return _("Started by {who}.", who=who) if who else ""


def format_deploy(outcome: Outcome, deploy: Deploy, name: str) -> tuple[str, str]:
    """An emoji, and what became of it; `name` (mrkdwn) is its workflow's."""
    emoji, plain, over = _choose(outcome, deploy)
    values = {
        "workflow": name,
        "version": as_code(deploy.version or "?", VERSION),
        "place": format_place(deploy.environment, deploy.component, deploy.namespace, outcome.project),
        "source": as_bold(escape(cut(deploy.promoted_from, NAME))),
        "replaced": as_code(deploy.replaced, VERSION),
    }
    return emoji, _(over if deploy.replaced and over else plain, **values)


def format_place(environment: str, component: str, namespace: str, project: ProjectSlug) -> str:
    """`*production*`, with the component where it is not called as the project, and a namespace of its own."""
    names = [environment]
    if component != project.project:
        names.append(component)
    if namespace != DEFAULT:
        names.append(namespace)
    return as_bold(escape(" · ".join(cut(name, NAME) for name in names if name)))


def list_parts(outcome: Outcome) -> list[str]:
    """What went where, for a row of several parts; nothing where it is no deploy."""
    if outcome.deploy is None:
        return []
    return [as_code(outcome.deploy.version or "?", VERSION), format_where(outcome)]


def format_where(outcome: Outcome) -> str:
    """Where a deploy went; "" of what is none."""
    deploy = outcome.deploy
    return format_place(deploy.environment, deploy.component, deploy.namespace, outcome.project) if deploy else ""


def _choose(outcome: Outcome, deploy: Deploy) -> tuple[str, str, str]:
    """An emoji, and the sentence without and with what it replaced; "" where that is not said."""
    if OutcomeClass.PROMOTED in outcome.classes:
        return _PROMOTED
    if OutcomeClass.VALIDATION_FAILED in outcome.classes:
        return _INVALID
    if outcome.kind == OutcomeKind.DEPLOY_FAILED and deploy.is_rollback:
        return _NOT_BACK
    return _SENTENCES[outcome.kind]


_SENTENCES = {
    OutcomeKind.DEPLOYED: (
        ":rocket:",
        N_("{workflow} deployed {version} to {place}"),
        N_("{workflow} deployed {version} to {place}, in place of {replaced}"),
    ),
    OutcomeKind.DEPLOY_FAILED: (
        ":x:",
        N_("{workflow} failed to deploy {version} to {place}"),
        N_("{workflow} failed to deploy {version} to {place}, where {replaced} ran"),
    ),
    OutcomeKind.ROLLED_BACK: (
        ":leftwards_arrow_with_hook:",
        N_("{workflow} rolled {place} back to {version}"),
        N_("{workflow} rolled {place} back from {replaced} to {version}"),
    ),
}
_PROMOTED = (
    ":rocket:",
    N_("{workflow} promoted {version} from {source} to {place}"),
    N_("{workflow} promoted {version} from {source} to {place}, in place of {replaced}"),
)
_INVALID = (
    ":x:",
    N_("{version} failed its validation in {place}; {workflow} deployed it"),
    N_("{version} failed its validation in {place}; {workflow} deployed it in place of {replaced}"),
)
_NOT_BACK = (
    ":x:",
    N_("{workflow} failed to roll {place} back to {version}"),
    N_("{workflow} failed to roll {place} back from {replaced} to {version}"),
)


def _link_workflow(outcome: Outcome, links: Links) -> str:
    """Its pipeline where the workflow is not known."""
    number = outcome.pipeline_number
    if outcome.workflow_id is None:
        return as_bold(as_link(links.pipeline_url(outcome.project, number), f"#{number}"))
    url = links.workflow_url(outcome.project, number, outcome.workflow_id)
    return as_bold(as_link(url, outcome.workflow))


def _build_buttons(outcome: Outcome, deploy: Deploy) -> list[kit.Pressable]:
    buttons: list[kit.Pressable] = [kit.button(_("Show Deploys"), format_line("deploys", str(outcome.project)))]
    if outcome.kind != OutcomeKind.DEPLOY_FAILED or deploy.is_rollback:
        return buttons
    return [kit.button(_("Roll Back…"), _format_rollback(outcome, deploy)), *buttons]


def _format_rollback(outcome: Outcome, deploy: Deploy) -> Written:
    place = {"environment": deploy.environment, "component": deploy.component, "namespace": deploy.namespace}
    return format_line("rollback", str(outcome.project), **place)
