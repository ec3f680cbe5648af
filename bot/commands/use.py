"""use [project] [--none] [--edit] [--then LINE] — the project that commands in a channel mean that name none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from bot.actions import (
    channel_announcement,
    channel_rights,
    resumption,
    target_projects,
    thing_states,
    visible_projects,
)
from bot.actions.channel_announcement import Announcement, Told
from bot.blocks import account_blocks, announcement_blocks, kit, project_blocks, project_form_blocks
from bot.command import (
    Choice,
    Command,
    Context,
    Group,
    Modal,
    ParsedLine,
    Reply,
    Request,
    RequestSource,
    format_line,
)
from bot.conversation import is_direct
from bot.domain import ProjectSlug
from bot.errors import UsageError
from bot.language import N_, _
from bot.messages import Message
from bot.permissions import ActTarget
from bot.rules.undoable_change import Thing, ThingKind

_TITLE = N_("Channel's project")
_NEXT = N_("Commands here mean {project} from now on, where they name none.")


@dataclass(frozen=True, slots=True)
class _Sentences:
    """What is said of the default project of one kind of place."""

    now: str
    current: str
    missing: str
    removed: str


_OF_CHANNEL = _Sentences(
    now=N_(":pushpin: {project} is now this channel's default project."),
    current=N_("{project} is this channel's default project. `/circle use --none` removes it."),
    missing=N_("This channel has no default project. Set one: `/circle use acme/web`."),
    removed=N_("This channel has no default project now: commands need to name one."),
)
_OF_CONVERSATION = _Sentences(
    now=N_(":pushpin: {project} is now this conversation's default project."),
    current=N_("{project} is this conversation's default project. `/circle use --none` removes it."),
    missing=N_("This conversation has no default project. Set one: `/circle use acme/web`."),
    removed=N_("This conversation has no default project now: commands need to name one."),
)


_OF_ANOTHER = N_(":pushpin: {project} is now the default project of {channel}.")


@dataclass(frozen=True, slots=True)
class UseArgs:
    project: str | None
    none: bool = False
    edit: bool = False
    then: str = ""


def parse(line: ParsedLine) -> UseArgs:
    if bool(line.words) + line.has_flag("none") + line.has_flag("edit") > 1:
        raise UsageError(_("A project, `--none` or `--edit`: only one of them."))
    project, then = line.words[0] if line.words else None, line.get_value("then") or ""
    return UseArgs(project, line.has_flag("none"), line.has_flag("edit"), then)


def build_first_modal(_request: Request, line: ParsedLine) -> Modal | None:
    return Modal(_(_TITLE), kit.build_loading(_("Reading your projects"))) if line.has_flag("edit") else None


async def run(context: Context, args: UseArgs) -> Reply:
    if args.edit and context.request.source is not RequestSource.FORM:
        return await _render_form(context, args)
    if args.edit:
        context, args = await _read_form(context, args)
    channel = context.request.channel
    if channel is None:
        raise UsageError(_("A project is set for a channel: say this in one."))
    if args.none:
        told = await _update_project(context, channel, None, None)
        text, undo = _(_choose_sentences(channel).removed), announcement_blocks.build_undo_row(told.undo)
        return Reply(kit.add_buttons(Message(text, [kit.section(text)]), undo), seen=told.seen)
    if args.project is None:
        return Reply(await _render_current(context, channel))
    return await _use(context, channel, args.project, args.then)


async def _render_form(context: Context, args: UseArgs) -> Reply:
    """What is to run then is kept, with the place in which it was asked."""
    here = await target_projects.find_current_project(context)
    if args.then:
        async with context.store.begin() as tx:
            await resumption.keep(tx, context.request, args.then, context.clock)
    if context.request.view_id:
        form = project_form_blocks.render(here, in_channel=context.request.channel is not None)
        line = project_form_blocks.format_form_line(args.then)
        return Reply(view=Modal(_(_TITLE), form, line=line, submit=_("Set Project")))
    text = _("Press the button for a form, or type it all: `/circle use acme/web`.")
    button = project_form_blocks.build_button(_("Choose Project…"), args.then)
    return Reply(Message(text, [kit.section(text), kit.actions([button])]))


async def _read_form(context: Context, args: UseArgs) -> tuple[Context, UseArgs]:
    """As if the project had been typed in the channel that was chosen. Raises UsageError, NotAllowed."""
    project, channel = project_form_blocks.parse_form(context.request.fields)
    if not project:
        raise UsageError(_("Which project?"), _("Choose one, or type its name."))
    if channel:
        await context.rights.check_act(ActTarget(channel=channel), final=False)
        there = replace(context.request, channel=channel, place_kind=None, place_name=None)
        context = replace(context, request=there)
    return context, UseArgs(project, then=args.then)


async def suggest(context: Context, _said: ParsedLine, _action: str, typed: str) -> Sequence[Choice]:
    return await visible_projects.list_project_choices(context, typed)


async def _update_project(context: Context, channel: str, slug: ProjectSlug | None, named: str | None) -> Told:
    """Written down, and what is told of it."""
    request, told = context.request, Told()
    async with context.store.begin_read() as tx:
        known = await tx.channels.find_project(request.workspace, channel)
    await channel_rights.check_change(context, channel, [known, slug])
    async with context.store.begin() as tx:
        before = await tx.channels.find_project(request.workspace, channel)
        was = await thing_states.load_states(tx, request.place, [Thing(ThingKind.PROJECT)], context.clock.now())
        await tx.channels.set_project(request.workspace, channel, slug)
        if changes := await thing_states.list_changes(tx, request.place, was, context.clock.now()):
            text = partial(announcement_blocks.format_project_changed, request.user, named, before)
            told = await channel_announcement.announce(
                tx, context, channel, changes=changes, said=Announcement(act="use", text=text)
            )
    context.wake()
    return told


async def _render_current(context: Context, channel: str) -> Message:
    async with context.store.begin_read() as tx:
        slug = await tx.channels.find_project(context.request.workspace, channel)
    if slug is None:
        text = _(_choose_sentences(channel).missing)
        form = project_form_blocks.build_button(_("Choose Project…"))
        listed = kit.button(_("Show My Projects"), format_line("projects"))
        return Message(text, [kit.section(text), kit.actions([form, listed])])
    project = await visible_projects.format_name(context, slug)
    return Message(_(_choose_sentences(channel).current, project=project))


async def _use(context: Context, channel: str, text: str, then: str) -> Reply:
    """Only what the person can see: otherwise a slug would tell whether a hidden project exists.

    Where they have seen it, the answer is what comes next.
    """
    slug = await target_projects.resolve_project(context, text, lambda slug: format_line("use", slug))
    project = await context.circleci.fetch_project(slug)
    name = project_blocks.format_name(project)
    told = await _update_project(context, channel, slug, name)
    elsewhere = project_form_blocks.CHANNEL in context.request.fields
    sentence = _OF_ANOTHER if elsewhere else _NEXT if told.seen else _choose_sentences(channel).now
    text = _(sentence, project=name, channel=f"<#{channel}>")
    if then:
        async with context.store.begin() as tx:
            resumed = await resumption.resume(tx, context, then)
        said = Message(text, [kit.section(f"{text} {account_blocks.format_waiting(then)}")])
        return Reply(kit.add_buttons(said, announcement_blocks.build_undo_row(told.undo)), resume=resumed)
    offers = [
        kit.button(_("Trigger…"), format_line("trigger")),
        kit.button(_("Show Status"), format_line("status")),
        kit.button(_("Subscribe…"), format_line("subscribe")),
    ]
    buttons = [*([] if elsewhere else offers), *announcement_blocks.build_undo_row(told.undo)]
    return Reply(kit.add_buttons(Message(text, [kit.section(text)]), buttons))


def _choose_sentences(channel: str) -> _Sentences:
    return _OF_CONVERSATION if is_direct(channel) else _OF_CHANNEL


COMMAND = Command(
    name="use",
    summary=N_("Sets the channel's project, or shows it"),
    usage="use [project] [--none] [--edit] [--then LINE]",
    example="use acme/web",
    parse=parse,
    run=run,
    is_change=lambda args: args.none or args.edit or args.project is not None,
    group=Group.PROJECTS,
    order=1,
    task=N_("Set this channel's project"),
    build_first_modal=build_first_modal,
    suggest=suggest,
)
