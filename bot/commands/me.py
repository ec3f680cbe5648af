"""me [--login LOGIN] [--forget LOGIN] [--dm TOPICS] … — which logins are mine, and which messages I want."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions import profile_changes
from bot.blocks import kit, me_blocks
from bot.command import Access, Command, Context, Group, Line, Reply, Request, Source, View, line
from bot.errors import UsageError
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import code
from bot.rules import dm_topics

_TITLE = "You at CircleCI"


@dataclass(frozen=True, slots=True)
class Args:
    """At most one of them is said. `dm` are all topics that are wanted, `start` and `stop` change some."""

    login: str | None = None
    forget: str | None = None
    dm: frozenset[str] | None = None
    start: frozenset[str] | None = None
    stop: frozenset[str] | None = None
    edit: bool = False


def parse(said: Line) -> Args:
    if said.words:
        raise UsageError(f"I do not know what {code(said.words[0], 100)} is for.", "A login is added by `--login`.")
    if len(said.options) > 1:
        raise UsageError("One thing at a time.", "`me --edit` opens a form for all of it.")
    return Args(
        _login(said, "login"),
        _login(said, "forget"),
        _topics(said, "dm"),
        _topics(said, "start"),
        _topics(said, "stop"),
        said.flag("edit"),
    )


def _login(said: Line, name: str) -> str | None:
    text = said.option(name)
    return None if text is None else profile_changes.login(text)


def _topics(said: Line, name: str) -> frozenset[str] | None:
    return dm_topics.read(said.listed(name)) if said.flag(name) else None


def opens(_request: Request, said: Line) -> View | None:
    return View(_TITLE, kit.loading()) if said.flag("edit") else None


async def run(context: Context, args: Args) -> Reply:
    if args.edit:
        return await _form(context)
    done, undo = await _change(context, args)
    known = await profile_changes.known(context)
    return Reply(Message(done or me_blocks.summary(known), me_blocks.shown(known, done, undo)))


async def _form(context: Context) -> Reply:
    request = context.request
    if request.source is Source.FORM:
        name, wanted = me_blocks.read(request.fields, request.chosen)
        if name:
            await profile_changes.claim(context, profile_changes.login(name))
        await profile_changes.wish(context, wanted)
        return Reply(Message("Saved.", me_blocks.shown(await profile_changes.known(context), "Saved.")))
    if request.view_id:
        drawn = me_blocks.form(await profile_changes.known(context), request.fields, request.chosen)
        return Reply(view=View(_TITLE, drawn, line=line("me", edit=True), submit="Save"))
    return Reply(Message("Press a button, or type it.", me_blocks.shown(await profile_changes.known(context))))


async def _change(context: Context, args: Args) -> tuple[str, Written | None]:
    """What was done, in words, and the line that undoes it."""
    if args.login:
        await profile_changes.claim(context, args.login)
        return f"What {code(args.login, 100)} starts is yours from now on.", None
    if args.forget:
        await profile_changes.forget(context, args.forget)
        return f"{code(args.forget, 100)} is none of your logins any more.", None
    wanted = await _wanted(context, args)
    if wanted is None:
        return "", None
    before = await profile_changes.wish(context, wanted)
    return me_blocks.changed(before, wanted), None if before == wanted else me_blocks.typed(before)


async def _wanted(context: Context, args: Args) -> frozenset[str] | None:
    if args.start is None and args.stop is None:
        return args.dm
    return ((await profile_changes.known(context)).wishes | (args.start or frozenset())) - (args.stop or frozenset())


COMMAND = Command(
    name="me",
    summary="Shows which logins are yours, and which messages you want",
    usage="me [--login LOGIN] [--forget LOGIN] [--dm TOPICS] [--start TOPICS] [--stop TOPICS] [--edit]",
    example="me --login octocat",
    parse=parse,
    run=run,
    group=Group.YOU,
    opens=opens,
    access=Access.ANYONE,
    aliases=("dm", "notifications"),
)
