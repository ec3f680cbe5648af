"""No secret is ever in our log: neither what looks like one, nor what this process has opened, whatever it looks like.

And to know a secret again none is kept in the clear.
"""

from __future__ import annotations

import gc
import json
import random
import string
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.logging_setup import mask_line
from bot.secret_hashes import OpenedSecrets
from bot.settings import Settings
from bot.store.vault import Vault, generate_key
from tests.plugins.counted_calls import count_calls
from tests.plugins.each_case import each_case
from tests.plugins.programs import ProgramResult, start_circlebot
from tests.plugins.secret_formats import CORPUS, HIDDEN, fill_format

TOKENS = [*CORPUS["tokens"]["hidden"], *CORPUS["circleci"]["hidden"][:3], *CORPUS["aws"]["hidden"][:2]]
ADDRESSES = [word for format_ in HIDDEN for word in format_.split() if "://" in word and ("{S}" in word or "<" in word)]
SAID = [
    "{}",
    "2026-01-02T03:04:05Z [info     ] it.happened   token={} workspace=T1",
    '{{"event": "it.broke", "error": "refused {}", "level": "error"}}',
    "Traceback (most recent call last):\n  File x\nValueError: {}",
    '{{"exception": "Traceback\\n  File x\\n{}"}}',
    "\x1b[35m{}\x1b[0m",
    "https://h.test/?q={}&r=1",
    "%3D{}",
    "b'{}'",
]

# Words of a password nobody could tell from ordinary ones; these have a digit and a letter, or are long.
secrets = st.text(st.sampled_from(string.ascii_letters + string.digits + "-_.~+/=!$%"), min_size=8, max_size=80).map(
    lambda said: f"a1{said}"
)


def line(said: str) -> str:
    return mask_line(None, "info", said)


@each_case("said", SAID)
def test_what_looks_like_a_token_is_masked_wherever_a_line_tells_it(said: str) -> None:
    for format_ in TOKENS:
        text, parts = fill_format(format_, "")
        assert not [part for part in parts if part in line(said.format(text))], text


def test_addresses_lose_what_opens_them() -> None:
    assert len(ADDRESSES) > 20
    for format_ in ADDRESSES:
        text, parts = fill_format(format_, "Zebra-17-acct")
        assert not [part for part in parts if part in line(f"told: {text} (404)")], text


@given(secrets, st.sampled_from(SAID))
@settings(max_examples=150)
def test_what_the_vault_has_opened_or_sealed_is_masked_whatever_it_looks_like(secret: str, said: str) -> None:
    vault = Vault([generate_key()])
    assert vault.open("account:T1:U1", vault.seal("account:T1:U1", secret)) == secret
    for form in (secret, quote(secret, safe=""), json.dumps(secret)[1:-1]):
        assert form not in line(said.format(form))


@given(
    st.text(string.ascii_letters + " .:=", max_size=60), secrets, st.text(string.ascii_letters + " .:=", max_size=60)
)
@settings(max_examples=100)
def test_only_the_secret_goes_and_the_rest_of_the_line_stays(before: str, secret: str, after: str) -> None:
    known = OpenedSecrets()
    known.remember("account:T1:U1", secret)
    assert known.mask(f"{before}{secret}{after}") == f"{before}****{after}"
    assert known.mask(f"{before}{after}") == f"{before}{after}"


short_or_long = st.text("ab01-", min_size=6, max_size=22).map(lambda said: f"a1{said}")
between = st.lists(st.text("xyz ", max_size=12), min_size=5, max_size=5)


@given(st.lists(short_or_long, min_size=1, max_size=4), between)
@settings(max_examples=200)
def test_of_several_secrets_none_is_missed_however_short_they_are_and_wherever_they_stand(
    several: list[str], between: list[str]
) -> None:
    known = OpenedSecrets()
    for number, secret in enumerate(several):
        known.remember(f"account:T1:U{number}", secret)
    text = "".join(map("".join, zip(between, [*several, *[""] * 4], strict=False)))
    assert not [secret for secret in several if secret in known.mask(text)]


def test_a_line_is_looked_at_in_steps() -> None:
    known = OpenedSecrets()
    known.remember("account:T1:U1", "0123456789abcdef0123456789abcdef01234567")
    assert count_calls(lambda: known.mask("x" * 400), "hash") <= 100


def test_every_secret_setting_is_masked_from_the_moment_it_is_read() -> None:
    given_ = {
        name: f"{name}-is-4-secret"
        for name in ("slack_bot_token", "slack_app_token", "slack_signing_secret", "slack_client_secret")
    }
    given_ |= {"circleci_token": "0123456789abcdef0123456789abcdef01234567", "circleci_webhook_secret": "hook-4-secret"}
    keys = [generate_key(), generate_key()]
    made = Settings(
        _env_file=None, **given_, encryption_keys=",".join(keys), database_url="postgresql://bot:letme1n4ever@db/x"
    )
    secret_fields = [name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)]
    assert set(secret_fields) == {*given_, "encryption_keys", "database_url"}
    for secret in (*given_.values(), *keys, "letme1n4ever"):
        assert secret not in line(f"it is {secret} here")
        assert secret not in repr(made)
        assert secret not in str(made.model_dump())
    assert isinstance(made.database_url, SecretStr)


def test_ordinary_words_stay_even_where_somebody_has_made_one_a_password() -> None:
    known = OpenedSecrets()
    for number, word in enumerate(["postgres", "circlebot", "password", "1234567"]):
        known.remember(f"setting:{number}", word)
    assert known.mask("circlebot.up at postgres 1234567") == "circlebot.up at postgres 1234567"


def test_nothing_that_was_opened_is_kept_in_the_clear() -> None:
    known = OpenedSecrets()
    secret = "".join(random.Random(1).choices(string.ascii_letters + string.digits, k=40))
    known.remember("account:T1:U1", secret)
    assert known.has_secret(f"x{secret}x")
    kept, found = [known], set()
    while kept:
        one = kept.pop()
        if id(one) not in found and not isinstance(one, type):
            found.add(id(one))
            assert not (isinstance(one, str | bytes) and str(one) and secret[-8:] in str(one))
            kept += gc.get_referents(one)


def test_who_has_a_new_secret_has_no_old_one_and_too_many_are_forgotten() -> None:
    known = OpenedSecrets(most=3)
    known.remember("setting:a", "always-4-ever", for_ever=True)
    known.remember("U1", "first-secret-1")
    known.remember("U1", "second-secret-2")
    assert not known.has_secret("first-secret-1")
    assert known.has_secret("second-secret-2")
    known.remember("U2", "second-secret-2")
    known.remember("U1", "third-secret-3")
    assert known.has_secret("second-secret-2")
    for number in range(4, 9):
        known.remember(f"U{number}", f"secret-number-{number}")
    assert not known.has_secret("third-secret-3 second-secret-2")
    assert known.has_secret("always-4-ever")
    assert known.has_secret("secret-number-8")
    kept = [mark for marks in known._by_owner.values() for mark in marks]
    assert len(kept) <= 3 * 3
    assert sum(map(len, known._by_window.values())) == sum(len(mark.windows) for mark in kept)


PROGRAM = """
import sys
from bot import logging_setup
from bot.store.vault import Vault, generate_key

logging_setup.configure(sys.argv[1])
Vault([generate_key()]).seal("account:T1:U1", "legacy-0123456789")
raise RuntimeError("CircleCI says no to legacy-0123456789 and xoxb-1-notthiseither")
"""


@pytest.mark.parametrize("log_format", ["console", "json"])
async def test_what_nobody_catches_is_logged_like_everything_else(log_format: str, tmp_path: Path) -> None:
    ours = {"PYTHONPATH": str(Path(__file__).parents[2])}
    async with start_circlebot(log_format, program=("-c", PROGRAM), env=ours, cwd=tmp_path) as program:
        done = ProgramResult(await program.wait(), program.text)
    assert done.code == 1
    assert "RuntimeError" in done.out
    assert "CircleCI says no to ****" in done.out
    assert "legacy-0123456789" not in done.out
    assert "notthiseither" not in done.out
