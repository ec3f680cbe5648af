"""The buttons for parameters that CircleCI refuses: send them as another type, or leave them out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from bot.circleci.parameter_values import TYPES, as_text, get_parameter_type
from bot.circleci.pipelines_api import Value
from bot.errors import NextStep, Rejected
from bot.language import _
from bot.line import Written
from bot.mrkdwn import cut
from bot.untrusted.patterns import compile_linear

_TYPE = compile_linear(r"Type error for argument (?P<name>[^\s:]+): expected type: (?P<type>[a-z]+)")
_UNKNOWN = compile_linear(r"Unexpected argument\(s\): (?P<names>[^”“]+)")

Again = Callable[[Mapping[str, str], Mapping[str, str]], Written]
"""The line that triggers the same with these parameters, of these types."""


def add_fix_steps(error: Rejected, sent: Mapping[str, Value], again: Again, note: str = "") -> Rejected:
    """The same refusal with a button that sends what CircleCI wants, where its words tell that, and a note."""
    texts = {name: as_text(value) for name, value in sent.items()}
    types = {name: get_parameter_type(value) for name, value in sent.items()}
    steps: list[str | NextStep] = [
        *_fix_types(error.message, texts, types, again),
        *_drop_unknown(error.message, texts, types, again),
    ]
    steps += [*error.next_steps, *filter(None, [note])]
    return Rejected(error.message, *steps, status=error.status, request_id=error.request_id)


def _fix_types(reason: str, texts: Mapping[str, str], types: Mapping[str, str], again: Again) -> Iterator[NextStep]:
    wanted = {found["name"]: found["type"] for found in _TYPE.finditer(reason) if found["name"] in texts}
    wanted = {name: kind if kind in TYPES else "string" for name, kind in wanted.items()}
    if wanted and any(types[name] != kind for name, kind in wanted.items()):
        named = [_("{parameter} as {type}", parameter=cut(name, 30), type=kind) for name, kind in wanted.items()]
        label = _("Trigger with {parameters}", parameters=", ".join(named[:2]))
        yield NextStep(label, again(texts, {**types, **wanted}))


def _drop_unknown(reason: str, texts: Mapping[str, str], types: Mapping[str, str], again: Again) -> Iterator[NextStep]:
    named = {name.strip() for found in _UNKNOWN.finditer(reason) for name in found["names"].split(",")}
    left = {name: text for name, text in texts.items() if name not in named}
    if len(left) < len(texts):
        gone = [cut(name, 30) for name in texts if name in named]
        label = _("Trigger Without {parameters}", parameters=", ".join(gone[:2]))
        yield NextStep(label, again(left, {name: types[name] for name in left}))
