"""What a command is: how a person asks (Request), what the command may use (Context), what it answers (Reply)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Generic, TypeVar

from bot.circleci.client import CircleCI
from bot.circleci.links import Links
from bot.clock import Clock
from bot.conversation import Place, PlaceKind, find_no_readers
from bot.domain.audit_records import AuditTrail, Door
from bot.domain.people import Account, SlackProfile, find_no_profile
from bot.domain.symptoms import Examine, find_nothing
from bot.language import N_
from bot.line import ParsedLine as ParsedLine  # noqa: PLC0414 - part of a command's signature
from bot.line import Written
from bot.line import format_line as format_line  # noqa: PLC0414 - the same
from bot.messages import File as File  # noqa: PLC0414 - part of a Reply
from bot.messages import Message
from bot.permissions import FullRights, Rights
from bot.store.store import Store, Tx
from bot.store.threads import PipelineThread

A = TypeVar("A")


class RequestSource(Enum):
    """How the person asked."""

    TYPED = "typed"
    BUTTON = "button"
    FORM = "form"
    REDRAW = "redraw"
    SHORTCUT = "shortcut"


@dataclass(frozen=True, slots=True)
class Request:
    """One thing that one person asks of us.

    `line` is what was typed, or with `written` what we wrote: that is read exactly. `key` is an idempotency key: the
    same press, or the same form submitted twice, has the same key. `fields` are a form's inputs by block_id, `chosen`
    those of which several may be chosen, `shown` the ids of all of them, filled in or not. `view_id` is an open modal
    that waits to be filled, `form` what it shows, filled in as the person left it. `over_form` says that a button in a
    form was pressed, whose inputs `fields` are, `in_home` that it began in the App Home, and `from_view` is the modal
    in which it was, if that only shows something: the answer takes its place. `view_title` is that modal's, `beneath`
    the form under it: its view and its line. `reply_to` is Slack's response_url. `ephemeral`: the pressed button was in
    a message that only this person sees. `workspace` is that of the place, whose rules count. `away` is the person's
    own, where that is another one (Slack Connect). `place_kind` is what the channel is, if that is known, `place_name`
    what Slack calls it. `thread_ts` is the thread in which they ask and read, `message_ts` a message that they pointed
    at, by its shortcut or a button; `addresses` stand in it. `came_by` is the door, where `source` does not tell it.
    """

    workspace: str
    user: str
    line: str
    source: RequestSource
    key: str
    channel: str | None = None
    thread_ts: str | None = None
    message_ts: str | None = None
    addresses: tuple[str, ...] = field(default=(), repr=False)
    trigger_id: str | None = None
    view_id: str | None = None
    form: Modal | None = field(default=None, repr=False)
    reply_to: str | None = field(default=None, repr=False)
    ephemeral: bool = False
    over_form: bool = False
    in_home: bool = False
    from_view: str | None = None
    view_title: str = ""
    beneath: tuple[str, str] | None = None
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)
    shown: frozenset[str] = frozenset()
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    away: str | None = None
    written: bool = False
    place_kind: PlaceKind | None = None
    place_name: str | None = None
    came_by: Door | None = None

    @property
    def door(self) -> Door:
        """How they came in, as it is recorded."""
        asked = "form" if self.source is RequestSource.REDRAW else self.source.value
        return self.came_by or Door("home" if self.in_home else asked)

    @property
    def place(self) -> Place:
        """Where the answer goes; asked outside of any channel it is the person's direct messages."""
        return Place(self.workspace, self.channel or self.user)

    @property
    def team(self) -> str:
        """The workspace that the person is of: whose CircleCI account acts."""
        return self.away or self.workspace


Progress = Callable[[str], Awaitable[None]]


async def ignore_progress(_line: str) -> None:
    """Progress that nobody sees."""


@dataclass(frozen=True, slots=True)
class Context:
    """All that a command may use. `circleci` acts with the token of the person who asked (or with none yet).

    `admin`: ADMIN_USERS names the person. `wake` wakes poller and delivery. `progress` shows this person a line of
    mrkdwn until the reply takes its place. `profile` is asked of Slack anew, `is_external` says whether other
    companies read a channel, None where Slack is silent. `rights` says what they may do, to which project. `acts`
    marks a command that always changes something at CircleCI: it guesses less. `public_url` is where the world
    reaches us, None when it cannot. `notes` end the answer. `told` are the pipelines that the message above their
    thread, or the one that they pointed at, tells of: nothing there means another, unless it is named. `linked` are
    the addresses in it, where the message is not ours. `trail` knows what is recorded of it.
    """

    request: Request
    circleci: CircleCI
    store: Store
    clock: Clock
    links: Links
    wake: Callable[[], None]
    progress: Progress = ignore_progress
    profile: Callable[[], Awaitable[SlackProfile]] = find_no_profile
    is_external: Callable[[str], Awaitable[bool | None]] = find_no_readers
    account: Account | None = None
    admin: bool = False
    rights: Rights = field(default_factory=FullRights)
    acts: bool = False
    commands: Sequence[Command[Any]] = ()
    public_url: str | None = None
    notes: list[str] = field(default_factory=list)
    told: Sequence[PipelineThread] = ()
    linked: Sequence[str] = ()
    trail: AuditTrail = field(default_factory=AuditTrail)
    examine: Examine = find_nothing

    @property
    def thread(self) -> PipelineThread | None:
        """The only pipeline that is told of there."""
        return self.told[0] if len(self.told) == 1 else None

    @property
    def is_about_something(self) -> bool:
        """Whether the place where they ask says what is meant."""
        return bool(self.told or self.linked)

    @property
    def command_names(self) -> frozenset[str]:
        """The names of all commands: a button may only name one of these."""
        return frozenset(command.name for command in self.commands)


@dataclass(frozen=True, slots=True)
class Modal:
    """A modal: `line` is what submitting it says, completed by its fields. Without `submit` it can only be closed.

    `original_blocks` are below `blocks`: Slack sent them back to us, and they go out unchanged.
    """

    title: str
    blocks: Sequence[Mapping[str, Any]]
    line: Written | None = None
    submit: str | None = None
    original_blocks: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What a command answers: a message for the person alone, or a modal's new content.

    `files` go into the person's direct messages; with `shared` where they asked, for all to see (without any, the
    message does). A `caption` is in one message with them. `resume` runs next; `clears` closes all forms. One that is
    `repeatable` told CircleCI nothing. `errors` say by block_id what is wrong in the form that `view` shows again. What
    is `seen` is on a card: only an open modal says it too, or what stood where they pressed. What only `points` to what
    all can read needs no sharing. In the Home, what is `whole` fills it, and an empty one gives it back.
    """

    message: Message | None = None
    view: Modal | None = None
    files: Sequence[File] = ()
    shared: bool = False
    caption: Message | None = None
    resume: Request | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    seen: bool = False
    points: bool = False
    whole: bool = False
    repeatable: bool = False
    clears: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a typeahead: the text shown (75 characters at most) and its value."""

    text: str
    value: str


class Access(Enum):
    """Who may run a command, before any policy of the workspace narrows it."""

    ANYONE = "anyone"
    CONNECTED = "connected"
    ADMIN = "admin"


class Group(Enum):
    """Where help and the App Home show a command, in this order."""

    YOU = N_("You")
    PROJECTS = N_("Projects")
    PIPELINES = N_("Start and watch pipelines")
    ACTS = N_("Act on what runs")
    REASONS = N_("See why")
    RULES = N_("Messages in this channel")
    SETTINGS = N_("A project's settings")

    @property
    def word(self) -> str:
        """What people type for it."""
        return self.name.lower()


@dataclass(frozen=True, kw_only=True, eq=False)
class Command(Generic[A]):
    """A row of the command table: it feeds help, did-you-mean, App Home, access checks and docs/commands.md.

    `usage` is also the grammar: `--name VALUE` takes a value, a bare `--name` does not, `key=value` allows pairs. One
    that begins with another command and a flag (`pipeline --config …`) says that this is how people ask for it; `name`
    is then an older word, which still works, and the name that policies know. `task` says what people want to do with
    it: only the commands that help shows first have one. `order` is the place in its group in help, lower first.
    `writes` marks what changes something at CircleCI (always, or for some requests): at most once for one Request.key,
    or `once_each` for each person. `resolve_lost_answer` finds out what became of a write, begun at the time given,
    whose answer was lost. `build_first_modal` is the modal to open at once, before anything slow, for a line that needs
    one; `load_first_modal` is the same where only the store can tell. `find_form_errors` says by block_id what is wrong
    in a form that was handed in, as far as its fields tell: Slack shows it there, and nothing is run. `suggest` answers
    a typeahead of its form: the form's line, the action, what was typed. `endpoints` names what it uses of CircleCI's
    API, as its document spells it; docs/api-coverage.md is made from it. `is_change` says whether what was asked does
    more than show something: then the policy of its family holds (bot/rules/policy_line.py). What is `always_allowed`
    no policy refuses: nobody is locked out. What `fills_home` is shown in the App Home, not in a modal. `sends_file`:
    the answer is a file, and only a few are in memory at once. One that is not `listed` is met elsewhere: help names it
    only to who asks for it. `shows_changes`: its form is drawn again after a press in it. What `is_detail` is answered
    below the message in which it was pressed; what is `at_once`, from the store alone, with Slack's acknowledgement.
    """

    name: str
    summary: str
    usage: str
    example: str
    parse: Callable[[ParsedLine], A]
    run: Callable[[Context, A], Awaitable[Reply]]
    group: Group
    order: int = 9
    task: str = ""
    endpoints: tuple[str, ...] = ()
    access: Access = Access.CONNECTED
    writes: bool | Callable[[Request, A], bool] = False
    once_each: bool = False
    resolve_lost_answer: Callable[[Context, A, datetime], Awaitable[str]] | None = None
    build_first_modal: Callable[[Request, ParsedLine], Modal | None] = lambda _request, _line: None
    find_form_errors: Callable[[Request, ParsedLine], Mapping[str, str]] = lambda _request, _line: {}
    load_first_modal: Callable[[Tx, Request, ParsedLine], Awaitable[Modal | None]] | None = None
    suggest: Callable[[Context, ParsedLine, str, str], Awaitable[Sequence[Choice]]] | None = None
    aliases: tuple[str, ...] = ()
    is_change: Callable[[A], bool] = lambda _args: True
    always_allowed: bool = False
    fills_home: Callable[[A], bool] = lambda _args: False
    sends_file: Callable[[A], bool] = lambda _args: False
    listed: bool = True
    shows_changes: bool = False
    is_detail: bool = False
    at_once: bool = False

    @property
    def title(self) -> str:
        """What people type for it: `pipeline`, or `pipeline --config`."""
        words = self.usage.split()
        return words[0] if words[0] == self.name else " ".join(words[:2])

    @property
    def word(self) -> str:
        """The first word of its title."""
        return self.title.split(maxsplit=1)[0]

    @property
    def is_option(self) -> bool:
        """Whether people ask for it by an option of another command."""
        return self.title != self.name

    def is_write(self, request: Request, args: A) -> bool:
        """Whether running it now changes something at CircleCI."""
        return self.writes if isinstance(self.writes, bool) else self.writes(request, args)
