"""A line of a policy as people type it, and as our buttons do.

only @deployers do decide gh/acme/web --hold production
require everybody do approve gh/acme/web environment=production --approvals 2 --four-eyes
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from bot.errors import UsageError
from bot.language import N_, _
from bot.language.formats import join_or
from bot.line import OptionValue, ParsedLine, Written, extend_line, format_line
from bot.mrkdwn import as_code
from bot.rules.mention_words import find_id
from bot.rules.policy_line import ANY, EVERYBODY, EXTERNAL, GUESTS, Effect, PolicyLine
from bot.rules.policy_plain import from_plain, to_plain

USAGE = (
    "[--branch PATTERN] [--tag PATTERN] [--workflow PATTERN] [--hold PATTERN] [--channel CHANNEL] [--when WINDOW] "
    "[--approvals N] [--approvers WHOM] [--four-eyes] [--reason] [--confirm] [--expires TIME] [--escalates TIME] "
    "[--escalate-to WHOM]"
)
"""A command's options that say a line."""

_PATTERN = N_("only branches, tags, workflows or holds that are called so; `*` stands for anything")
_APPROVALS = N_("how many people have to approve it, and which count")
_LATER = N_("after this time these people are asked as well")
HELP: Mapping[str, str] = {
    **dict.fromkeys(("--branch PATTERN", "--tag PATTERN", "--workflow PATTERN", "--hold PATTERN"), _PATTERN),
    "--channel CHANNEL": N_("only where somebody asks in this channel, or the project is at home there"),
    "--when WINDOW": N_("only at this time, in quotes, as in `fri 16:00-mon 08:00 Europe/Berlin`"),
    **dict.fromkeys(("--approvals N", "--approvers WHOM"), _APPROVALS),
    "--four-eyes": N_("nobody counts who started it or wrote the commit"),
    "--reason": N_("a reason has to be given"),
    "--confirm": N_("what it is about is named first, and has to be confirmed"),
    "--expires TIME": N_("votes count for this long, as in `4h`"),
    **dict.fromkeys(("--escalates TIME", "--escalate-to WHOM"), _LATER),
}
"""What these options mean."""

FindId = Callable[[str], str | None]
"""The id of whom a name means; None for a name that nobody has here."""

_TEXTS = ("branch", "tag", "workflow", "hold", "when", "expires", "escalates")
_FLAGS = ("four-eyes", "reason", "confirm")
_PEOPLE = ("approvers", "escalate-to")
_NUMBERS = ("approvals",)
_GROUPS = {
    **dict.fromkeys((EVERYBODY, "everyone", "all", "here", "channel", "alle"), EVERYBODY),
    **dict.fromkeys((GUESTS, "guest", "gäste"), GUESTS),
    **dict.fromkeys((EXTERNAL, "externals", "externe"), EXTERNAL),
}
_DO = frozenset({"do", "may", "to"})


class TypedTarget(NamedTuple):
    """Who is meant, and what they do to which project, as it was typed."""

    who: tuple[str, ...]
    act: str | None
    project: str | None


def split_target(words: Sequence[str]) -> TypedTarget:
    """`@ada @deployers [do] approve gh/acme/web`. Raises UsageError for words that nobody asked for."""
    count = next((at for at, word in enumerate(words) if not _is_somebody(word)), len(words))
    who = split_names(words[:count])
    rest = [word for word in words[count:] if word.casefold() not in _DO]
    acts, projects = [word for word in rest if "/" not in word], [word for word in rest if "/" in word]
    if more := [*acts[1:], *projects[1:]]:
        raise UsageError(_("I do not know what {word} is for.", word=as_code(more[0], 100)))
    return TypedTarget(who, acts[0].casefold() if acts else None, projects[0] if projects else None)


def split_names(words: Sequence[str]) -> tuple[str, ...]:
    """What stands between commas, too."""
    return tuple(name for word in words for name in word.split(",") if name)


def _is_somebody(word: str) -> bool:
    first = word.split(",", maxsplit=1)[0]
    return first.startswith(("@", "<")) or first.casefold() in _GROUPS or find_id(first) is not None


def read_who(names: Sequence[str], find: FindId) -> tuple[str, ...]:
    """Their ids. Raises UsageError for a name that nobody has."""
    return tuple(dict.fromkeys(_read_one(name, find) for name in names))


def _read_one(name: str, find: FindId) -> str:
    plain = name.strip("@<>!").casefold()
    if found := find_id(name) or _GROUPS.get(plain) or find(name.removeprefix("@")):
        return found
    raise UsageError(
        _("I do not know {word}.", word=as_code(name, 60)),
        _("Choose people and user groups from the list that Slack shows after an `@`, or type their id (`U0123ABCD`)."),
    )


def read_line(said: ParsedLine, words: Sequence[str], find: FindId) -> PolicyLine:
    """The line that these words and the options say. Raises UsageError."""
    effect = words[0].casefold() if words else ""
    if effect not in {*Effect}:
        raise UsageError(_("A line says one of {words}.", words=join_or([f"`{one}`" for one in Effect])))
    target = split_target(words[1:])
    if not target.who:
        raise UsageError(
            _("Whom is the line about?"), _("Name people, user groups, `everybody`, `guests` or `external`.")
        )
    row = {effect: list(read_who(target.who, find)), "do": target.act or ANY, "project": target.project}
    return from_plain({**row, **_read_options(said, find)})


def _read_options(said: ParsedLine, find: FindId) -> dict[str, Any]:
    row: dict[str, Any] = {name: said.get_value(name) for name in _TEXTS}
    row["channel"] = read_channel(said.get_value("channel"))
    row["parameters"] = dict(said.pairs)
    row |= {name: read_number(name, said.get_value(name)) for name in _NUMBERS if said.has_flag(name)}
    row |= {name: True for name in _FLAGS if said.has_flag(name)}
    row |= {name: list(read_who(said.get_values(name), find)) for name in _PEOPLE if said.has_flag(name)}
    return {name: value for name, value in row.items() if value or value == ""}


def read_number(name: str, text: str | None) -> int:
    if text is None or not text.isdecimal() or len(text) > 3:
        raise UsageError(_("`--{name}` needs a number.", name=name))
    return int(text)


def read_channel(text: str | None) -> str | None:
    """The id in Slack's reference `<#C1|web>`, or what was typed."""
    return text.strip("<>#").partition("|")[0] if text else None


def format_typed(line: PolicyLine, *before: str, **options: OptionValue) -> Written:
    """`policy`, the words `before`, and what `read_line` makes this line of."""
    plain = to_plain(line)
    words = [str(line.effect), *plain.pop(str(line.effect)), "do", str(plain.pop("do"))]
    words += [str(plain.pop("project"))] if "project" in plain else []
    pairs: Mapping[str, str] = plain.pop("parameters", {})
    said = dict(_list_options(plain))
    return extend_line(format_line("policy", *before, *words, **said, **options), pairs)


def _list_options(plain: Mapping[str, Any]) -> Iterator[tuple[str, OptionValue]]:
    for name, value in plain.items():
        yield name.replace("-", "_"), value if isinstance(value, bool | list) else str(value)
