"""A sentence as it was said, with what it was made from: it can be kept, and said in the language of another reader."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Self


class Said(str):
    """Text like any other. `sentence` is the English one, or those for one and for several; `values` were filled in."""

    __slots__ = ("sentence", "values")

    sentence: str | tuple[str, str, int]
    values: Mapping[str, object]

    def __new__(cls, told: str, sentence: str | tuple[str, str, int], values: Mapping[str, object]) -> Self:
        said = super().__new__(cls, told)
        said.sentence, said.values = sentence, values
        return said

    def __reduce__(self) -> tuple[object, ...]:
        """A copy of a message copies its texts too."""
        return Said, (str(self), self.sentence, self.values)


MARK = '{"say": '
"""What a text that was made of a sentence begins with where it is kept."""


def keep(text: str) -> str:
    """What is stored of a text: how it was made, in no language; what was not made of one sentence as it is."""
    if text.startswith(MARK):
        text = Said(text, "{text}", {"text": str(text)})
    return json.dumps(_describe(text), ensure_ascii=False) if isinstance(text, Said) else text


def _describe(value: object) -> object:
    if not isinstance(value, Said):
        return value if isinstance(value, int | float) else str(value)
    return {"say": value.sentence, "with": {name: _describe(each) for name, each in value.values.items()}}
