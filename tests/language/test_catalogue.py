"""The catalogues hold what the code says: every sentence, with the same values, code and links in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Message

from bot.language.spoken import ENGLISH, NAMES
from tests.plugins.catalogue import (
    CHECKOUT,
    FOLDER,
    extract_catalogue,
    extract_sentences,
    list_marks,
    list_messages,
    list_names,
    list_texts,
    read_catalogue,
)

LANGUAGES = sorted({path.stem for path in FOLDER.glob("*.po")})


def test_every_language_has_a_catalogue() -> None:
    assert sorted(NAMES.keys() - {ENGLISH}) == LANGUAGES


def test_no_sentence_stands_inside_an_f_string_where_no_extractor_finds_it() -> None:
    files = sorted((CHECKOUT / "bot").rglob("*.py"))
    hidden = [
        f"{file.name}:{call.lineno}" for file in files for call in _list_hidden(ast.parse(file.read_text("utf-8")))
    ]
    assert hidden == []


def _list_hidden(tree: ast.AST) -> Iterator[ast.Call]:
    for text in ast.walk(tree):
        if isinstance(text, ast.JoinedStr):
            yield from (node for node in ast.walk(text) if isinstance(node, ast.Call) and _marks_sentence(node))


def _marks_sentence(call: ast.Call) -> bool:
    marks = isinstance(call.func, ast.Name) and call.func.id in {"_", "N_", "ngettext"}
    return marks and isinstance(call.args[0], ast.Constant)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated_and_nothing_else(language: str) -> None:
    wanted = {message.id for message in list_messages(extract_catalogue())}
    messages = list_messages(read_catalogue(language))
    known = {message.id for message in messages}
    assert sorted(map(str, wanted - known)) == [], "`make catalogue` adds them"
    assert sorted(map(str, known - wanted)) == [], "`make catalogue` removes them"
    assert [message.id for message in messages if not all(list_texts(message.string))] == []


def test_every_value_is_a_plain_name() -> None:
    """Nothing is looked up in what is filled in: `{job.name}` would be."""
    texts = [text for message in list_messages(extract_catalogue()) for text in list_texts(message.id)]
    assert [text for text in texts for name in list_names(text) if not name.isidentifier()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_a_guess(language: str) -> None:
    """What gettext's tools mark as fuzzy is left out when a catalogue is read: its sentences stay English."""
    assert [message.id for message in list_messages(read_catalogue(language)) if message.fuzzy] == []


def test_a_sentence_is_counted_everywhere_or_nowhere() -> None:
    """A counted sentence has an entry of its own kind, which `_()` does not find."""
    found = {sentence for _file, sentence in extract_sentences()}
    assert [counted for counted in found if not isinstance(counted, str) and counted[0] in found] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_same_values_code_and_edges(language: str) -> None:
    translated = [one for one in list_messages(read_catalogue(language)) if all(list_texts(one.string))]
    wrong = [message.id for message in translated if not _fits(message)]
    assert wrong == []


def _fits(message: Message) -> bool:
    """The singular may leave out the number, and what the plural has may be said of one too."""
    english, translated = list_texts(message.id), list_texts(message.string)
    return all(
        _describe(said) == _describe(original) or (message.pluralizable and _is_singular(said, original))
        for original, said in zip(english, translated, strict=True)
    )


def _is_singular(said: str, original: str) -> bool:
    return set(list_names(said)) | {"count"} == set(list_names(original)) | {"count"}


def _describe(text: str) -> tuple[object, ...]:
    edges = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return sorted(list_names(text)), list_marks(text), edges
