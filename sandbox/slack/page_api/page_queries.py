"""GET /_page/…: what a person sees when they open the page, and what happens from then on."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from sandbox.slack.fake_slack import FakeSlack
from sandbox.slack.ids import BOT_ID, BOT_USER
from sandbox.slack.page_api.emoji_names import EMOJI_BY_NAME
from sandbox.slack.page_api.page_requests import PageError, get_channel, get_person


class PageQueries:
    """The GET half of the Page API: what a person sees."""

    def __init__(self, slack: FakeSlack) -> None:
        self._slack = slack

    async def boot(self, request: Request) -> Response:
        """Everything but messages: people, channels, commands, shortcuts."""
        person = get_person(self._slack, request.query_params.get("as"))
        manifest = self._slack.manifest
        home, modal = self._slack.views.homes.get(person.id), self._slack.views.find_top(person.id)
        return JSONResponse(
            {
                "team": {"id": self._slack.team.id, "name": self._slack.team.name},
                "teams": self._slack.list_teams_for_page(),
                "me": person.as_page(),
                "people": [each.as_page() for each in self._slack.people.values()],
                "groups": {group.id: group.handle for group in self._slack.user_groups.values()},
                "app": {"user_id": BOT_USER, "bot_id": BOT_ID, "name": manifest.name, "icon": ""},
                "channels": [each.as_page() for each in self._slack.channels.list_visible_to(person)],
                "commands": manifest.list_commands_for_page(),
                "shortcuts": manifest.list_shortcuts_for_page(),
                "connected": self._slack.deliveries.is_connected,
                "home": home.as_page() if home else None,
                "view": modal.as_page() if modal else None,
            },
        )

    async def list_messages(self, request: Request) -> Response:
        person = get_person(self._slack, request.query_params.get("as"))
        channel = get_channel(self._slack, person, request.query_params.get("channel"))
        shown = self._slack.messages.list_visible_to(person.id, channel.id)
        return JSONResponse(
            {"messages": [self._slack.messages.as_page(each, self._slack.get_author_name(each)) for each in shown]},
        )

    async def stream_events(self, request: Request) -> Response:
        """An event stream that ends when the server does."""
        person = get_person(self._slack, request.query_params.get("as"))
        headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
        return StreamingResponse(
            self._slack.page_streams.stream_events(person.id), media_type="text/event-stream", headers=headers
        )

    async def list_emoji(self, request: Request) -> Response:  # noqa: ARG002 - an endpoint's shape
        """Slack's short names of emoji and their characters."""
        return JSONResponse(EMOJI_BY_NAME, headers={"Cache-Control": "max-age=3600"})

    async def redirect_permalink(self, request: Request) -> Response:
        """A permalink leads to the message in the page."""
        channel, stamp = request.path_params["channel"], request.path_params["stamp"].removeprefix("p")
        return RedirectResponse(f"/?channel={channel}&ts={stamp[:-6]}.{stamp[-6:]}")

    async def download_file(self, request: Request) -> Response:
        """A file's bytes, for a browser or the app's own token. Raises FakeSlackError for any other token."""
        file = self._slack.files.get(request.path_params["file"])
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind:
            self._slack.tokens.check(token, "bot")
        if file.data is None:
            raise PageError("file_not_found", 404)
        return Response(file.data, media_type=file.mimetype)
