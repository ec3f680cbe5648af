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
from bot.messages import Message
from bot.mrkdwn import as_code

WITHOUT_ADDRESS = (
    "The person who runs circlebot sets PUBLIC_URL to an https address that leads here; until then it polls."
)

_STILL_POLLED = "What starts, and what waits for an approval, no webhook tells: that is found by polling as before."


def format_manual_steps(address: str) -> tuple[str, ...]:
    """What somebody with the rights can do on CircleCI's page."""
    return (
        "Ask one to say the same here, or to add it by hand: *Project Settings → Webhooks → Add Webhook*.",
        f"Receiver URL {as_code(address)}, events *Workflow Completed* and *Job Completed*.",
        "Secret: the CIRCLECI_WEBHOOK_SECRET of this circlebot. Until then it polls.",
    )


def render_installed(hook: Hook) -> Message:
    text = f":satellite_antenna: CircleCI tells us at once what ends in {as_code(str(hook.project))}."
    note = kit.context(f"The webhook is looked after, and goes with the project's last rule. {_STILL_POLLED}")
    buttons = [*build_buttons(hook.project, hook, possible=True), _build_all_button(hook.project)]
    return Message(text, [kit.section(text), note, kit.actions(buttons)])


def render_removed(project: ProjectSlug, *, was_there: bool) -> Message:
    text = (
        f":wastebasket: Removed our webhook of {as_code(str(project))}; what ends there is found by polling again."
        if was_there
        else f":information_source: We have no webhook in {as_code(str(project))}."
    )
    return Message(
        text,
        [kit.section(text), kit.actions([*build_buttons(project, None, possible=True), _build_all_button(project)])],
    )


def format_state(hook: Hook | None, *, possible: bool) -> str:
    """In a sentence; `possible` says that CircleCI can reach us."""
    if hook is None:
        return (
            "No webhook of ours: what ends is found by polling."
            if possible
            else f"No webhook of ours. {WITHOUT_ADDRESS}"
        )
    ours = f"Our webhook was installed by <@{hook.user}>"
    if hook.error:
        return f"{ours}, but could not be seen to: {hook.error}"
    if hook.quiet_at:
        return (
            f"{ours}, but is *quiet* since {format_ago(hook.quiet_at)}: polling found what it had not "
            "told, and has resumed."
        )
    if hook.refused_at:
        return f"{ours}, but something with a wrong signature came to it. It is getting a new secret."
    if hook.heard_at:
        return f"{ours} and is healthy: last heard {format_ago(hook.heard_at)}."
    return f"{ours}, and has not told anything yet."


def format_polling_load(whose: str, load: HourlyLoad, hook: Hook | None) -> str:
    """How much polling asks of the token that reads a project."""
    advice = " A webhook lets it ask for less." if load.is_heavy and hook is None else ""
    return f"Polling reads it with {whose}: {load}.{advice}"


def build_buttons(project: ProjectSlug, hook: Hook | None, *, possible: bool) -> list[kit.Pressable]:
    remove = [kit.button("Remove Our Webhook", format_line("webhooks", "rm", str(project)))] if hook else []
    return [*build_install_buttons(project, hook, possible=possible), *remove]


def build_install_buttons(project: ProjectSlug, hook: Hook | None, *, possible: bool) -> list[kit.Pressable]:
    """What lets CircleCI tell us, where it does not."""
    if not possible or (hook and not (hook.error or hook.quiet_at)):
        return []
    label = "Install Our Webhook Again" if hook else "Install Our Webhook"
    return [kit.button(label, format_line("webhooks", "install", str(project)))]


def _build_all_button(project: ProjectSlug) -> kit.Pressable:
    return kit.button("Show Webhooks", format_line("webhooks", str(project)))


def format_presence(there: Sequence[Webhook], public_url: str | None) -> str:
    """After a lost answer: what CircleCI has now."""
    if public_url and any(one.url.startswith(public_url) for one in there):
        return "Our webhook is there now."
    return "Our webhook is not there now."
