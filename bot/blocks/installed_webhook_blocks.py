"""The state of the webhook that we installed for a project."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import kit
from bot.blocks.status_blocks import format_ago
from bot.circleci.models import Webhook
from bot.circleci.token_load import HourlyLoad
from bot.command import format_line
from bot.domain import ProjectSlug
from bot.domain.project_feeds import Hook, TokenOwner
from bot.language import N_, _, say_kept
from bot.messages import Message
from bot.mrkdwn import as_code

WITHOUT_ADDRESS = N_(
    "The person who runs circlebot sets PUBLIC_URL to an https address that leads here; until then I poll."
)


def format_manual_steps(address: str) -> tuple[str, ...]:
    """What somebody with the rights can do on CircleCI's page."""
    return (
        _("Ask one to say the same here, or to add it by hand: *Project Settings → Webhooks → Add Webhook*."),
        _("Receiver URL {address}, events *Workflow Completed* and *Job Completed*.", address=as_code(address)),
        _("Secret: the CIRCLECI_WEBHOOK_SECRET of this circlebot. Until then I poll."),
    )


def render_installed(hook: Hook) -> Message:
    text = _(":satellite_antenna: CircleCI reports at once what ends in {project}.", project=as_code(hook.project.name))
    note = kit.context(
        _(
            "I look after the webhook, and remove it with the project's last rule. No webhook reports what starts or "
            "waits for an approval: I find that by polling, as before."
        )
    )
    buttons = [*build_buttons(hook.project, hook, possible=True), _build_all_button(hook.project)]
    return Message(text, [kit.section(text), note, kit.actions(buttons)])


def render_removed(project: ProjectSlug, *, was_there: bool, possible: bool) -> Message:
    """What came of it; where CircleCI can reach us it is undone by installing another."""
    name = as_code(project.name)
    text = (
        _(":wastebasket: Removed our webhook of {project}. I find by polling again what ends there.", project=name)
        if was_there
        else _(":information_source: We have no webhook in {project}.", project=name)
    )
    label = _("Undo") if was_there else _("Install Our Webhook")
    install = [_build_install_button(label, project)] if possible else []
    return Message(text, [kit.section(text), kit.actions([*install, _build_all_button(project)])])


def format_state(hook: Hook | None, *, possible: bool) -> str:
    """In a sentence; `possible` says that CircleCI can reach us."""
    if hook is None:
        return _("No webhook of ours: I find by polling what ends.") if possible else _format_impossible()
    installed = _("<@{user}> installed our webhook.", user=hook.user)
    return f"{installed} {_format_health(hook)}"


def _format_impossible() -> str:
    none = _("No webhook of ours.")
    return f"{none} {_(WITHOUT_ADDRESS)}"


def _format_health(hook: Hook) -> str:
    if hook.error:
        return _("I could not check it: {error}", error=say_kept(hook.error))
    if hook.quiet_at:
        ago = format_ago(hook.quiet_at)
        return _("It is *quiet*: I found by polling {ago} what it did not report, and I poll again.", ago=ago)
    if hook.refused_at:
        return _("Something with a wrong signature came to it, so it is getting a new secret.")
    if hook.heard_at:
        return _("It is healthy: its last report came {ago}.", ago=format_ago(hook.heard_at))
    return _("It has not reported anything yet.")


def format_polling_load(owner: TokenOwner, load: HourlyLoad, hook: Hook | None, *, workspace: str) -> str:
    """How much polling asks of the token that reads a project, as a person of this workspace may know it."""
    sentences = {
        workspace: _("I poll it with the token of <@{user}>: {load}.", user=owner.user, load=load),
        "": _("I poll it with the token of circlebot's operator: {load}.", load=load),
    }
    told = sentences.get(owner.workspace, _("I poll it with a token of another workspace: {load}.", load=load))
    advice = _("With a webhook I would ask CircleCI less often.")
    return f"{told} {advice}" if load.is_heavy and hook is None else told


def build_buttons(project: ProjectSlug, hook: Hook | None, *, possible: bool) -> list[kit.Pressable]:
    remove = [kit.button(_("Remove Our Webhook"), format_line("webhooks", "rm", str(project)))] if hook else []
    return [*build_install_buttons(project, hook, possible=possible), *remove]


def build_install_buttons(project: ProjectSlug, hook: Hook | None, *, possible: bool) -> list[kit.Pressable]:
    """What lets CircleCI tell us, where it does not."""
    if not possible or (hook and not (hook.error or hook.quiet_at)):
        return []
    label = _("Install Our Webhook Again") if hook else _("Install Our Webhook")
    return [_build_install_button(label, project)]


def _build_install_button(label: str, project: ProjectSlug) -> kit.Pressable:
    return kit.button(label, format_line("webhooks", "install", str(project)))


def _build_all_button(project: ProjectSlug) -> kit.Pressable:
    return kit.button(_("Show Webhooks"), format_line("webhooks", str(project)))


def format_presence(there: Sequence[Webhook], public_url: str | None) -> str:
    """After a lost answer: what CircleCI has now."""
    if public_url and any(one.url.startswith(public_url) for one in there):
        return _("Our webhook is there now.")
    return _("Our webhook is not there now.")
