from __future__ import annotations

from datetime import UTC, datetime

from bot.blocks import webhook as blocks
from bot.circleci.models import Webhook
from tests.plugins.blockkit import Check
from tests.plugins.nouns import NASTY, WEB, an_id
from tests.plugins.reading import text_of

BOT = Webhook(
    id=an_id(1),
    name="circlebot",
    url="https://bot.acme.test:8443/circleci/webhook",
    events=("workflow-completed", "job-completed"),
    created_at=datetime(2026, 11, 1, 9, 0, tzinfo=UTC),
)


def test_webhooks_are_listed(golden: Check, valid_blocks: Check) -> None:
    listed = blocks.listed(WEB, [BOT], 1, "No webhook of ours.")
    valid_blocks(listed)
    golden("webhooks", listed)


def test_whatever_circleci_sends_is_shown_harmlessly(valid_blocks: Check) -> None:
    strange = [Webhook(id=an_id(2), name=NASTY, url=url, events=(NASTY,)) for url in (NASTY, "https://[bad", "")]
    listed = blocks.listed(WEB, strange, 1, "No webhook of ours.")
    valid_blocks(listed)
    assert "<!channel>" not in text_of(listed)
