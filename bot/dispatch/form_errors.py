"""What is wrong in a form as far as its fields alone tell: Slack shows it at the field, and nothing is run."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from bot.command import Request
from bot.dispatch.parsed_call import parse_request
from bot.dispatch.registry import Registry
from bot.errors import BotError

log = structlog.get_logger(__name__)


def find_form_errors(request: Request, registry: Registry) -> Mapping[str, str]:
    """A sentence by block_id. Never raises, and never waits: Slack waits for it."""
    try:
        call = parse_request(request, registry)
        return call.command.find_form_errors(request, call.line)
    except BotError:
        return {}
    except Exception:
        log.exception("form.not_checked")
        return {}
