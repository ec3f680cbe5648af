from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.command import line
from bot.dispatch.words import did_you_mean, grammar, split
from bot.errors import UsageError

TRIGGER = grammar("trigger [project] [--branch NAME] [--tag NAME] [--ssh] [key=value …]")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="&“”„‘’\u00a0—–"), min_size=1)))
def test_what_is_joined_reads_back_as_the_same_words(words: list[str]) -> None:
    assert split(line(*words)) == words


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ('trigger "a b" c', ["trigger", "a b", "c"]),
        ("trigger “a b” c", ["trigger", "a b", "c"]),
        ("note=‘it is’ x", ["note=it is", "x"]),
        ("rerun 12 —failed", ["rerun", "12", "--failed"]),
        ("rerun 12 –failed", ["rerun", "12", "--failed"]),
        ("message=&lt;b&gt; a&amp;b", ["message=<b>", "a&b"]),
        ("  spaces\u00a0and\ttabs ", ["spaces", "and", "tabs"]),
        ("sha #12 -", ["sha", "#12", "-"]),
    ],
)
def test_words_are_read_as_people_write_them(typed: str, words: list[str]) -> None:
    assert split(typed) == words


def test_an_open_quote_is_told() -> None:
    with pytest.raises(UsageError, match="never closed"):
        split('trigger "oops')


def test_options_take_values_where_the_usage_says_so() -> None:
    line = TRIGGER.read(["gh/acme/web", "--branch", "main", "--tag=v1", "--ssh", "image-tag=4.8.2", "note=a=b c"])
    assert line.words == ("gh/acme/web",)
    assert line.option("branch") == "main"
    assert line.option("tag") == "v1"
    assert line.flag("ssh")
    assert line.pairs == {"image-tag": "4.8.2", "note": "a=b c"}


def test_a_flag_keeps_a_value_that_is_written_to_it() -> None:
    recent = grammar("recent [--org [ORG]]")
    assert recent.read(["--org=gh/acme"]).option("org") == "gh/acme"
    assert recent.read(["--org", "gh/acme"]).words == ("gh/acme",)


def test_a_pair_is_a_word_where_no_pairs_are_allowed() -> None:
    assert grammar("pipeline [project]").read(["a=b"]).words == ("a=b",)


def test_a_repeated_option_keeps_every_value() -> None:
    line = grammar("subscribe [--only KINDS]").read(["--only", "failed,recovered", "--only", "on-hold"])
    assert line.listed("only") == ("failed", "recovered", "on-hold")


@pytest.mark.parametrize(
    ("words", "said"),
    [(["--brnach", "x"], "Did you mean `--branch`"), (["--branch"], "needs a value"), (["--x"], "--x")],
)
def test_what_the_usage_does_not_name_is_refused(words: list[str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        TRIGGER.read(words)


def test_foreign_words_in_errors_cannot_mention_anybody() -> None:
    with pytest.raises(UsageError) as refused:
        TRIGGER.read(["--<!channel>"])
    assert "<!channel>" not in refused.value.message
    assert "&lt;!channel&gt;" in refused.value.message


@given(st.lists(st.text()))
def test_the_grammar_reads_or_refuses_whatever_comes(words: list[str]) -> None:
    with contextlib.suppress(UsageError):
        line = TRIGGER.read(words)
        assert len(line.words) + len(line.pairs) <= len(words)


def test_the_nearest_word_is_offered() -> None:
    assert did_you_mean("triger", ["trigger", "help"]) == " Did you mean `trigger`?"
    assert did_you_mean("zzz", ["trigger", "help"]) == ""


@pytest.mark.parametrize(
    ("escaped", "typed"),
    [
        ("<https://app.circleci.com/x?a=b&amp;c=d>", "https://app.circleci.com/x?a=b&c=d"),
        ("<http://registry.dev|registry.dev>/app:4.8", "registry.dev/app:4.8"),
        ("<https://x.dev/a|here>", "https://x.dev/a"),
        ("<mailto:ada@acme.dev|ada@acme.dev>", "ada@acme.dev"),
        ("<@U0ADA|ada>", "@ada"),
        ("<@U0ADA>", "<@U0ADA>"),
        ("<!subteam^S0PLATFORM|@platform>", "@platform"),
        ("<#C0WEB|web>", "#web"),
        ("<!channel>", "<!channel>"),
        ("a<b", "a<b"),
    ],
)
def test_references_of_slack_read_as_they_were_typed(escaped: str, typed: str) -> None:
    read = TRIGGER.read([*split(escaped), "--branch", *split(escaped), *split(f"note={escaped}")])
    assert read.words == (typed,)
    assert read.option("branch") == typed
    assert read.pairs["note"] == typed


def test_an_option_that_takes_people_keeps_their_references() -> None:
    read = grammar("subscribe [--mention WHOM]").read(split("--mention <@U0ADA|ada>,<!subteam^S0PLATFORM|@platform>"))
    assert read.option("mention") == "<@U0ADA|ada>,<!subteam^S0PLATFORM|@platform>"
