"""What a newcomer does first: three steps, each with its state and the button that does it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.blocks import account_blocks, kit, project_form_blocks
from bot.command import format_line
from bot.domain.people import Account
from bot.language import _


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """How far somebody is. `account` is theirs, `has_project` says that a channel here has one that they can see.

    `has_begun` says that they have asked for a pipeline or for messages already.
    """

    account: Account | None
    has_project: bool = False
    has_begun: bool = False

    @property
    def is_connected(self) -> bool:
        return self.account is not None and self.account.is_active

    @property
    def is_done(self) -> bool:
        """Who has begun knows how: no channel needs a project for that."""
        return self.is_connected and self.has_begun


def render(steps: FirstSteps, *, primary: bool = True) -> list[kit.Block]:
    """The next one has the primary button, unless something else is `primary`; what needs an account has none yet."""
    return [
        kit.header(_("Three steps to begin")),
        _build_connect_step(steps),
        _build_project_step(steps),
        *_build_begin_step(steps, primary=primary),
    ]


def _build_connect_step(steps: FirstSteps) -> kit.Block:
    account = steps.account
    if steps.is_connected and account:
        return kit.section(_(":white_check_mark: *1. Connected* as {name}", name=account_blocks.format_name(account)))
    connect = kit.button(_("Connect CircleCI"), format_line("connect"), style="primary")
    if account:
        name = account_blocks.format_name(account)
        return kit.section(_("*1. Connect again*\nCircleCI no longer accepts the token of {name}.", name=name), connect)
    return kit.section(_("*1. Connect your CircleCI account*\nI act with your own rights, never with more."), connect)


def _build_project_step(steps: FirstSteps) -> kit.Block:
    if steps.has_project:
        return kit.section(_(":white_check_mark: *2. A channel has its project*\n`/circle use acme/web` sets another."))
    text = _("*2. Choose a channel's project*\nThen no command there has to name it: `/circle use acme/web`.")
    return kit.section(text, project_form_blocks.build_button(_("Choose Project…")) if steps.is_connected else None)


def _build_begin_step(steps: FirstSteps, *, primary: bool) -> list[kit.Block]:
    text = _(
        "*3. Trigger a pipeline, or subscribe*\n`/circle trigger` starts one; `/circle subscribe` posts to a channel "
        "what fails, recovers or waits for approval."
    )
    buttons = [
        kit.button(_("Trigger…"), format_line("trigger"), style="primary" if primary else None),
        kit.button(_("Subscribe…"), format_line("subscribe")),
    ]
    mark = ":white_check_mark: " if steps.has_begun else ""
    return [kit.section(f"{mark}{text}"), *([kit.actions(buttons)] if steps.is_connected else [])]
