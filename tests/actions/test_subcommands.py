from __future__ import annotations

import pytest

from bot.actions import subcommands
from bot.errors import UsageError
from tests.plugins.each_case import each_case

KNOWN = ("list", "show", "rm")


@each_case(
    ("words", "read"),
    [
        ((), ("list", ())),
        (("rm", "a"), ("rm", ("a",))),
        (("Delete", "a"), ("rm", ("a",))),
        (("gh/acme/web",), ("list", ("gh/acme/web",))),
        (("web",), ("list", ("web",))),
    ],
)
def test_a_line_begins_with_a_verb_or_lists(words: tuple[str, ...], read: tuple[str, tuple[str, ...]]) -> None:
    assert subcommands.parse(words, KNOWN) == read


def test_a_mistyped_verb_is_not_taken_for_a_project() -> None:
    with pytest.raises(UsageError, match="Did you mean `show`"):
        subcommands.parse(("shwo", "a"), KNOWN)


def test_only_a_list_takes_a_bare_repository() -> None:
    assert subcommands.split_project("list", ("web",)) == ("web", ())
    assert subcommands.split_project("rm", ("web",)) == (None, ("web",))
    assert subcommands.split_project("rm", ("acme/web", "A")) == ("acme/web", ("A",))


def test_words_that_nobody_asked_for_are_told() -> None:
    subcommands.check_no_more(())
    with pytest.raises(UsageError, match="`b`"):
        subcommands.check_no_more(("b",))
