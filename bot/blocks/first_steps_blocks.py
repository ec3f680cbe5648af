"""What a newcomer does first, step by step: one table for the Home, which shows three of them, and for the tour."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import ButtonElement

from bot.blocks import account_blocks, kit, project_form_blocks
from bot.command import format_line
from bot.domain.people import Account
from bot.language import N_, _
from bot.messages import Message

_IN_HOME = 3


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """How far somebody is. `account` is theirs, `has_project` says that a channel here has one that they can see.

    `newest` is the pipeline that they asked for last, `failed` the newest of theirs that failed. `has_watched` says
    that one of theirs has ended, `has_acted` that they reran, canceled or decided one.
    """

    account: Account | None
    has_project: bool = False
    newest: str | None = None
    failed: str | None = None
    has_watched: bool = False
    has_acted: bool = False
    has_rule: bool = False

    @property
    def is_connected(self) -> bool:
        return self.account is not None and self.account.is_active

    @property
    def has_triggered(self) -> bool:
        return self.newest is not None

    @property
    def has_begun(self) -> bool:
        """Who has begun knows how: no channel needs a project for that."""
        return self.is_connected and (self.has_triggered or self.has_rule)


@dataclass(frozen=True, slots=True)
class _Step:
    """`title` says what to do, `done` that it is done, `text` why. `then` is what a form shows once it is handed in."""

    title: str
    done: str
    text: str
    is_done: Callable[[FirstSteps], bool]
    build_button: Callable[[FirstSteps, str], ButtonElement | None]


def _build_connect_button(_steps: FirstSteps, _then: str) -> ButtonElement:
    return kit.button(_("Connect CircleCI"), format_line("connect"))


def _build_project_button(_steps: FirstSteps, then: str) -> ButtonElement:
    return kit.button(_("Choose Project…"), project_form_blocks.format_form_line(then))


def _build_watch_button(steps: FirstSteps, _then: str) -> ButtonElement | None:
    return kit.button(_("Show Pipeline"), format_line("pipeline", steps.newest)) if steps.newest else None


def _build_act_button(steps: FirstSteps, _then: str) -> ButtonElement | None:
    if steps.failed:
        return kit.button(_("Show Why It Failed"), format_line("why", steps.failed))
    return kit.button(_("Show What to Do"), format_line("now", steps.newest)) if steps.newest else None


_CONNECT = _Step(
    N_("Connect your CircleCI account"),
    N_("Connected as {name}"),
    N_("I act with your own rights, never with more."),
    lambda steps: steps.is_connected,
    _build_connect_button,
)
_RECONNECT = _Step(
    N_("Connect again"),
    N_("Connected as {name}"),
    N_("CircleCI no longer accepts the token of {name}."),
    lambda steps: steps.is_connected,
    _build_connect_button,
)
_OTHERS = (
    _Step(
        N_("Choose a channel's project"),
        N_("A channel has its project"),
        N_("Then no command there has to name it: `/circle use acme/web`."),
        lambda steps: steps.has_project,
        _build_project_button,
    ),
    _Step(
        N_("Trigger a pipeline"),
        N_("You triggered a pipeline"),
        N_("`/circle trigger` asks for its branch and its parameters."),
        lambda steps: steps.has_triggered,
        lambda _steps, _then: kit.button(_("Trigger…"), format_line("trigger")),
    ),
    _Step(
        N_("Watch its card"),
        N_("A pipeline of yours ended"),
        N_("The card follows the pipeline, and its thread says how it ended."),
        lambda steps: steps.has_watched,
        _build_watch_button,
    ),
    _Step(
        N_("Ask why, and act on it"),
        N_("You acted on a pipeline"),
        N_("`/circle why` explains a failure. The card's buttons rerun, cancel or approve."),
        lambda steps: steps.has_acted,
        _build_act_button,
    ),
    _Step(
        N_("Subscribe a channel"),
        N_("You made a rule for a channel"),
        N_("`/circle subscribe` posts to a channel what fails, recovers or waits for approval."),
        lambda steps: steps.has_rule,
        lambda _steps, _then: kit.button(_("Subscribe…"), format_line("subscribe")),
    ),
)


def _list_steps(steps: FirstSteps) -> Sequence[_Step]:
    return (_RECONNECT if steps.account and not steps.is_connected else _CONNECT, *_OTHERS)


def render(steps: FirstSteps, *, primary: bool = True) -> list[kit.Block]:
    """The first three, and the way to the others. The next one has the primary button, unless something else has it."""
    subscribe = kit.button(_("Subscribe…"), format_line("subscribe"))
    tour = kit.button(_("Take the Tour"), format_line("tour"))
    return [
        kit.header(_("Three steps to begin")),
        *_build_rows(steps, _IN_HOME, primary=primary),
        kit.actions([*([subscribe] if steps.is_connected else []), tour]),
    ]


def render_tour(steps: FirstSteps) -> Message:
    """All of them; at the end, what else there is."""
    rows = _list_steps(steps)
    done = sum(row.is_done(steps) for row in rows)
    said = _("Tour: {done} of {all} steps done", done=done, all=len(rows))
    again = kit.button(_("Show What Is Done"), format_line("tour"))
    if done == len(rows):
        again = kit.button(_("Show What I Can Do"), format_line("help"))
    return Message(
        said,
        [kit.header(said), *_build_rows(steps, len(rows), then="tour"), kit.actions([again]), _build_end(steps, rows)],
    )


def _build_end(steps: FirstSteps, rows: Sequence[_Step]) -> kit.Block:
    if not steps.is_connected:
        return kit.context(
            _("Without an account you can read cards and their threads, and say with *I'm Looking* that you are on it.")
        )
    if all(row.is_done(steps) for row in rows):
        return kit.context(_("That was the tour. `/circle help` shows everything else, my Home what waits for you."))
    return kit.context(_("Leave whenever you like: `/circle tour` goes on where you are."))


def _build_rows(steps: FirstSteps, most: int, *, primary: bool = True, then: str = "") -> list[kit.Block]:
    """What needs an account has no button before there is one."""
    rows = _list_steps(steps)[:most]
    due = next((row for row in rows if not row.is_done(steps)), None)
    return [
        _build_row(number, row, steps, primary=primary and row is due, then=then) for number, row in enumerate(rows, 1)
    ]


def _build_row(number: int, row: _Step, steps: FirstSteps, *, primary: bool, then: str) -> kit.Block:
    name = account_blocks.format_name(steps.account) if steps.account else ""
    if row.is_done(steps):
        return kit.section(f":white_check_mark: *{number}. {_(row.done, name=name)}*")
    button = row.build_button(steps, then) if steps.is_connected or number == 1 else None
    if button and primary:
        button.style = "primary"
    return kit.section(f"*{number}. {_(row.title)}*\n{_(row.text, name=name)}", button)
