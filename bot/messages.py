"""What Slack is to show (a message, the card of a pipeline, a notice), and what became of it. Values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.conversation import Place
from bot.domain import ProjectSlug
from bot.untrusted.invisible_marks import to_file_name, to_one_line


@dataclass(frozen=True, slots=True)
class Message:
    """What Slack shows: `text` for notifications and screen readers, `blocks` as Block Kit dictionaries.

    One that is `fixed` says the same to everybody, in our own words alone: nothing in it is too long for Slack, needs a
    name, or may be refused. So nobody looks.
    """

    text: str
    blocks: Sequence[Mapping[str, Any]] = ()
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """A file for Slack: `name` with its ending, `title` for people, `alt` says what a picture shows."""

    name: str
    title: str
    content: bytes = field(repr=False)
    alt: str = ""

    def __post_init__(self) -> None:
        """Names may come from strangers: none leads to another folder, or reads otherwise than it is."""
        object.__setattr__(self, "name", to_file_name(self.name))
        object.__setattr__(self, "title", to_one_line(self.title))
        object.__setattr__(self, "alt", to_one_line(self.alt))


Drawing = Message | Callable[[], Message]
"""A message, or what draws it: that is called in the language of whoever reads the message."""


BOARD = "board"
"""What stands for the pipeline of a card that is the channel's board (bot/rules/deploy_board.py)."""


@dataclass(frozen=True, slots=True)
class Card:
    """One Slack message per pipeline and channel, kept true. It has a row before it has a `ts`.

    `wanted` counts what should be shown, `shown` what Slack shows; delivery closes the gap. `asked_by` is the person
    who last triggered, reran, approved or cancelled from there, None when only a rule put it there. `attempt` is the
    claim that holds it, and `unfinished_since` when an earlier one began of which nobody knows how it ended. With a
    `gone_reason` it is no longer shown. `trace` is where the next change of it belongs (bot/tracing.py).
    """

    id: int
    workspace: str
    channel: str
    pipeline_id: str
    ts: str | None
    wanted: int
    shown: int
    asked_by: str | None
    wanted_at: datetime
    gone_reason: str | None = None
    attempt: str | None = None
    unfinished_since: datetime | None = None
    trace: str | None = None

    @property
    def place(self) -> Place:
        return Place(self.workspace, self.channel)

    @property
    def is_board(self) -> bool:
        return self.pipeline_id == BOARD


@dataclass(frozen=True, slots=True)
class About:
    """Holds of one pipeline, by the keys of their outcomes."""

    pipeline_id: str
    holds: tuple[str, ...]


class FoundBy(StrEnum):
    """How a workflow's end was found. As stored; Prometheus shows it too."""

    POLLING = "polling"
    WEBHOOK = "webhook"
    """One had told of it before the pipeline was read."""


@dataclass(frozen=True, slots=True)
class FoundEnd:
    """When the workflow ended that a message tells of, as CircleCI says, and how that was found."""

    ended_at: datetime
    found_by: FoundBy


@dataclass(frozen=True, slots=True)
class Notice:
    """An event for a person or channel: rendered when published, stored in the outbox, sent once by delivery.

    `channel` is a channel id, or a user id for a DM. With a `card_id` it is a reply in that card's thread, and waits
    for the card to have a `ts`. `attempt`, `unfinished_since` and `trace` are as in Card.

    A notice that holds wait is `about` them and is changed when one is decided: `revision` counts the changes,
    `sent_ts` is the message's. After `good_until` it may no longer be true and is not posted. Its news is of `project`.
    Its `details` follow in the thread once it is posted. `found_end` is the workflow's end that it tells of.
    """

    id: int
    key: str
    workspace: str
    channel: str
    message: Message
    published_at: datetime
    card_id: int | None = None
    thread_ts: str | None = None
    broadcast: bool = False
    attempt: str | None = None
    unfinished_since: datetime | None = None
    about: About | None = None
    good_until: datetime | None = None
    revision: int = 0
    sent_ts: str | None = None
    project: ProjectSlug | None = None
    details: Message | None = None
    found_end: FoundEnd | None = None
    trace: str | None = None

    @property
    def place(self) -> Place:
        return Place(self.workspace, self.channel)


def build_message_id(what: Card | Notice) -> str:
    """How `circlebot outbox` calls it."""
    return f"{'card' if isinstance(what, Card) else 'notice'}:{what.id}"


class OutboxState(StrEnum):
    """Where a notice is between its publication and Slack. As stored.

        QUEUED ── settle_retry, settle_lost_answer, postpone ──> QUEUED, tried again after not_before
        QUEUED ── settle_sent ───────────────────> SENT ── revise, settle_shown ──> SENT, changed in place
        QUEUED ── settle_undeliverable, withdraw ──> GONE
        QUEUED ── fold (another speaks for it) ────> FOLDED

    A claim is no state: it is a lease on the row (bot/store/leases.py), so that a dead process leaves it QUEUED.
    """

    QUEUED = "queued"
    """To be posted, once `not_before` has passed and the card that it replies to has a `ts`."""
    SENT = "sent"
    """Slack shows it at `sent_ts`; where `revision` is ahead of `shown`, delivery changes the message."""
    GONE = "gone"
    """Never to be posted: Slack refused it for good, or its news is stale (`reason`)."""
    FOLDED = "folded"
    """Another notice (`folded_into`) of the same channel and project was posted for it, as one summary."""


class WaitReason(StrEnum):
    """Why Slack does not show a message. Its words: bot/operating/outbox_commands.py, undelivered_list_blocks.py."""

    REFUSED = "refused"
    """For good, as far as Slack says. With the reason `hidden` nobody who is connected saw its project for a week."""
    SENDING = "sending"
    UNREADABLE = "unreadable"
    FAILING = "failing"
    NO_CARD = "no_card"
    NO_ANSWER = "no_answer"
    HIDDEN = "hidden"
    SLACK_LIMIT = "slack_limit"
    LATER = "later"
    IN_LINE = "in_line"


@dataclass(frozen=True, slots=True)
class Undelivered:
    """`until` is when it is tried again, where that is known; `reason` is Slack's word for a refusal.

    It tells of a pipeline of the `project`, the `number`-th, where it tells of one.
    """

    id: str
    workspace: str
    channel: str
    key: str
    since: datetime
    tries: int
    why: WaitReason
    until: datetime | None = None
    reason: str | None = None
    project: str | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class DirectMessageState:
    """What became of a direct message about somebody's own pipeline; `reason` is why it is gone."""

    key: str
    state: OutboxState
    reason: str | None


@dataclass(frozen=True, slots=True)
class Mention:
    """`mentioned` is a user's or a user group's id at Slack, `outcome` the key of what the message is about."""

    workspace: str
    pipeline_id: str
    mentioned: str
    outcome: str
    channel: str
    mentioned_at: datetime


@dataclass(frozen=True, slots=True)
class Looker:
    """Somebody who looks into what fails at this `ref` (`refs/heads/main`) since pipeline `number`."""

    workspace: str
    user: str
    project: ProjectSlug
    ref: str
    number: int
    since_at: datetime


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Something that a person did to a pipeline through us, shown on its cards: `Rerun from failed by @ada`.

    `text` is in English, whoever did it: bot/blocks/deed_blocks.py reads it again where it is shown.
    """

    pipeline_id: str
    workspace: str
    user: str
    text: str
    done_at: datetime
