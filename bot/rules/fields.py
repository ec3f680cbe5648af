"""The fields of a rule, described once: typed options, the form, the YAML file and the database follow from here.

A field is typed as texts: none for a flag, one or several for the others. `parse` makes its value of them,
`to_texts` is the inverse.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from bot.errors import UsageError
from bot.language import N_, _
from bot.language.formats import join_or
from bot.language.time_words import HOURLY, get_meaning
from bot.line import OptionValue, ParsedLine, split_commas
from bot.mrkdwn import as_code
from bot.rules import durations, kinds, mention_words, quiet_hours, trigger_types

_LONGEST_GLOB = 200
_MOST_GLOBS = 20
_MOST_REMINDERS = 5
_FIRST_REMINDER, _LAST_REMINDER = timedelta(minutes=1), timedelta(days=60)

DELIVERY_MODES = ("message", "thread", "digest")
"""Where an outcome is posted, the loudest first."""

_MOST_TIMES = 12


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a rule may say.

    `takes` is what stands after the option in a usage line ("" for a flag), `help` explains it, and `choices` are
    offered in the form: several may be taken, or `one`; beside them all `people` of the workspace, where it may name
    them.
    """

    name: str
    takes: str
    help: str
    default: Any
    parse: Callable[[str, Sequence[str]], Any]
    to_texts: Callable[[Any], tuple[str, ...]]
    choices: tuple[str, ...] = ()
    single_choice: bool = False
    people: bool = False

    @property
    def attribute(self) -> str:
        return self.name.replace("-", "_")

    @property
    def option(self) -> str:
        """As a usage line spells it."""
        return f"--{self.name} {self.takes}".rstrip()

    def parse_texts(self, texts: Sequence[str]) -> Any:
        """What these texts say. Raises UsageError."""
        return self.parse(self.name, texts)

    def from_plain(self, plain: object) -> Any:
        """What YAML or JSON says: a text (perhaps with commas), a number, a list of them, or true for a flag.

        Raises UsageError.
        """
        if not self.takes:
            if isinstance(plain, bool):
                return plain
            raise UsageError(_("must be true or false"))
        if plain is None or isinstance(plain, dict):
            raise UsageError(_("must be a text or a list of texts"))
        return self.parse_texts([str(one) for one in plain] if isinstance(plain, list) else split_commas(str(plain)))


def _parse_globs(name: str, texts: Sequence[str]) -> tuple[str, ...]:
    globs = sorted({glob for glob in texts if glob.strip()})
    if not globs or len(globs) > _MOST_GLOBS or any(len(glob) > _LONGEST_GLOB for glob in globs):
        raise UsageError(
            _(
                "`--{option}` needs a pattern like `release/*`, or up to {most} with commas between "
                "them, of {longest} characters at most.",
                option=name,
                most=_MOST_GLOBS,
                longest=_LONGEST_GLOB,
            )
        )
    return tuple(globs)


def _parse_triggers(name: str, texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted({trigger_types.canonicalise_trigger(glob) for glob in _parse_globs(name, texts)}))


def _parse_kinds(_name: str, texts: Sequence[str]) -> frozenset[str]:
    return kinds.parse([word for text in texts for word in text.split(",")])


def _parse_place(_name: str, texts: Sequence[str]) -> str:
    """`channel` is what the form calls a message in it."""
    word = texts[-1].strip().lower() if texts else ""
    word = DELIVERY_MODES[0] if word == "channel" else word
    if word not in DELIVERY_MODES:
        places = join_or([as_code(place) for place in DELIVERY_MODES])
        needed = _("`--to` needs to say where: {places}.", places=places)
        raise UsageError(
            _("`--to` takes {places}, not {word}.", places=places, word=as_code(word, 50)) if word else needed
        )
    return word


def _parse_times(name: str, texts: Sequence[str]) -> tuple[str, ...]:
    """Times of day as `09:00`, or hourly."""
    words = {get_meaning(word) for text in texts for word in text.split(",") if word.strip()}
    if not words or len(words) > _MOST_TIMES:
        raise UsageError(
            _(
                "`--{option}` needs a time like `09:00`, up to {most} with commas between them, or `hourly`.",
                option=name,
                most=_MOST_TIMES,
            )
        )
    if HOURLY in words:
        return (HOURLY,)
    return tuple(sorted({f"{quiet_hours.parse_time(word):%H:%M}" for word in words}))


def _parse_flag(name: str, texts: Sequence[str]) -> bool:
    if any(text.lower() not in {"", "true", "yes"} for text in texts):
        raise UsageError(_("`--{option}` takes no value.", option=name))
    return True


def _parse_number(name: str, texts: Sequence[str], *, least: float, most: float) -> float:
    """A whole number where `least` is one."""
    try:
        number = type(least)(texts[-1] if texts else "")
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        raise UsageError(
            _("`--{option}` needs a number from {least} to {most}.", option=name, least=f"{least:g}", most=f"{most:g}")
        )
    return number


def _parse_spans(name: str, texts: Sequence[str]) -> tuple[str, ...]:
    """Spans of time, each once, the shortest first."""
    try:
        spans = sorted({durations.parse_span(word) for text in texts for word in text.split(",") if word.strip()})
    except UsageError:
        spans = []
    if not 0 < len(spans) <= _MOST_REMINDERS or spans[0] < _FIRST_REMINDER or spans[-1] > _LAST_REMINDER:
        raise UsageError(
            _(
                "`--{option}` needs a time like `30m`, `2h` or `1d`, or up to {most} with commas "
                "between them, from `{shortest}` to `{longest}`.",
                option=name,
                most=_MOST_REMINDERS,
                shortest=durations.format_span(_FIRST_REMINDER),
                longest=durations.format_span(_LAST_REMINDER),
            )
        )
    return tuple(map(durations.format_span, spans))


def _format_number(value: float) -> tuple[str, ...]:
    return (f"{value:g}",)


def _build_glob_field(name: str, help_: str, *, read: Callable[..., Any] = _parse_globs, **more: Any) -> Field:
    return Field(name, "GLOB", help_, (), read, tuple, **more)


def _build_flag_field(name: str, help_: str) -> Field:
    return Field(name, "", help_, default=False, parse=_parse_flag, to_texts=lambda _value: ())


_MATCHING = N_(
    "only branches, tags, workflows or logins that match, as in `release/*`; several with commas between them. With "
    "`--branch` and `--tag`, one of them has to match"
)
_LEFT_OUT = N_("leave out what matches, as in `dependabot*`")
_NOT_TO = N_("leave out deploys to environments that match; without `--only` everything that is no deploy, too")
_DEPLOYED = N_("only deploys, to environments or of components that match; without `--only` each kind of them")

FIELDS = (
    Field(
        "only",
        "KINDS",
        N_("which outcomes to post, such as `failed,recovered`; `all` for everything"),
        kinds.DEFAULT_KINDS,
        _parse_kinds,
        lambda value: tuple(sorted(value)),
        (*kinds.OUTCOME_KINDS, kinds.ALL),
    ),
    _build_glob_field("branch", _MATCHING),
    _build_glob_field("not-branch", _LEFT_OUT),
    _build_glob_field("tag", _MATCHING),
    _build_glob_field("not-tag", _LEFT_OUT),
    _build_glob_field("workflow", _MATCHING),
    _build_glob_field("not-workflow", _LEFT_OUT),
    _build_glob_field("actor", _MATCHING),
    _build_glob_field("not-actor", _LEFT_OUT),
    _build_glob_field(
        "trigger",
        N_("only pipelines started by `push` (or `webhook`), `schedule`, `api`, or a word of CircleCI's like `gitlab`"),
        read=_parse_triggers,
        choices=trigger_types.NAMES,
    ),
    _build_glob_field("not-trigger", _LEFT_OUT, read=_parse_triggers, choices=trigger_types.NAMES),
    _build_glob_field("environment", _DEPLOYED),
    _build_glob_field("not-environment", _NOT_TO),
    _build_glob_field("component", _DEPLOYED),
    Field(
        "every",
        "N",
        N_("repeat the alert every N failures while a branch stays broken (off by default)"),
        0,
        partial(_parse_number, least=1, most=1000),
        _format_number,
    ),
    Field(
        "slower",
        "FACTOR",
        N_("with `--only slow`: how many times the p95 of its last 30 runs (1.5)"),
        1.5,
        partial(_parse_number, least=1.0, most=100.0),
        _format_number,
    ),
    Field(
        "remind",
        "AFTER",
        N_("remind when a hold has waited this long (`2h`, or `2h,1d` for two reminders; off by default)"),
        (),
        _parse_spans,
        tuple,
    ),
    Field(
        "to",
        "WHERE",
        N_(
            "`message` (a card, and its outcomes in the channel), `thread` (only in the card's thread) or "
            "`digest` (collected, and posted together in one message)"
        ),
        DELIVERY_MODES[0],
        _parse_place,
        lambda value: (value,),
        DELIVERY_MODES,
        single_choice=True,
    ),
    Field(
        "at",
        "TIMES",
        N_("with `--to digest`: when, in the channel's time zone, or `hourly` (`09:00` by default)"),
        ("09:00",),
        _parse_times,
        tuple,
    ),
    Field(
        "mention",
        "WHOM",
        N_(
            "whom to mention: `author` (who started it), `breaker` (who started the pipeline that broke the branch), "
            "people and user groups (as in `@ada,@platform`); nobody by default"
        ),
        (),
        mention_words.parse,
        tuple,
        mention_words.CHOICES,
        people=True,
    ),
    _build_flag_field("default-branch", N_("only the project's default branch")),
    _build_flag_field("mine", N_("only pipelines that you started")),
)

BY_NAME = {field.name: field for field in FIELDS}

USAGE = " ".join(f"[{field.option}]" for field in FIELDS)
"""The part of a usage line that says a rule."""

HELP = {field.option: field.help for field in FIELDS}


def parse_options(line: ParsedLine) -> dict[str, tuple[str, ...]]:
    """The options of a line that are fields of a rule. An empty one stays empty: it clears that field."""
    names = [field.name for field in FIELDS if line.has_flag(field.name)]
    return {name: line.get_values(name) or line.options[name] for name in names}


def to_options(texts: Mapping[str, Sequence[str]]) -> dict[str, OptionValue]:
    """As a line says them: a flag by True."""
    return {name: list(values) if BY_NAME[name].takes else True for name, values in texts.items()}
