"""GET /_page/…: what a person sees when they open the page, and what happens from then on."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from sandbox.slack.fake_slack import Slack
from sandbox.slack.ids import BOT_ID, BOT_USER, TEAM_ID, TEAM_NAME
from sandbox.slack.page_api.page_requests import No, channel_of, person_of
from sandbox.slack.workspace_users import USER_GROUPS


class Look:
    """The reading half of the Page API."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    async def boot(self, request: Request) -> Response:
        """Everything but messages: people, channels, commands, shortcuts."""
        person = person_of(self._slack, request.query_params.get("as"))
        manifest = self._slack.manifest
        home, modal = self._slack.views.homes.get(person.id), self._slack.views.top(person.id)
        return JSONResponse(
            {
                "team": {"id": TEAM_ID, "name": TEAM_NAME},
                "me": person.as_page(),
                "people": [each.as_page() for each in self._slack.people.values()],
                "groups": {group: handle for handle, group in USER_GROUPS.items()},
                "app": {"user_id": BOT_USER, "bot_id": BOT_ID, "name": manifest.name, "icon": ""},
                "channels": [each.as_page() for each in self._slack.channels.seen_by(person)],
                "commands": manifest.commands_for_page(),
                "shortcuts": manifest.shortcuts_for_page(),
                "connected": self._slack.deliveries.connected,
                "home": home.as_page() if home else None,
                "view": modal.as_page() if modal else None,
            },
        )

    async def messages(self, request: Request) -> Response:
        person = person_of(self._slack, request.query_params.get("as"))
        channel = channel_of(self._slack, person, request.query_params.get("channel"))
        shown = self._slack.messages.shown_to(person.id, channel.id)
        return JSONResponse(
            {"messages": [self._slack.messages.as_page(each, self._slack.name_of(each)) for each in shown]},
        )

    async def live(self, request: Request) -> Response:
        """An event stream that ends when the server does."""
        person = person_of(self._slack, request.query_params.get("as"))
        headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
        return StreamingResponse(self._slack.live.events(person.id), media_type="text/event-stream", headers=headers)

    async def archives(self, request: Request) -> Response:
        """A permalink leads to the message in the page."""
        channel, stamp = request.path_params["channel"], request.path_params["stamp"].removeprefix("p")
        return RedirectResponse(f"/?channel={channel}&ts={stamp[:-6]}.{stamp[-6:]}")

    async def file(self, request: Request) -> Response:
        """A file's bytes, for a browser in the workspace or the app's own token. Raises Refused for any other."""
        file = self._slack.files.find(request.path_params["file"])
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind:
            self._slack.tokens.check(token, "bot")
        if file.data is None:
            raise No("file_not_found", 404)
        return Response(file.data, media_type=file.mimetype)
