"""me [--login LOGIN] [--dm TOPICS] [--language LANGUAGE] … — who I am at CircleCI, which messages I want, and how."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions import (
    confirm,
    language_choice,
    own_data,
    own_settings,
    profile_changes,
    target_projects,
    visible_projects,
)
from bot.blocks import account_blocks, kit, me_blocks, own_settings_blocks
from bot.command import Access, Command, Context, Group, Modal, ParsedLine, Reply, Request, RequestSource, format_line
from bot.conversation import is_direct
from bot.domain.people import Account
from bot.errors import RateLimited, Unavailable, UsageError
from bot.language import N_, _
from bot.language.spoken import NAMES, get_language
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import as_code
from bot.rules import dm_topics

_TITLE = N_("Settings")


@dataclass(frozen=True, slots=True)
class MeArgs:
    """At most one change is said; with `overview` all settings are shown below it.

    `dm` are all topics that are wanted, `start` and `stop` change some.
    """

    login: str | None = None
    forget: str | None = None
    dm: frozenset[str] | None = None
    start: frozenset[str] | None = None
    stop: frozenset[str] | None = None
    language: str | None = None
    edit: bool = False
    export: bool = False
    erase: bool = False
    sure: bool = False
    overview: bool = False


def parse(line: ParsedLine) -> MeArgs:
    if line.words:
        raise UsageError(
            _("I do not know what {word} is for.", word=as_code(line.words[0], 100)),
            _("`--login` adds a login."),
        )
    if len(line.options.keys() - {"overview", "sure"}) > 1:
        raise UsageError(_("One thing at a time."), _("`me --edit` opens a form for all of it."))
    return MeArgs(
        _parse_login(line, "login"),
        _parse_login(line, "forget"),
        _parse_topics(line, "dm"),
        _parse_topics(line, "start"),
        _parse_topics(line, "stop"),
        _parse_language(line.get_value("language")),
        *(line.has_flag(name) for name in ("edit", "export", "erase", "sure", "overview")),
    )


def _parse_login(line: ParsedLine, name: str) -> str | None:
    text = line.get_value(name)
    return None if text is None else profile_changes.parse_login(text)


def _parse_topics(line: ParsedLine, name: str) -> frozenset[str] | None:
    return dm_topics.parse(line.get_values(name)) if line.has_flag(name) else None


def _parse_language(text: str | None) -> str | None:
    return None if text is None else language_choice.parse(text)


def build_first_modal(request: Request, line: ParsedLine) -> Modal | None:
    if line.has_flag("erase"):
        return confirm.build_loading_modal(request, _("Erase what I keep"), sure=line.has_flag("sure"))
    return Modal(_(_TITLE), kit.build_loading(_("Reading your settings"))) if line.has_flag("edit") else None


async def run(context: Context, args: MeArgs) -> Reply:
    if args.edit:
        return await _handle_form(context)
    if args.export or args.erase:
        return await (own_data.export(context) if args.export else own_data.erase(context, sure=args.sure))
    if args == MeArgs(overview=args.overview):
        return Reply(await _render_profile(context))
    done, undo = await _change(context, args)
    known = await profile_changes.load_settings(context)
    if args.overview or not done:
        return Reply(Message(done or me_blocks.format_summary(known), me_blocks.render(known, done, undo)))
    return Reply(me_blocks.render_change(known, done, undo, acts=args.language is None))


async def _render_profile(context: Context) -> Message:
    """Asks CircleCI, so that a token which was revoked meanwhile shows; without its answer, what is known here."""
    account, known = context.account, await profile_changes.load_settings(context)
    if account is None:
        return Message(_("You are not connected with CircleCI."), me_blocks.render(known))
    if not account.is_active:
        return Message(_("CircleCI no longer accepts your token."), me_blocks.render(known))
    try:
        return await _fetch_profile(context, account, known)
    except (RateLimited, Unavailable) as error:
        context.notes.append(error.message)
        return Message(me_blocks.format_summary(known), me_blocks.render(known))


async def _fetch_profile(context: Context, account: Account, known: me_blocks.PersonalSettings) -> Message:
    organisations = await context.circleci.list_collaborations()
    here = await target_projects.find_current_project(context)
    name = await visible_projects.format_name(context, here) if here else None
    profile = account_blocks.render_profile(
        account,
        organisations,
        name,
        in_channel=_is_channel(context.request.channel),
        reads=await profile_changes.list_read_rules(context),
        facts=me_blocks.list_facts(known),
        offers=[me_blocks.build_change_button()],
    )
    return Message(_("You are {name} at CircleCI.", name=account.name or account.login), profile)


def _is_channel(channel: str | None) -> bool:
    return channel is not None and not is_direct(channel)


async def _handle_form(context: Context) -> Reply:
    request = context.request
    if request.source is RequestSource.FORM:
        await _save(context, me_blocks.parse_form(request.fields, request.chosen))
        return Reply(Message(_("Saved."), me_blocks.render(await profile_changes.load_settings(context), _("Saved."))))
    if request.view_id:
        own = await own_settings.load(context)
        drawn = own_settings_blocks.render_form(own, request.user, request.fields, request.chosen)
        return Reply(view=Modal(_(_TITLE), drawn, line=format_line("me", edit=True), submit=_("Save")))
    return Reply(
        Message(_("Press a button, or type it."), me_blocks.render(await profile_changes.load_settings(context)))
    )


async def _save(context: Context, form: me_blocks.FilledForm) -> None:
    if form.login:
        await profile_changes.claim(context, profile_changes.parse_login(form.login))
    await profile_changes.update_topics(context, form.topics)
    if form.language:
        await language_choice.choose(context, language_choice.parse(form.language))


async def _change(context: Context, args: MeArgs) -> tuple[str, Written | None]:
    """What was done, in words, and the line that undoes it."""
    if args.login:
        await profile_changes.claim(context, args.login)
        return _("What {login} starts is yours from now on.", login=as_code(args.login, 100)), None
    if args.forget:
        undo = (await profile_changes.forget(context, args.forget)).undo
        return _("{login} is no longer one of your logins.", login=as_code(args.forget, 100)), undo
    if args.language:
        return await _choose_language(context, args.language, overview=args.overview)
    wanted = await _find_wanted_topics(context, args)
    if wanted is None:
        return "", None
    before = await profile_changes.update_topics(context, wanted)
    return me_blocks.format_changes(before, wanted), (
        None if before == wanted else me_blocks.build_topics_line(before, overview=args.overview)
    )


async def _choose_language(context: Context, wish: str, *, overview: bool) -> tuple[str, Written | None]:
    """In words of that language."""
    before = await language_choice.choose(context, wish)
    told = _("I answer you in {language} now.", language=NAMES[get_language()])
    return told, None if before == wish else format_line("me", language=before, overview=overview)


async def _find_wanted_topics(context: Context, args: MeArgs) -> frozenset[str] | None:
    if args.start is None and args.stop is None:
        return args.dm
    return ((await profile_changes.load_settings(context)).wanted_topics | (args.start or frozenset())) - (
        args.stop or frozenset()
    )


COMMAND = Command(
    name="me",
    summary=N_("Shows who you are at CircleCI, your logins, your direct messages and your language"),
    usage="me [--login LOGIN] [--forget LOGIN] [--dm TOPICS] [--start TOPICS] [--stop TOPICS] "
    "[--language LANGUAGE] [--edit] [--overview] [--export] [--erase] [--sure]",
    example="me --login octocat",
    parse=parse,
    run=run,
    always_allowed=True,
    group=Group.YOU,
    order=2,
    task=N_("See who you are there, and choose your direct messages"),
    build_first_modal=build_first_modal,
    access=Access.ANYONE,
    aliases=("whoami", "dm", "notifications"),
    endpoints=("GET /me",),
    sends_file=lambda args: args.export,
    shows_changes=True,
)
