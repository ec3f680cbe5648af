"""Every command is asked by people whose language is English with accents: what has none was never translated."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from tests.plugins import accented_language
from tests.plugins.every_answer import ask_everything
from tests.plugins.slack_users import ADA, TOKENS
from tests.plugins.world import World, run_world

UNREAD = frozenset(
    ["type", "value", "action_id", "block_id", "url", "image_url", "callback_id", "private_metadata", "style", "name"]
)
"""Fields of Block Kit that nobody reads."""

NOT_WORDS = re.compile(
    r"(?ms)```.*?```|`[^`]*`|<[^<>]*>|:[a-z0-9_+-]+:|^(?:&gt;|>)[^\n]*$|https?://\S+|\bEx\. [^\n]*|\w+(?:[-_/.&;]+\w+)+"
)
"""Code, mentions, links, emoji, quotes, examples, and names: what is joined by hyphens, slashes or dots."""

NAMES = re.compile(
    r"(?<![A-Za-z])(?:CircleCI|GitHub|OAuth|English|Deutsch|Acme|Labs|Ada|ada|lin|kim|grace|Grace|omar|main|broken|release|"
    r"slow|latest|test|deploy|build|lint|nightly|hotfix|empty|environment|replicas|secret|github|bitbucket|circleci|acme|"
    r"web|api|mobile|staging|production|false|true|trigger|disconnect|soak|left|right|lt|amp|Release|channel|"
    r"Round discounts differently|Discount the discount|Polish the login form|Rename the basket|Soak it|Fix a typo|"
    r"Thank the customer|Say which image runs|Ship|Speed up the tests|Escape|bold|in \*titles|Run tests|"
    r"Expire sessions at midnight|Install dependencies by a command|Try again by itself|Everything, once a night|"
    r"Runs on every push|Which image to deploy|Spin up environment|Checkout code|Save results|docker|"
    r"TestCart|TestCheckout|Build image|Deploy preview|Deploy to|Run build|Run end-to-end tests|Run lint)(?![A-Za-z])"
)
"""What is called so in this world, whoever reads it."""

OF_UNICODE = re.compile(
    r"\b(?:UTC|and|or|Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept|Oct|Nov|Dec)\b"
)
"""What CLDR says in British English."""

WORD = re.compile(r"\b[A-Za-z]{2,}\b")


AS_READ_THERE = {("outbox", "message"), ("undos", "notices")}
"""What is stored as it is read: messages to a place, in the language of that place."""


async def test_every_sentence_is_in_the_catalogue_and_none_is_stored_as_one_reader_reads_it(tmp_path: Path) -> None:
    with accented_language.installed():
        async with run_world(tmp_path, socket_mode=True, language=accented_language.LANGUAGE) as world:
            await _connect(world)
            shown = await ask_everything(world)
            await _fail_to_poll(world)
    assert _list_stored_translations(tmp_path / "circlebot.db") == []
    lines = {line for one in shown for text in _list_texts(one) for line in _list_plain(text)}
    assert not lines, "\n".join(sorted(lines))


async def _connect(world: World) -> None:
    await world.say("/circle connect")
    await world.submit(await world.form("127.0.0.1:53117"), token=TOKENS[ADA])
    await world.done(accented_language.add_accents("Connected"))


async def _fail_to_poll(world: World) -> None:
    """Until it is written down why."""
    await world.control("faults", target="circleci", match="project/", status=500, count=50)

    async def is_told() -> bool | None:
        async with world.app.core.store.begin_read() as tx:
            return any(polled.error for polled in await tx.polled_projects.list_all()) or None

    await world.wait_until(is_told, "an error that is kept")


def _list_stored_translations(database: Path) -> list[str]:
    """Texts with an accent, which only a translation has here."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.row_factory = sqlite3.Row
        tables = [row["name"] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = [(table, dict(row)) for table in tables for row in connection.execute(f'SELECT * FROM "{table}"')]  # noqa: S608 - the names of our own tables
    texts = [(table, name, value) for table, row in rows for name, value in row.items() if isinstance(value, str)]
    assert any('{"say": ' in text for _table, _column, text in texts)
    stored = [one for one in texts if accented_language.has_accents(one[2].encode().decode("unicode_escape"))]
    return [f"{table}.{column}: {text}" for table, column, text in stored if (table, column) not in AS_READ_THERE]


def _list_texts(shown: object) -> Iterator[str]:
    if isinstance(shown, str):
        yield shown
    elif isinstance(shown, list):
        yield from (text for each in shown for text in _list_texts(each))
    elif isinstance(shown, dict):
        yield from (text for name, each in shown.items() if name not in UNREAD for text in _list_texts(each))


def _list_plain(text: str) -> Iterator[str]:
    """Lines with words that have no accent, though they could."""
    for line in NOT_WORDS.sub(" ", text).splitlines():
        words = [word for word in WORD.findall(OF_UNICODE.sub(" ", NAMES.sub(" ", line))) if _lacks_accents(word)]
        if words:
            yield f"{' '.join(words)}   |   {line.strip()}"


def _lacks_accents(word: str) -> bool:
    return accented_language.add_accents(word) != word
