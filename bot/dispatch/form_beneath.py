"""The form under a modal in which somebody acts: it is drawn again where it shows what they may have changed."""

from __future__ import annotations

from dataclasses import replace

from bot.command import Reply, Request, RequestSource
from bot.dispatch.parsed_call import parse_request
from bot.dispatch.registry import Registry


def build_redraw(request: Request, reply: Reply, registry: Registry) -> Request | None:
    """None where there is no such form, or a form on top of it asks first."""
    if request.beneath is None or (reply.view and reply.view.submit):
        return None
    view_id, line = request.beneath
    redraw = replace(
        request,
        line=line,
        written=True,
        source=RequestSource.REDRAW,
        view_id=view_id,
        beneath=None,
        over_form=False,
        from_view=None,
        fields={},
        chosen={},
        form=None,
    )
    return redraw if parse_request(redraw, registry).command.shows_changes else None
