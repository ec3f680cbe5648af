from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.untrusted.masking import mask_secrets
from bot.untrusted.terminal import clean_terminal_text
from tests.plugins.each_case import each_case

# Terminal codes


@each_case(
    ("raw", "shown"),
    [
        ("\x1b[31mred\x1b[0m and \x1b[1;38;5;196mbright\x1b[m", "red and bright"),
        ("\x1b[2K\x1b[1Gdone", "done"),
        ("\x1b]0;a title\x07text", "text"),
        ("\x1b]8;;https://x.test\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b(Bplain\x1b=\x1b>\x1bM", "plain"),
        ("\x1bPq#0\x1b\\after", "after"),
        ("\x9b31mred\x9b0m", "red"),
        ("cut in the middle \x1b[3", "cut in the middle "),
        ("cut at the start \x1b", "cut at the start "),
        ("one\r\ntwo\r\n", "one\ntwo\n"),
        ("10%\r55%\r100%\nnext", "100%\nnext"),
        ("100%\r", "100%"),
        ("text\r   \r", "text"),
        ("\x1b[32m10%\x1b[0m\r\x1b[32m20%\x1b[0m", "20%"),
        ("|\b/\b-\b done", " done"),
        ("abc\b\b\bxyz", "xyz"),
        ("tab\tstays\nline stays", "tab\tstays\nline stays"),
        ("bell\x07 null\x00 form\x0c", "bell null form"),
        ("\u202eevil\u202c \u200bzero\ufeff", "evil zero"),
        ("ünïcödé ✓ 漢字 🎉", "ünïcödé ✓ 漢字 🎉"),
    ],
)
def test_text_ends_up_as_a_terminal_would_show_it(raw: str, shown: str) -> None:
    assert clean_terminal_text(raw) == shown


@given(st.text(st.sampled_from("a1;[]\x1b\x9b\x07\b\r\n\\m ?P(") | st.characters(codec="utf-8")))
def test_nothing_unprintable_survives(raw: str) -> None:
    shown = clean_terminal_text(raw)
    assert not any(ord(char) < 32 and char not in "\n\t" for char in shown)
    assert "\x1b" not in shown
    assert "\x9b" not in shown


# Secrets

GITHUB = "ghp_" + "a1B2" * 9
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\nabc+/=\n-----END RSA PRIVATE KEY-----"


@each_case(
    "secret",
    [
        GITHUB,
        "gho_" + "x" * 36,
        "github_pat_" + "1A_" * 12,
        "glpat-" + "a-1_" * 5,
        "xoxb-123456789012-abcdefghijkl",
        "xapp-1-A012345-abcdef",
        "CCIPAT_FeRqWe_0123456789abcdef",
        "AKIAIOSFODNN7EXAMPLE",
        "ASIAIOSFODNN7EXAMPLE",
        JWT,
        "AIza" + "b" * 35,
        "sk-proj-" + "c" * 24,
        "sk_live_" + "4" * 20,
        "npm_" + "d" * 36,
        "hvs." + "e" * 24,
    ],
)
@each_case("around", ["{}", "found {} here", '"{}"', "({})", "x={}\n", "https://h.test/?q={}&r=1"])
def test_tokens_are_known_by_their_form(secret: str, around: str) -> None:
    masked = mask_secrets(around.format(secret))
    assert secret not in masked
    assert "****" in masked


@each_case(
    ("text", "masked"),
    [
        ("DB_PASSWORD=hunter2", "DB_PASSWORD=****"),
        ("export API_TOKEN='two words'", "export API_TOKEN=****"),
        ("AWS_SECRET_ACCESS_KEY=abc/def+g==", "AWS_SECRET_ACCESS_KEY=****"),
        ("SSH_KEY=abcd NEXT=1", "SSH_KEY=**** NEXT=1"),
        ("password: hunter2", "password: ****"),
        ('{"api_key": "abcd", "user": "ada"}', '{"api_key": ****, "user": "ada"}'),
        ("curl -H 'Circle-Token: abcdef' https://x", "curl -H 'Circle-Token: ****' https://x"),
        ("login --password hunter2 --user ada", "login --password **** --user ada"),
        ("login --token=hunter2", "login --token=****"),
        ("Authorization: Bearer abcdefghijkl", "Authorization: Bearer ****"),
        ("authorization: basic YWRhOmh1bnRlcjI=", "authorization: basic ****"),
        ("git clone https://ada:hunter2@github.com/a/b", "git clone https://****@github.com/a/b"),
        ("postgres://u:p@ss:w@db:5432/x", "postgres://****@db:5432/x"),
        ("https://h.test/a?X-Amz-Signature=abc&y=1", "https://h.test/a?X-Amz-Signature=****&y=1"),
        ("https://hooks.slack.com/services/T0/B0/abc", "https://hooks.slack.com/services/****"),
        (f"before\n{KEY}\nafter", "before\n****\nafter"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn", "****"),
        ("QUJD\nREVG\n-----END PRIVATE KEY-----\nafter", "****\nafter"),
    ],
)
def test_secrets_are_known_by_where_they_stand(text: str, masked: str) -> None:
    assert mask_secrets(text) == masked


@each_case(
    "text",
    [
        "SyntaxError: Unexpected token: foo",
        "token: expected ')'",
        "Error: token expired",
        "12 passed, 0 failed; pass=12",
        "author=ada branch=main",
        "monkey=banana",
        "Restoring cache-key: v1-deps",
        "PASSWORD=$DB_PASSWORD",
        "PASSWORD=${DB_PASSWORD}",
        "TOKEN=",
        "use_token=true retries_token=3",
        "the secret: ****",
        "API_TOKEN=****",
        "see https://github.com/acme/web/pull/12",
        "ssh://git@github.com/acme/web",
        "AssertionError: assert Decimal('90.00') == Decimal('81.00')",
        "tests/test_cart.py::TestCart::test_total FAILED [ 42%]",
        "basic tests passed",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert mask_secrets(text) == text


@given(st.text(max_size=300))
def test_masking_twice_masks_no_more(text: str) -> None:
    assert mask_secrets(mask_secrets(text)) == mask_secrets(text)


words = st.text(st.sampled_from("abcXYZ 01_-=:'\"/@.\n"), max_size=80)


@given(words, words)
def test_a_token_is_masked_wherever_it_stands(before: str, after: str) -> None:
    assert GITHUB not in mask_secrets(f"{before} {GITHUB} {after}")


@given(words, st.text("abcdefgh0123456789", min_size=8, max_size=30), words)
def test_a_named_secret_is_masked_wherever_it_stands(before: str, secret: str, after: str) -> None:
    masked = mask_secrets(f"{before}\nDB_PASSWORD={secret}\n{after}")
    assert f"DB_PASSWORD={secret}" not in masked


@each_case(
    "unit",
    [
        "a",
        "token=",
        "secret_key ",
        "a-b.c_",
        "://a:",
        "-eyJ",
        "-SG.aaaaaaaaaaaaaaaaaaaa",
        "--token-",
        '"token" ',
        "?token",
        "_key",
    ],
)
def test_no_huge_line_takes_long(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    assert len(mask_secrets(clean_terminal_text(text))) <= len(text) * 2
