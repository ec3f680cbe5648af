"""The state of the webhook that we installed for a project."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import kit
from bot.blocks.status_blocks import format_ago
from bot.circleci.models import Webhook
from bot.circleci.token_load import HourlyLoad
from bot.command import format_line
from bot.domain import ProjectSlug
from bot.domain.project_feeds import Hook
from bot.language import N_, _
from bot.messages import Message
from bot.mrkdwn import as_code

WITHOUT_ADDRESS = N_(
    "The person who runs circlebot sets PUBLIC_URL to an https address that leads here; until then it polls."
)

_STILL_POLLED = N_("What starts, and what waits for an approval, no webhook tells: that is found by polling as before.")


def format_manual_steps(address: str) -> tuple[str, ...]:
    """What somebody with the rights can do on CircleCI's page."""
    return (
        _("Ask one to say the same here, or to add it by hand: *Project Settings → Webhooks → Add Webhook*."),
        _("Receiver URL {address}, events *Workflow Completed* and *Job Completed*.", address=as_code(address)),
        _("Secret: the CIRCLECI_WEBHOOK_SECRET of this circlebot. Until then it polls."),
    )


def render_installed(hook: Hook) -> Message:
    text = _(
        ":satellite_antenna: CircleCI tells us at once what ends in {project}.", project=as_code(str(hook.project))
    )
    note = kit.context(
        _(
            "The webhook is looked after, and goes with the project's last rule. {still_polled}",
            still_polled=_STILL_POLLED,
        )
    )
    buttons = [*build_buttons(hook.project, hook, possible=True), _build_all_button(hook.project)]
    return Message(text, [kit.section(text), note, kit.actions(buttons)])


def render_removed(project: ProjectSlug, *, was_there: bool) -> Message:
    text = (
        _(
            ":wastebasket: Removed our webhook of {project}; what ends there is found by polling again.",
            project=as_code(str(project)),
        )
        if was_there
        else _(":information_source: We have no webhook in {project}.", project=as_code(str(project)))
    )
    return Message(
        text,
        [kit.section(text), kit.actions([*build_buttons(project, None, possible=True), _build_all_button(project)])],
    )


def format_state(hook: Hook | None, *, possible: bool) -> str:
    """In a sentence; `possible` says that CircleCI can reach us."""
    if hook is None:
        return (
            _("No webhook of ours: what ends is found by polling.")
            if possible
            else _("No webhook of ours. {without_address}", without_address=WITHOUT_ADDRESS)
        )
    ours = _("Our webhook was installed by <@{user}>", user=hook.user)
    if hook.error:
        return _("{ours}, but could not be seen to: {error}", ours=ours, error=hook.error)
    if hook.quiet_at:
        return _(
            "{ours}, but is *quiet* since {ago}: polling found what it had not told, and has resumed.",
            ours=ours,
            ago=format_ago(hook.quiet_at),
        )
    if hook.refused_at:
        return _("{ours}, but something with a wrong signature came to it. It is getting a new secret.", ours=ours)
    if hook.heard_at:
        return _("{ours} and is healthy: last heard {ago}.", ours=ours, ago=format_ago(hook.heard_at))
    return _("{ours}, and has not told anything yet.", ours=ours)


def format_polling_load(whose: str, load: HourlyLoad, hook: Hook | None) -> str:
    """How much polling asks of the token that reads a project."""
    advice = _(" A webhook lets it ask for less.") if load.is_heavy and hook is None else ""
    return _("Polling reads it with {whose}: {load}.{advice}", whose=whose, load=load, advice=advice)


def build_buttons(project: ProjectSlug, hook: Hook | None, *, possible: bool) -> list[kit.Pressable]:
    remove = [kit.button(_("Remove Our Webhook"), format_line("webhooks", "rm", str(project)))] if hook else []
    return [*build_install_buttons(project, hook, possible=possible), *remove]


def build_install_buttons(project: ProjectSlug, hook: Hook | None, *, possible: bool) -> list[kit.Pressable]:
    """What lets CircleCI tell us, where it does not."""
    if not possible or (hook and not (hook.error or hook.quiet_at)):
        return []
    label = _("Install Our Webhook Again") if hook else _("Install Our Webhook")
    return [kit.button(label, format_line("webhooks", "install", str(project)))]


def _build_all_button(project: ProjectSlug) -> kit.Pressable:
    return kit.button(_("Show Webhooks"), format_line("webhooks", str(project)))


def format_presence(there: Sequence[Webhook], public_url: str | None) -> str:
    """After a lost answer: what CircleCI has now."""
    if public_url and any(one.url.startswith(public_url) for one in there):
        return _("Our webhook is there now.")
    return _("Our webhook is not there now.")
