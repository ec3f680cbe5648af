from __future__ import annotations

from bot.untrusted.known_secrets import mask_values
from bot.untrusted.masking import mask_secrets
from bot.untrusted.terminal import clean_terminal_text
from tests.plugins.each_case import each_case

NAMES = frozenset({"STRIPE_ACCOUNT", "DB_URL", "DB_URL_REPLICA", "MOTTO"})
SECRET = "acct-17-Zebra"


@each_case(
    "printed",
    [
        "STRIPE_ACCOUNT={}",
        "export STRIPE_ACCOUNT='{}'",
        'declare -x STRIPE_ACCOUNT="{}"',
        "+ STRIPE_ACCOUNT={} ./deploy",
        "docker run -e STRIPE_ACCOUNT={} image",
        'json: {{"STRIPE_ACCOUNT": "{}", "other": 1}}',
        "yaml:\n  STRIPE_ACCOUNT: {}",
        "STRIPE_ACCOUNT => {}",
        "call(STRIPE_ACCOUNT='{}')",
        "[STRIPE_ACCOUNT={}]",
        "STRIPE_ACCOUNT={};next",
        "STRIPE_ACCOUNT=$'{}'",
    ],
)
def test_what_is_told_beside_a_known_name_is_masked_everywhere(printed: str) -> None:
    text = f"logging in as {SECRET}\n{printed.format(SECRET)}\nrefused: user={SECRET}&x=1"
    masked = mask_values(text, NAMES)
    assert SECRET not in masked
    assert "Zebra" not in masked
    assert masked.startswith("logging in as ****\n")
    assert "STRIPE_ACCOUNT" in masked


@each_case(
    ("text", "masked"),
    [
        ("MOTTO=two words & more!\nsays two words & more!", "MOTTO=****\nsays ****"),
        ("DB_URL_REPLICA=host9999\nDB_URL=host8888", "DB_URL_REPLICA=****\nDB_URL=****"),
        ('MOTTO="first long line\nsecond long line"\nsecond long line', 'MOTTO=****\n****"\n****'),
        ("MOTTO=test\nlatest test of testers", "MOTTO=****\nlatest **** of testers"),
        ("MOTTO=a.*b(c\na.*b(c axxb(c", "MOTTO=****\n**** axxb(c"),
        ("MOTTO='$5.00|x'\n$5.00|x", "MOTTO='****'\n****"),
    ],
)
def test_nasty_values_are_masked_as_they_stand(text: str, masked: str) -> None:
    assert mask_values(text, NAMES) == masked


@each_case(
    "text",
    [
        "MOTTO=$OTHER",
        "MOTTO=${OTHER}",
        "MOTTO=$(cat file)",
        "MOTTO=****",
        "MOTTO=abc",
        "MOTTO=true\nit is true",
        "MOTTO=",
        "MOTTO is not set",
        "MY_MOTTO=visible",
        "MOTTOS=visible",
        "echo $MOTTO",
        "nothing at all",
    ],
)
def test_what_tells_no_value_stays_as_it_is(text: str) -> None:
    assert mask_values(text, NAMES) == text


def test_without_names_nothing_is_looked_for() -> None:
    assert mask_values(f"STRIPE_ACCOUNT={SECRET}", ()) == f"STRIPE_ACCOUNT={SECRET}"


def test_colours_in_the_middle_of_a_value_do_not_save_it() -> None:
    raw = "STRIPE_ACCOUNT=\x1b[31macct-17\x1b[0m-Zebra\r\nacct-17-Zebra"
    assert mask_secrets(clean_terminal_text(raw), NAMES) == "STRIPE_ACCOUNT=****\n****"


def test_forms_of_secrets_are_masked_beside_values_and_circlecis_own_masks_stay() -> None:
    token = "ghp_" + "a1B2" * 9
    assert (
        mask_secrets(f"DB_URL: db.internal\nsee {token} or **** at db.internal", NAMES)
        == "DB_URL: ****\nsee **** or **** at ****"
    )
