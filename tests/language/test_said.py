from __future__ import annotations

from copy import deepcopy

from bot.language import _, ngettext, say_kept
from bot.language.said import keep
from bot.language.spoken import speaking
from tests.plugins.each_case import each_case


def test_what_is_kept_of_a_sentence_is_said_to_another_reader_in_their_language() -> None:
    with speaking("de"):
        jobs = ngettext("{count} job", "{count} jobs", 1200)
        [kept] = map(keep, deepcopy([_("{who} approved {hold}", who="Ada", hold=jobs)]))
        german = say_kept(kept)
    assert say_kept(kept) == "Ada approved 1,200 jobs"
    assert german == _in_german(kept) != say_kept(kept)
    assert "Jobs" not in kept


def _in_german(kept: str) -> str:
    with speaking("de"):
        return say_kept(kept)


@each_case("text", ["", "CircleCI is down.", '{"say": ', '{"say": "{who.x}", "with": {}}', "{who}"])
def test_any_other_text_is_kept_as_it_is(text: str) -> None:
    assert say_kept(keep(text)) == text


def test_a_row_of_an_older_release_is_shown_as_it_was_stored() -> None:
    assert say_kept("CircleCI ist nicht erreichbar.") == "CircleCI ist nicht erreichbar."
