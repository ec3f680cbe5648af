from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.command import ParsedLine, format_line
from bot.dispatch.words import find_nearest, parse_usage, split_words, split_written
from bot.errors import UsageError
from tests.plugins.each_case import each_case

TRIGGER = parse_usage("trigger [project] [--branch NAME] [--tag NAME] [--ssh] [key=value …]")


def _read(typed: str, usage: str = "") -> ParsedLine:
    return (parse_usage(usage) if usage else TRIGGER).parse_typed(split_words(typed))


@each_case(
    ("typed", "words"),
    [
        ('trigger "a b" c', ["trigger", "a b", "c"]),
        ("trigger “a b” c", ["trigger", "a b", "c"]),
        ("trigger „a b“ 'it’s c'", ["trigger", "a b", "it’s c"]),
        ("feature/don't feature/don’t it's", ["feature/don't", "feature/don’t", "it's"]),
        ("'don't do it' x", ["don't do it", "x"]),
        ("a&amp;b R&amp;amp;D &lt;b&gt;", ["a&b", "R&amp;D", "<b>"]),
        ("  spaces\u00a0and\ttabs ", ["spaces", "and", "tabs"]),
        ("sha #12 - — –", ["sha", "#12", "-", "—", "–"]),
        ('"--failed" D:\\tools', ["--failed", "D:\\tools"]),
        ("-- --failed —failed", ["--failed", "—failed"]),
        ("", []),
    ],
)
def test_words_are_read_as_people_write_them(typed: str, words: list[str]) -> None:
    assert _read(typed, "approve [project] <workflow> [hold]").words == tuple(words)


@each_case("dashes", ["--", "—", "–", "––"])
def test_a_dash_before_a_word_is_what_phones_make_of_two(dashes: str) -> None:
    assert _read(f"12 {dashes}ssh {dashes}branch main {dashes}tag=v1") == ParsedLine(
        ("12",), {"ssh": (), "branch": ("main",), "tag": ("v1",)}
    )


@each_case("typed", ['trigger "oops', "note='oops x", "“a b"])
def test_an_open_quote_is_told(typed: str) -> None:
    with pytest.raises(UsageError, match="never closed"):
        split_words(typed)


def test_options_take_values_where_the_usage_says_so() -> None:
    line = _read("gh/acme/web --branch main --tag=v1 --ssh image-tag=4.8.2 'note=a=b c'")
    assert line.words == ("gh/acme/web",)
    assert line.get_value("branch") == "main"
    assert line.get_value("tag") == "v1"
    assert line.has_flag("ssh")
    assert line.pairs == {"image-tag": "4.8.2", "note": "a=b c"}


def test_a_flag_keeps_a_value_that_is_written_to_it() -> None:
    recent = "recent [--org [ORG]]"
    assert _read("--org=gh/acme", recent).get_value("org") == "gh/acme"
    assert _read("--org gh/acme", recent).words == ("gh/acme",)


def test_a_pair_is_a_word_where_no_pairs_are_allowed() -> None:
    assert _read("a=b", "pipeline [project]").words == ("a=b",)


def test_a_repeated_option_keeps_every_value() -> None:
    line = _read("--only failed,recovered --only on-hold", "subscribe [--only KINDS]")
    assert line.get_values("only") == ("failed", "recovered", "on-hold")


def test_a_comma_in_double_quotes_parts_nothing() -> None:
    line = _read("""--only '"lint, format",build' """, "subscribe [--only KINDS]")
    assert line.get_values("only") == ("lint, format", "build")


@each_case(
    ("typed", "said"),
    [("--brnach x", "Did you mean `--branch`"), ("--branch", "needs a value"), ("--x", "--x")],
)
def test_what_the_usage_does_not_name_is_refused(typed: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        _read(typed)


def test_foreign_words_in_errors_cannot_mention_anybody() -> None:
    for read in (lambda: _read("--<!channel>"), lambda: TRIGGER.parse_written(["--<!channel>"])):
        with pytest.raises(UsageError) as refused:
            read()
        assert "<!channel>" not in refused.value.message
        assert "channel" in refused.value.message


@given(st.text())
def test_the_grammar_reads_or_refuses_whatever_comes(typed: str) -> None:
    with contextlib.suppress(UsageError):
        words = split_words(typed)
        line = TRIGGER.parse_typed(words)
        assert len(line.words) + len(line.pairs) <= len(words)


@given(st.text())
def test_what_was_understood_is_written_down_and_understood_the_same(typed: str) -> None:
    with contextlib.suppress(UsageError):
        line = TRIGGER.parse_typed(split_words(typed))
        assert TRIGGER.parse_written(split_written(line.to_written("trigger"))[1:]) == line


@each_case(
    ("standing", "said"),
    [
        ("rerun 12 --jobs a,b --ssh", ParsedLine(("12",), {"jobs": ("a,b",), "ssh": ()})),
        ("logs 12 --step 'Run tests’ --full --here'", ParsedLine(("12",), {"step": ("Run tests’ --full --here",)})),
        ("approve 12 'Approve “prod”'", ParsedLine(("12", "Approve “prod”"))),
        ("trigger web note='a &amp; b'", ParsedLine(("web",), pairs={"note": "a &amp; b"})),
    ],
)
def test_a_button_of_an_older_release_says_what_it_said(standing: str, said: ParsedLine) -> None:
    command, *words = split_written(standing)
    usage = f"{command} [--jobs NAMES] [--step NAME] [--full] [--here] [--ssh]{' key=value' * (command == 'trigger')}"
    assert parse_usage(usage).parse_written(words) == said


@each_case("standing", ["approve 12 --force", "approve 12 --", "approve 12 'cut off in the mid"])
def test_a_button_of_an_older_release_that_is_not_clear_is_refused(standing: str) -> None:
    with pytest.raises(UsageError):
        parse_usage("approve [project] <workflow> [hold]").parse_written(split_written(standing)[1:])


def test_several_values_of_an_older_release_stand_between_commas_and_of_this_one_apart() -> None:
    rerun = parse_usage("rerun <workflow> [--jobs NAMES]")
    assert rerun.parse_written(["12", "--jobs", "a,b"]).get_values("jobs") == ("a", "b")
    written = split_written(format_line("rerun", "12", jobs=["lint, format", "18"]))
    assert rerun.parse_written(written[1:]).get_values("jobs") == ("lint, format", "18")


def test_the_nearest_word_is_offered() -> None:
    assert find_nearest("triger", ["trigger", "help"]) == "trigger"
    assert find_nearest("zzz", ["trigger", "help"]) is None


@each_case(
    ("escaped", "typed"),
    [
        ("<https://app.circleci.com/x?a=b&amp;c=d>", "https://app.circleci.com/x?a=b&c=d"),
        ("<http://registry.dev|registry.dev>/app:4.8", "registry.dev/app:4.8"),
        ("<https://x.dev/a|here>", "https://x.dev/a"),
        ("<mailto:ada@acme.dev|ada@acme.dev>", "ada@acme.dev"),
        ("<@U0ADA|ada>", "@ada"),
        ("<!subteam^S0PLATFORM|@platform>", "@platform"),
        ("<#C0WEB|web>", "#web"),
        ("<!channel>", "@channel"),
        ("<!here|here>", "@here"),
        ("<http://xn--bcher-kva.de|bücher.de>", "bücher.de"),
        ("<http://x.io/|x.io>:80", "x.io:80"),
        ("<tel:+4930123|+49 30 123>", "+49 30 123"),
        ("a<b", "a<b"),
    ],
)
def test_references_of_slack_read_as_they_were_typed(escaped: str, typed: str) -> None:
    read = _read(f"{escaped} --branch {escaped} note={escaped}")
    assert read.words == (typed,)
    assert read.get_value("branch") == typed
    assert read.pairs["note"] == typed


@each_case("reference", ["<#C0WEB>", "<#C0WEB|>", "<@U0ADA>", "<@W0WIM>", "<!subteam^S0PLATFORM>"])
def test_a_reference_that_does_not_say_what_was_typed_is_told_and_not_sent(reference: str) -> None:
    for typed in (f"note=x{reference}", f"--branch {reference}", reference):
        with pytest.raises(UsageError, match="does not tell me the name"):
            _read(typed)


def test_an_option_that_takes_people_keeps_their_references() -> None:
    read = _read("--mention <@U0ADA|ada>,<!subteam^S0PLATFORM|@platform>", "subscribe [--mention WHOM]")
    assert read.get_value("mention") == "<@U0ADA|ada>,<!subteam^S0PLATFORM|@platform>"


def test_a_command_that_takes_people_and_channels_keeps_their_references() -> None:
    usage = "policy [WHOM …] [project] [--channel CHANNEL] [key=value …]"
    read = _read("only <@U0ADA> <!subteam^S0PLATFORM|@platform> <https://x.dev> a=<@U1|b> --channel <#C0WEB>", usage)
    assert read.words == ("only", "<@U0ADA>", "<!subteam^S0PLATFORM|@platform>", "https://x.dev")
    assert read.pairs == {"a": "@b"}
    assert read.get_value("channel") == "<#C0WEB>"
