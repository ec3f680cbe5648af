"""What somebody wants to freeze: read from their words or the form, and resolved to projects and moments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.actions import channel_time, mute_target, project_scopes, subcommands
from bot.blocks import freeze_blocks
from bot.command import Context, ParsedLine, Request, RequestSource, format_line
from bot.domain import ProjectScope
from bot.errors import BotError, UsageError
from bot.language import _
from bot.language.time_words import FOR, UNTIL, get_meaning
from bot.mrkdwn import as_code
from bot.rules.durations import find_span
from bot.rules.mention_words import find_id
from bot.rules.mute_until import EndTime
from bot.rules.project_freeze import ALL, Freeze

LONGEST = timedelta(days=120)
_VERBS = ("list", "add", "end")
_EVERYTHING = frozenset({ALL, "all", "everything", "alles", "alle"})
_MOST_EXEMPT = 20
_LONGEST_NAME = 150


@dataclass(frozen=True, slots=True)
class FreezeArgs:
    """Without `until` a form asks for what is left out."""

    verb: str
    number: int | None = None
    project: str | None = None
    name: str = ""
    until: EndTime | None = None
    since: EndTime | None = None
    exempt: tuple[str, ...] = ()

    @property
    def is_form(self) -> bool:
        return self.verb == "add" and self.until is None


def parse(line: ParsedLine) -> FreezeArgs:
    verb, words = subcommands.parse(line.words, _VERBS)
    if verb == "end":
        return FreezeArgs(verb, number=_parse_number(words))
    if verb == "list" and not words:
        return FreezeArgs(verb)
    at = next((at for at, word in enumerate(words) if at and get_meaning(word) in {UNTIL, FOR}), len(words))
    until = _parse_end(words[at:]) if at < len(words) else None
    since = line.get_value("from")
    return FreezeArgs(
        "add",
        project=words[0] if words else None,
        name=_check_name(" ".join(words[1:at])),
        until=until,
        since=_parse_end(("until", *since.split())) if since else None,
        exempt=_parse_exempt(line.get_values("except")),
    )


def _parse_number(words: Sequence[str]) -> int:
    number = mute_target.parse_rule_number(words[0]) if words else None
    if number is None or len(words) > 1:
        raise UsageError(_("Which freeze? Say its number: `/circle freeze` lists them."))
    return number


def _parse_end(words: Sequence[str]) -> EndTime:
    """`until 2h` means `for 2h` to everybody."""
    is_span = get_meaning(words[0]) == UNTIL and find_span(" ".join(words[1:])) is not None
    when, rest = EndTime.parse(words[1:] if is_span else words)
    subcommands.check_no_more(rest)
    return when


def _check_name(name: str) -> str:
    if len(name) > _LONGEST_NAME:
        raise UsageError(_("A freeze's name has {most} characters at most.", most=_LONGEST_NAME))
    return name


def _parse_exempt(texts: Sequence[str]) -> tuple[str, ...]:
    names = [word for text in texts for word in text.replace(",", " ").split()]
    for name in names:
        if find_id(name) is None:
            raise UsageError(
                _("I do not know {word}.", word=as_code(name, 60)),
                _("Choose people and user groups from the list that Slack shows after an `@`."),
            )
    if len(names) > _MOST_EXEMPT:
        raise UsageError(_("At most {count} people and groups; use a user group.", count=_MOST_EXEMPT))
    return tuple(dict.fromkeys(str(find_id(name)) for name in names))


def read_form(request: Request, args: FreezeArgs) -> FreezeArgs:
    """As if what the form holds had been typed. Raises UsageError."""
    if not args.is_form or request.source is not RequestSource.FORM:
        return args
    fields, people = freeze_blocks.parse_form(request.fields, request.chosen)
    return _read_fields(fields, people)


def _read_fields(fields: Mapping[str, str], people: Sequence[str]) -> FreezeArgs:
    since = fields.get(freeze_blocks.SINCE)
    return FreezeArgs(
        "add",
        project=fields.get(freeze_blocks.PROJECT) or None,
        name=_check_name(fields.get(freeze_blocks.NAME, "")),
        until=_parse_field(freeze_blocks.UNTIL, fields.get(freeze_blocks.UNTIL, "")),
        since=_parse_field(freeze_blocks.SINCE, since) if since else None,
        exempt=_parse_exempt([*people, fields.get(freeze_blocks.GROUPS, "")]),
    )


def _parse_field(name: str, text: str) -> EndTime:
    said = text.split()
    try:
        return _parse_end(said if said and get_meaning(said[0]) in {UNTIL, FOR} else ("until", *said))
    except BotError as error:
        error.field = name
        raise


def find_form_errors(request: Request, line: ParsedLine) -> Mapping[str, str]:
    """By block_id."""
    try:
        read_form(request, parse(line))
    except UsageError as error:
        return {error.field or freeze_blocks.NAME: error.message}
    return {}


async def resolve(context: Context, args: FreezeArgs) -> Freeze:
    """Raises UsageError, TargetError."""
    now = context.clock.now()
    zone = await channel_time.find_own_zone(context) or "UTC"
    if args.until is None:
        raise UsageError(_("Until when?"))
    since = args.since.to_datetime(now, zone) if args.since else now
    until = args.until.to_datetime(max(now, since), zone)
    if not now <= since < until:
        raise UsageError(_("A freeze begins now or later, and ends after it has begun."))
    if until - now > LONGEST:
        raise UsageError(_("A freeze ends within {days} days.", days=LONGEST.days))
    return Freeze(
        id=0,
        workspace=context.request.workspace,
        scope=await _resolve_scope(context, args),
        name=args.name,
        since=since,
        until=until,
        exempt=args.exempt,
        made_by=context.request.user,
        made_at=now,
    )


async def _resolve_scope(context: Context, args: FreezeArgs) -> ProjectScope | None:
    text = args.project
    if text is not None and text.casefold() in _EVERYTHING:
        return None
    return await project_scopes.resolve_scope(
        context, text, lambda project: format_line("freeze", "add", project, *([args.name] if args.name else []))
    )
