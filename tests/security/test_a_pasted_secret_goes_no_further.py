"""A secret that somebody types after a command is refused before anything reads, keeps, logs or repeats it.

It is known by its shape, whosever it is, or because it is one that this process has opened. Forty hexadecimal digits
may be an old token of CircleCI or a commit: they are refused where no command takes them.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.circleci.links import Links
from bot.circleci.sign_in_api import RETURN_URL
from bot.command import Request, RequestSource
from bot.dispatch.pasted_secrets import refuse_secrets, warn_of_old_token
from bot.errors import TargetError, UsageError
from bot.secret_hashes import opened_secrets
from bot.untrusted.token_shapes import mask_tokens
from tests.plugins.block_reader import get_text
from tests.plugins.each_case import each_case
from tests.plugins.secret_formats import CORPUS, READABLE, fill_format
from tests.plugins.world import World

LINKS = Links("https://circleci.example")
TOKENS = [*CORPUS["tokens"]["hidden"], *CORPUS["circleci"]["hidden"][:4], "CCIPAT_x", "ccipat_ada"]
SIGNED = [
    "https://b.s3.amazonaws.com/k?X-Amz-Date=20260102T030405Z&amp;X-Amz-Signature=<h64>",
    "<https://acme.blob.core.windows.net/c/b?sv=2024&amp;sig=<b43>>",
    "https://d1.cloudfront.net/a?Expires=1&Signature=<w60>&Key-Pair-Id=K1",
    "https://ada:<a20>@git.test/acme/web.git",
    "<https://hooks.slack.com/commands/T<u8>/<d12>/<a24>|hooks.slack.com>",
]
LINES = [
    "{}",
    "connect {}",
    "trigger web image={}",
    "subscribe web --branch {}",
    'trigger web note="see {} there"',
    "x{}",
]
OLD = "fedcba9876543210fedcba9876543210fedcba98"


def typed(line: str, source: RequestSource = RequestSource.TYPED) -> Request:
    return Request("T1", "U1", line, source, "key")


def refused(line: str, source: RequestSource = RequestSource.TYPED) -> str | None:
    try:
        refuse_secrets(typed(line, source), LINKS)
    except UsageError as error:
        return f"{error.message} {error.next_steps}"
    return None


@each_case("format_", [*TOKENS, *SIGNED])
def test_every_shape_is_refused_wherever_it_is_typed_and_not_repeated(format_: str) -> None:
    for number, line in enumerate(LINES[:-1]):
        text, parts = fill_format(format_, "", number)
        said = refused(line.format(text))
        assert said, text
        assert "Revoke it now" in said
        assert not [part for part in parts if part and part in said]


@each_case("line", LINES[:-1])
def test_the_address_that_ends_a_sign_in_is_refused_masked_and_not_repeated(line: str) -> None:
    told = line.format(f"{RETURN_URL}?code=a-code-that-is-good-once&state=a-state")
    said = refused(told)
    assert said
    assert "belongs into the private form" in said
    for text in (said, mask_tokens(told.encode()).decode()):
        assert "good-once" not in text
        assert "a-state" not in text


@given(st.text(st.sampled_from("abcdefABCDEF0123456789-_.~+/="), min_size=8, max_size=60), st.sampled_from(LINES))
@settings(max_examples=100)
def test_what_this_process_has_opened_is_refused_whatever_it_looks_like(secret: str, line: str) -> None:
    opened_secrets.remember("account:T9:UPASTED", f"9z{secret}")
    assert "Revoke it now" in (refused(line.format(f"9z{secret}")) or "")


@given(st.sampled_from(READABLE), st.sampled_from(["", "trigger web --branch sk-improve-the-login-form-of-the-shop "]))
def test_what_is_no_secret_is_read_on(readable: str, before: str) -> None:
    assert refused(f"{before}{readable}") is None


@pytest.mark.parametrize("source", [RequestSource.BUTTON, RequestSource.REDRAW])
def test_a_button_with_a_branch_that_looks_like_a_token_still_works(source: RequestSource) -> None:
    text, _ = fill_format("ghp_<a36>", "")
    assert refused(f"trigger web --branch {text}", source) is None


def test_forty_digits_are_a_commit_until_no_command_takes_them() -> None:
    assert refused(f"trigger web image={OLD}") is None
    error = UsageError(f"I do not know `{OLD}`.")
    said = warn_of_old_token(error, typed(f"login {OLD}"), LINKS)
    assert "revoke it now" in said.message
    assert OLD not in said.message
    for other in (typed("login"), typed(f"login {OLD}0"), typed(f"login {OLD}", RequestSource.BUTTON)):
        assert warn_of_old_token(error, other, LINKS) is error
    missing = TargetError("CircleCI does not know it.")
    assert warn_of_old_token(missing, typed(f"pipeline {OLD}"), LINKS) is missing


async def test_it_is_kept_nowhere_and_told_back_to_nobody(socket_world: World, tmp_path: Path) -> None:
    pasted = [fill_format(format_, "", 7) for format_ in ("ccipat_<a22>_<h40>", "github_pat_<a22>_<a59>", SIGNED[0])]
    lines = [(f"trigger gh/acme/web --branch main note={text}", parts) for text, parts in pasted]
    lines += [(OLD, {OLD}), (f"connect {OLD}", {OLD}), (f"subscriptions --token {OLD}", {OLD})]
    for line, parts in lines:
        await socket_world.say(f"/circle {line}")
        reply = await socket_world.reply("evoke it now")
        assert not [part for part in parts if part in get_text(reply)]
    await socket_world.say("/circle status gh/acme/web")
    await socket_world.reply("Connect")
    kept = _all_that_is_kept(tmp_path)
    assert b"T0SANDBOX" in kept
    assert not [part for _, parts in lines for part in parts if part.encode() in kept]


def _all_that_is_kept(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.glob("circlebot.db*"))
