"""A line that was understood, typed or written by us: its command, and what it says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

from bot.blocks.help_blocks import OWN_WORDS
from bot.circleci.links import Link
from bot.command import Command, ParsedLine, Request, RequestSource, format_line
from bot.dispatch.next_steps import add_next_step, build_meant_steps
from bot.dispatch.registry import Registry, build_commands_step
from bot.dispatch.sentences import ParsedSentence, is_sentence, read_sentence
from bot.dispatch.undecorate import strip_decoration
from bot.dispatch.words import (
    Word,
    find_typed_options,
    find_written_options,
    parse_usage,
    split_words,
    split_written,
    strip_placeholders,
)
from bot.errors import NextStep, UnknownOption, UsageError
from bot.language import _
from bot.language.formats import join_or
from bot.line import END, Written, split_parts
from bot.mrkdwn import as_code

_ANSWERS_ITSELF = ("help", "help --short")
"""Lines whose answer needs no word on how the sentence was read."""
_NAMING = ("branch", "tag", "environment", "component", "from", "to")
_OWN_HELP = frozenset({"me", "out", "us"})
_MOST_WORDS = 12
"""Of what nobody understood, that are said again."""


@dataclass(frozen=True, slots=True)
class ParsedCommand:
    """A line that was understood. `note` says of a person's own words how; where `answer` is, nothing is to be run."""

    command: Command[Any]
    line: ParsedLine
    note: str = ""
    answer: str = ""

    @property
    def written(self) -> Written:
        """The line that says it again, in today's words."""
        word, *flags = self.command.title.split()
        if not flags:
            return self.line.to_written(word)
        options = {**self.line.options, **{flag.removeprefix(END): () for flag in flags}}
        return replace(self.line, options=options).to_written(word)

    @property
    def about(self) -> str:
        """What it acts on, for the record: names and numbers. No value of a parameter or of a variable."""
        words = [one for one in self.line.words if "/" not in one] if self.command.writes is True else []
        named = [(name, self.line.get_value(name)) for name in _NAMING if self.command.writes]
        return ", ".join([*words, *(f"{name} {value}" for name, value in named if value)])

    def replace_line(self, request: Request) -> Request:
        """With the line that was understood. What tells a detail, unless it turns a page, leaves the message there.

        Not the one that asked its person to connect first.
        """
        is_detail = self.command.is_detail and not self.line.has_flag("page")
        stays = is_detail and request.source is not RequestSource.TYPED
        return replace(request, line=self.written, written=True, ephemeral=request.ephemeral and not stays)


def parse_request(request: Request, registry: Registry) -> ParsedCommand:
    """Raises UsageError, with how it would be said."""
    return _parse_written(request.line, registry) if request.written else _parse_typed(request.line, registry, request)


def add_branch_of_link(call: ParsedCommand, base_url: str) -> ParsedLine:
    """A link to a branch's pipelines says `--branch` too, where that may be said and nothing else says which."""
    line = call.line
    if "branch" not in parse_usage(call.command.usage).options or line.options.keys() & {
        "branch",
        "tag",
        "all-branches",
    }:
        return line
    links = filter(None, (Link.parse(word, base_url) for word in line.words))
    branch = next((link.branch for link in links if link.branch), None)
    if branch is None:
        return line
    return replace(line, options={**line.options, "branch": (branch,)}, exact=line.exact | {"branch"})


def _parse_typed(text: str, registry: Registry, request: Request) -> ParsedCommand:
    if text in registry.words:
        return ParsedCommand(registry.get(text), ParsedLine())
    text = strip_decoration(text)
    if asked := _find_help(text, registry):
        return asked
    if text.casefold() not in registry.words and (reading := read_sentence(text, registry.words)):
        return _parse_reading(reading, registry)
    words = split_words(text)
    if words and is_sentence([one.raw for one in words], registry.words):
        raise _build_sentence_error(words, registry)
    if words and not registry.has(words[0].text):
        return _parse_misspelt(words, registry, request)
    try:
        return _parse_command_line(text, words, registry)
    except UnknownOption as error:
        again = text.replace(f"--{error.name}", f"--{error.near}", 1)
        with suppress(UsageError):
            meant = _parse_command_line(again, split_words(again), registry) if error.near else None
            if meant and _is_shown_first(meant, request):
                return _add_reading(meant, again)
            error.next_steps = build_meant_steps(meant.command, meant.written, again) if meant else error.next_steps
        raise


def _is_shown_first(meant: ParsedCommand, request: Request) -> bool:
    """Whether the command itself only shows what it would do, with the button: then the guess needs none of its own.

    So it is where a line that acts names a project at most (bot/actions/understood_act.py), outside of threads.
    """
    line, about = meant.line, request.thread_ts or request.message_ts or request.addresses
    alone = len(line.words) < 2 and all("/" in word and "://" not in word for word in line.words)
    return meant.command.writes is True and not about and alone and not line.pairs and line.options.keys() <= {"failed"}


def _add_reading(call: ParsedCommand, line: str) -> ParsedCommand:
    return replace(call, note=_("I read that as {line}.", line=as_code(f"/circle {line}", 200)))


def _find_help(text: str, registry: Registry) -> ParsedCommand | None:
    """`help X` for whatever X alone would mean: a command, also where it reads as politeness (`now`), or a phrase.

    `help me` asks for help. Who declines a hold is told of `approve`, which shows both.
    """
    first, _space, about = text.partition(" ")
    words = about.split()
    if not (words and registry.has(first) and registry.get(first).name == "help" and _OWN_HELP.isdisjoint(words[:1])):
        return None
    if registry.has(words[0]):
        return ParsedCommand(registry.get("help"), ParsedLine(tuple(words)))
    reading = read_sentence(about, registry.words)
    if reading is None or reading.line is None:
        return None
    said = split_parts(reading.line)[-1] if reading.acts else reading.line
    word = split_parts(said)[0]
    return ParsedCommand(registry.get("help"), ParsedLine((word if registry.has(word) else "approve",)))


def _parse_command_line(text: str, words: Sequence[Word], registry: Registry) -> ParsedCommand:
    command = registry.get(words[0].text, find_typed_options(words)) if words else registry.get("help")
    with _add_next_step(command):
        words = split_words(strip_placeholders(text, command.usage))
        if len(words) == 2 and (option := registry.find_option(command, words[1].text)):
            raise _build_option_error(option)
        return ParsedCommand(command, _move_value(command, registry.get_grammar(command).parse_typed(words[1:])))


def _parse_reading(reading: ParsedSentence, registry: Registry) -> ParsedCommand:
    if reading.line is None:
        return ParsedCommand(registry.get("help"), ParsedLine(), answer=_(reading.answer))
    call = _parse_written(reading.line, registry)
    if reading.acts or reading.line in _ANSWERS_ITSELF:
        return call
    return _add_reading(call, reading.line)


def _parse_misspelt(words: Sequence[Word], registry: Registry, request: Request) -> ParsedCommand:
    """The line as it may have been meant, where that does nothing yet. Raises UsageError, which offers it.

    A mention is of somebody, and no command: `@channel` is not `cancel`.
    """
    first = words[0].text
    near, meant = None if first.startswith("@") else registry.find_nearest(first), None
    if near:
        with suppress(UsageError):
            meant = _parse_typed(" ".join([near, *(one.raw for one in words[1:])]), registry, request)
    if meant and _is_shown_first(meant, request):
        return _add_reading(meant, " ".join([near or "", *(one.text for one in words[1:])]))
    raise _build_unknown_error(words, registry, near, meant)


def _build_unknown_error(
    words: Sequence[Word], registry: Registry, near: str | None, meant: ParsedCommand | None
) -> UsageError:
    """With the line as it may have been `meant`, where one command is nearest; or help for one that is in it."""
    typed = [one.text for one in words[:_MOST_WORDS]]
    steps: list[NextStep | str] = [] if near else _build_help_steps(words, registry)
    if near and meant:
        steps += build_meant_steps(meant.command, meant.written, " ".join([near, *typed[1:]]))
    unknown = as_code(typed[0], 50)
    sentence = (
        _("I do not know {word}. Did you mean `{near}`?", word=unknown, near=near)
        if near
        else _("I do not know {word}.", word=unknown)
    )
    return UsageError(sentence, *steps, build_commands_step())


def _build_sentence_error(words: Sequence[Word], registry: Registry) -> UsageError:
    examples = join_or([as_code(_(said)) for said in OWN_WORDS])
    return UsageError(
        _("I do not understand that sentence. Say it in fewer words, as in {examples}.", examples=examples),
        *_build_help_steps(words, registry),
        build_commands_step(),
    )


def _build_help_steps(words: Sequence[Word], registry: Registry) -> list[NextStep | str]:
    """Help for the first command that is in the sentence."""
    later = (one.text.casefold() for one in words[1:_MOST_WORDS])
    named = next((one for one in later if registry.has(one) and one not in _OWN_HELP), None)
    return [NextStep(_("Show Help for {command}", command=named), format_line("help", named))] if named else []


def _build_option_error(option: Command[Any]) -> UsageError:
    """A project that is called like an option is named in full."""
    meant = ParsedCommand(option, ParsedLine()).written
    return UsageError(
        _("Did you mean `{near}`?", near=option.title), NextStep(_("Show {command}", command=option.title), meant)
    )


def _parse_written(text: str, registry: Registry) -> ParsedCommand:
    words = split_written(text)
    command = registry.get(words[0], find_written_options(words)) if words else registry.get("help")
    with _add_next_step(command):
        return ParsedCommand(command, registry.get_grammar(command).parse_written(words[1:]))


def _move_value(command: Command[Any], line: ParsedLine) -> ParsedLine:
    """`subscribe --takeover=3` says what `subscribe --takeover 3` says."""
    option = command.title.partition(f" {END}")[2]
    values = line.options.get(option)
    return replace(line, words=(*values, *line.words), options={**line.options, option: ()}) if values else line


@contextmanager
def _add_next_step(command: Command[Any]) -> Iterator[None]:
    try:
        yield
    except UsageError as error:
        raise add_next_step(error, command) from None
