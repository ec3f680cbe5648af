from __future__ import annotations

from datetime import UTC, datetime

from bot.blocks import webhook_blocks
from bot.circleci.models import Webhook
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NASTY, WEB, make_id

BOT = Webhook(
    id=make_id(1),
    name="circlebot",
    url="https://bot.acme.test:8443/circleci/webhook",
    events=("workflow-completed", "job-completed"),
    created_at=datetime(2026, 11, 1, 9, 0, tzinfo=UTC),
)


def test_webhooks_are_listed(golden: Check, valid_blocks: Check) -> None:
    listed = webhook_blocks.render_list(WEB, [BOT], 1, ours="No webhook of ours.")
    valid_blocks(listed)
    golden("webhooks", listed)


def test_whatever_circleci_sends_is_shown_harmlessly(valid_blocks: Check) -> None:
    strange = [Webhook(id=make_id(2), name=NASTY, url=url, events=(NASTY,)) for url in (NASTY, "https://[bad", "")]
    listed = webhook_blocks.render_list(WEB, strange, 1, ours="No webhook of ours.")
    valid_blocks(listed)
    assert "<!channel>" not in get_text(listed)
