"""What we write into a button, a form or the store reads back as exactly that: a name can never add to a line.

Names are those of whoever can push to a branch: quotes, dashes, entities, commas, newlines, marks of direction.
"""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.blocks import kit
from bot.command import Command, Modal, ParsedLine, Request, RequestSource
from bot.commands import COMMANDS
from bot.dispatch.parsed_call import parse_request
from bot.dispatch.registry import Registry
from bot.dispatch.words import parse_usage, split_words, split_written
from bot.errors import UsageError
from bot.line import Written, extend_line, format_line, join_commas, split_commas
from bot.slack import payload_parsing
from bot.slack.responder import render_modal

REGISTRY = Registry(COMMANDS)

ODD = "\"'“”„‘’`—–-= ,;&<>|/\\\n\t\u00a0\u202e\u200f\u2028%#@*[]{}():.é🚀ab1"
FRAGMENTS = st.sampled_from(["--", "--force", " --full --here", "&amp;", "’ --jobs ‘", "key=value", "<!channel>", "x"])
NAMES = (
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
    | st.text(ODD, max_size=30)
    | st.lists(FRAGMENTS, max_size=4).map("".join)
)
"""Without NUL and half characters, which are taken out wherever a text comes in (bot/payload)."""


def _said(command: str) -> st.SearchStrategy[tuple[str, ParsedLine]]:
    """Any line that its usage allows, of any words, values and pairs."""
    allowed = parse_usage(REGISTRY.get(command).usage)
    values = {
        name: st.lists(NAMES, min_size=1, max_size=3).map(tuple) if takes else st.just(())
        for name, takes in allowed.options.items()
    }
    options = st.fixed_dictionaries({}, optional=values)
    pairs = st.dictionaries(NAMES, NAMES, max_size=3) if allowed.pairs else st.just({})
    words = st.lists(NAMES, max_size=4).map(tuple)
    return st.builds(ParsedLine, words, options, pairs).map(lambda said: (command, said))


SAID = st.sampled_from([command.name for command in COMMANDS]).flatmap(_said)


def _written(command: str, said: ParsedLine) -> Written:
    return extend_line(
        format_line(command, *said.words, **{name: list(v) or True for name, v in said.options.items()}), said.pairs
    )


def _same(request: Request | None, command: str, said: ParsedLine) -> None:
    assert request is not None
    call = parse_request(request, REGISTRY)
    assert call.command.name == command
    assert (call.line.words, dict(call.line.options), dict(call.line.pairs)) == (
        said.words,
        dict(said.options),
        dict(said.pairs),
    )
    assert all(call.line.get_values(name) == values for name, values in said.options.items()), "no comma parts them"


def _slack(body: dict[str, object]) -> dict[str, object]:
    """There and back as JSON."""
    found: dict[str, object] = json.loads(json.dumps(body))
    return found


_PRESS = {"team": {"id": "T"}, "user": {"id": "U", "team_id": "T"}, "trigger_id": "1.2"}


@given(SAID)
def test_a_button_says_what_was_written(one: tuple[str, ParsedLine]) -> None:
    command, said = one
    row = kit.actions([kit.button("Press", _written(command, said))])
    _same(
        payload_parsing.parse_action(_slack({**_PRESS, "channel": {"id": "C"}, "actions": row["elements"]})),
        command,
        said,
    )


@given(SAID)
def test_a_form_says_what_was_written(one: tuple[str, ParsedLine]) -> None:
    command, said = one
    asked = Request("T", "U", "", RequestSource.TYPED, "k", "C")
    view = render_modal(Modal("Form", [], line=_written(command, said), submit="Go"), asked)
    _same(payload_parsing.parse_submission(_slack({**_PRESS, "view": {"id": "V", **view}})), command, said)


@given(SAID)
def test_a_line_that_was_understood_is_kept_as_itself(one: tuple[str, ParsedLine]) -> None:
    """As it waits for its person, and as the acts know it."""
    command, said = one
    first = parse_request(Request("T", "U", _written(command, said), RequestSource.BUTTON, "k", written=True), REGISTRY)
    kept = Request("T", "U", first.line.to_written(command), RequestSource.TYPED, "k", written=True)
    _same(kept, command, said)


@given(st.lists(NAMES), st.lists(NAMES))
def test_what_is_added_to_a_line_adds_nothing_else(words: list[str], jobs: list[str]) -> None:
    again = extend_line(format_line("rerun", *words, jobs=jobs), ssh=True)
    call = parse_request(Request("T", "U", again, RequestSource.BUTTON, "k", written=True), REGISTRY)
    assert (call.line.words, call.line.get_values("jobs")) == (tuple(words), tuple(jobs))
    assert set(call.line.options) <= {"jobs", "ssh"}


PATTERNS = NAMES.map(str.strip).filter(lambda text: bool(text) and text.splitlines() == [text])


@given(st.lists(PATTERNS, max_size=5))
def test_what_a_form_shows_between_commas_is_read_as_it_was(texts: list[str]) -> None:
    assert list(split_commas(join_commas(texts))) == texts


TYPED = st.sampled_from(["x", "a,b", '"a b"', '"--"', "'--full'", "--", "“x y”", "don’t", '"a=b"', "‘--here’"])


@given(st.sampled_from(COMMANDS), st.data())
def test_what_was_typed_is_kept_as_it_was_read(command: Command[Any], data: st.DataObject) -> None:
    """A line waits for its person to connect, or stands in an answer's buttons: quoted dashes stay a value there."""
    allowed = parse_usage(command.usage)
    said = [f"--{name} {data.draw(TYPED)}" if takes else f"--{name}" for name, takes in allowed.options.items()]
    words = [*said[: data.draw(st.integers(0, 3))], *data.draw(st.lists(TYPED, max_size=3))]
    pairs = ["key=value"] if allowed.pairs else []
    try:
        read = allowed.parse_typed(split_words(" ".join([*words[:1], *pairs, *words[1:]])))
    except UsageError:
        return
    again = allowed.parse_written(split_written(read.to_written(command.name))[1:])
    assert (again.words, again.options, again.pairs) == (read.words, read.options, read.pairs)
    assert all(again.get_values(name) == read.get_values(name) for name in read.options)
