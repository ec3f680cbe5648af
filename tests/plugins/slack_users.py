"""People in the sandbox's Slack: what they do, and what they see. The bot may be anywhere."""

from __future__ import annotations

import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.plugins.block_reader import find_button, find_field, find_option, get_container, get_text, is_card
from tests.plugins.form_filling import FormFilling

T = TypeVar("T")
Json = dict[str, Any]

ADA, GRACE, EVE, GUS, WIM = "U0ADA", "U0GRACE", "U0EVE", "U0GUS", "W0WIM"
DEPLOYS, WEB, GENERAL, PRIVATE = "C0DEPLOYS", "C0WEB", "C0GENERAL", "C0PRIVATE"
TOKENS = {ADA: "CCIPAT_ada", GRACE: "CCIPAT_grace", EVE: "CCIPAT_eve"}

_WITHIN_S = 60.0 if "CI" in os.environ else 20.0 if "PYTEST_XDIST_WORKER" in os.environ else 5.0
"""After how long a wait fails. Short where one process runs alone; several slow each other down, and so may CI."""


@dataclass
class SlackUsers(FormFilling):
    """What a test does as a person, and what it sees. `http` asks the sandbox; a wait fails after `within_s`."""

    seen: set[str] = field(default_factory=set)
    last_change: int = 0
    within_s: float = _WITHIN_S

    # What people do

    async def say(self, text: str, *, as_: str = ADA, channel: str = DEPLOYS, thread_ts: str | None = None) -> Json:
        """Type a line; a slash command or a message. Earlier private replies count as read."""
        self.seen |= {one["ephemeral_id"] for one in await self._list_ephemeral(as_, channel)}
        return await self._post_action("say", as_, channel=channel, text=text, thread_ts=thread_ts)

    async def press(self, where: Json, label: str, *, as_: str = ADA, state: Json | None = None) -> None:
        """Press the button with this text on a message, a modal (filled in as `state`) or a Home; menus: `choose`."""
        block, element = find_button(where, lambda one: (one.get("text") or {}).get("text") == label)
        if "value" not in element:
            raise AssertionError(f"{label} is a link button")
        if "ephemeral_id" in where:
            self.seen |= {one["ephemeral_id"] for one in await self._list_ephemeral(as_, where["channel"])}
        await self._post_action(
            "press",
            as_,
            **get_container(where),
            block_id=block["block_id"],
            action_id=element["action_id"],
            value=element["value"],
            state=state,
        )

    async def pick(self, where: Json, label: str, *, as_: str = ADA) -> None:
        """Choose this option of a menu on a message."""
        block, element, option = find_option(where, label)
        if "ephemeral_id" in where:
            self.seen |= {one["ephemeral_id"] for one in await self._list_ephemeral(as_, where["channel"])}
        await self._post_action(
            "press",
            as_,
            **get_container(where),
            block_id=block["block_id"],
            action_id=element["action_id"],
            selected_option=option,
        )

    async def press_at(self, where: Json, element: Json, *, as_: str = ADA) -> None:
        """Press what stands there with this block_id, action_id and value. Earlier private replies count as read."""
        self.seen |= {one["ephemeral_id"] for one in await self._list_ephemeral(as_, where["channel"])}
        await self._post_action("press", as_, **get_container(where), **element)

    async def choose(self, view: Json, block_id: str, value: str, *, as_: str = ADA) -> None:
        """Choose an option of a menu in a modal, as typed or listed."""
        block, element = find_field(view, block_id)
        option = await self._get_option(view, element, block, value, as_)
        await self._post_action(
            "press",
            as_,
            view_id=view["id"],
            block_id=block["block_id"],
            action_id=element["action_id"],
            selected_option=option,
            state=view.get("state", {}),
        )

    async def submit(self, view: Json, *, as_: str = ADA, **values: str) -> Json:
        """Fill fields (by the beginning of their block_id) and hand the form in."""
        return await self._post_action(
            "submit", as_, view_id=view["id"], values=await self._fill_form(view, values, as_)
        )

    async def choose_shortcut(self, message: Json, name: str, *, as_: str = ADA) -> None:
        """Choose this shortcut in the ⋯ of a message."""
        boot = (await self.http.get("/_page/boot", params={"as": as_})).json()
        (found,) = [one for one in boot["shortcuts"] if one["name"] == name]
        place = {"channel": message["channel"], "ts": message["ts"]}
        self.seen |= {one["ephemeral_id"] for one in await self._list_ephemeral(as_, message["channel"])}
        await self._post_action("shortcut", as_, callback_id=found["callback_id"], **place)

    async def turn(self, view: Json, page: str, *, as_: str = ADA, **values: str) -> Json:
        """Fill fields of a form with pages and go to another page of it: that page."""
        state = await self._fill_form(view, values, as_)
        if (block := view["blocks"][-1])["type"] == "actions":
            await self.press(view, "Show More Options…", as_=as_, state=state)
        else:
            option = await self._get_option(view, block["element"], block, page, as_)
            place = {"block_id": block["block_id"], "action_id": block["element"]["action_id"]}
            await self._post_action("press", as_, view_id=view["id"], **place, selected_option=option, state=state)
        return await self.wait_until(lambda: self._find_page(page, as_), f"the page {page}", as_=as_, of="slack")

    async def _find_page(self, page: str, as_: str) -> Json | None:
        last = (now := await self.form(as_=as_))["blocks"][-1]
        return now if last.get("block_id") == f"more@{page}" or (page, last["type"]) == ("basics", "actions") else None

    async def close(self, view: Json, *, as_: str = ADA) -> None:
        await self._post_action("close", as_, view_id=view["id"])

    async def connect(self, as_: str = ADA, channel: str = DEPLOYS) -> None:
        """Connect this person's CircleCI account, as a person does."""
        await self.say("/circle connect", as_=as_, channel=channel)
        await self.submit(await self.form("Personal API token", as_=as_), as_=as_, token=TOKENS[as_])
        await self.answer("Connected as", as_=as_, channel=channel)
        await self.done("Connected as", as_=as_)

    async def control(self, what: str, **body: Any) -> Json:
        answer = await self.http.post(f"/_control/{what}", json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else {}

    # What people see
    async def reply(self, says: str = "", *, as_: str = ADA, channel: str = DEPLOYS) -> Json:
        """The newest unread message that only this person sees, once there is one that says this."""

        async def look() -> Json | None:
            fresh = [one for one in await self._list_ephemeral(as_, channel) if one["ephemeral_id"] not in self.seen]
            return next((one for one in reversed(fresh) if says in get_text(one)), None)

        return await self.wait_until(look, f"a reply that says {says!r}", channel=channel, as_=as_, of="slack")

    async def card(self, says: str = "", *, channel: str = DEPLOYS, number: int | None = None, as_: str = ADA) -> Json:
        """The newest card of the channel (of the pipeline #number), once it says this."""
        wanted = f"#{number}" if number else "#"

        async def look() -> Json | None:
            cards = [
                one for one in await self.list_messages(channel, as_=as_) if is_card(one) and wanted in get_text(one)
            ]
            return cards[-1] if cards and says in get_text(cards[-1]) else None

        return await self.wait_until(look, f"a card {wanted} that says {says!r}", channel=channel, as_=as_, of="slack")

    async def message(self, says: str, *, channel: str = DEPLOYS, as_: str = ADA, modal: bool = False) -> Json:
        async def look() -> Json | None:
            shown = [*await self.list_messages(channel, as_=as_), *(await self.list_modals(as_) if modal else ())]
            return next((one for one in shown if says in get_text(one)), None)

        return await self.wait_until(look, f"a message that says {says!r}", channel=channel, as_=as_, of="slack")

    async def answer(self, says: str, *, channel: str = DEPLOYS, as_: str = ADA) -> Json:
        """To a form: a message, or where it took long what the modal shows then."""
        return await self.message(says, channel=channel, as_=as_, modal=True)

    async def thread(self, card: Json, says: str, *, as_: str = ADA) -> Json:
        """A reply under this card that says this."""

        async def look() -> Json | None:
            replies = [
                one for one in await self.list_messages(card["channel"], as_=as_) if one.get("thread_ts") == card["ts"]
            ]
            return next((one for one in replies if one["ts"] != card["ts"] and says in get_text(one)), None)

        return await self.wait_until(
            look, f"a thread reply that says {says!r}", channel=card["channel"], as_=as_, of="slack"
        )

    async def form(self, says: str = "", *, as_: str = ADA) -> Json:
        """The modal on top of this person's screen, once it says this."""

        async def look() -> Json | None:
            stack = await self.list_modals(as_)
            return stack[-1] if stack and says in _read_form(stack[-1]) else None

        return await self.wait_until(look, f"a form that says {says!r}", as_=as_, of="slack")

    async def done(self, says: str, *, as_: str = ADA) -> None:
        """The form is closed; where it took long, once its modal says this."""

        async def look() -> list[Json] | None:
            stack = await self.list_modals(as_)
            return stack if not stack or says in get_text(stack[-1]) else None

        for view in await self.wait_until(look, f"a form to be done with {says!r}", as_=as_, of="slack"):
            await self.close(view, as_=as_)

    async def open_home(self, *, as_: str = ADA) -> None:
        await self._post_action("home", as_, tab="home")

    async def home(self, says: str = "", *, as_: str = ADA) -> Json:
        async def look() -> Json | None:
            view = (await self.fetch_state("slack.homes"))["slack"]["homes"].get(as_)
            return view if view and says in get_text(view) else None

        return await self.wait_until(look, f"a Home that says {says!r}", as_=as_, of="slack")

    async def list_messages(self, channel: str = DEPLOYS, *, as_: str = ADA) -> list[Json]:
        answer = await self.http.get("/_page/messages", params={"as": as_, "channel": channel})
        return [{**one, "channel": channel} for one in answer.json()["messages"]]

    async def file(self, says: str = "", *, channel: str = DEPLOYS, as_: str = ADA) -> Json:
        """The newest file of the channel (a DM: `D0ADA`) whose title says this, with its bytes as `content`."""

        async def look() -> Json | None:
            shown = [file for one in await self.list_messages(channel, as_=as_) for file in one.get("files") or ()]
            return next((file for file in reversed(shown) if says in file["title"]), None)

        found = await self.wait_until(look, f"a file called {says!r}", channel=channel, as_=as_, of="slack")
        return {**found, "content": (await self.http.get(found["url_private"], params={"as": as_})).content}

    async def fetch_state(self, of: str | None = None) -> Json:
        """What there is; `of="slack"` or `"slack.calls"`: that part alone, which costs less."""
        found: Json = (await self.http.get("/_control/state", params={"of": of} if of else {})).json()
        return found

    async def list_calls(self, method: str) -> list[Json]:
        return [call for call in (await self.fetch_state("slack.calls"))["slack"]["calls"] if call["method"] == method]

    async def list_requests(self, path: str) -> list[Json]:
        """What CircleCI was asked for whose path holds this, oldest first."""
        return [
            call for call in (await self.fetch_state("circleci.calls"))["circleci"]["calls"] if path in call["path"]
        ]

    async def list_pipelines(self) -> list[Json]:
        found: list[Json] = (await self.fetch_state("circleci.pipelines"))["circleci"]["pipelines"]
        return found

    async def wait_until(
        self,
        look: Callable[[], Awaitable[T | None]],
        what: str,
        *,
        as_: str = ADA,
        channel: str = DEPLOYS,
        of: str = "",
    ) -> T:
        """Look again whenever the world has changed, or Slack in it; fails with what is there after `within_s`."""
        deadline = time.monotonic() + self.within_s
        while time.monotonic() < deadline:
            if (found := await look()) is not None:
                return found
            answer = await self.http.get("/_control/wait", params={"since": self.last_change, "timeout_s": 1, "of": of})
            self.last_change = answer.json()["seq"]
        shown = "\n".join(get_text(one)[:600] for one in await self.list_messages(channel, as_=as_))
        modals = get_text(await self.list_modals(as_))[:2000]
        raise AssertionError(f"waited for {what}\n--- {channel}:\n{shown}\n--- modals: {modals}")

    async def list_modals(self, as_: str = ADA) -> list[Json]:
        """The one on top last."""
        return (await self.fetch_state("slack.views"))["slack"]["views"].get(as_) or []

    async def _list_ephemeral(self, as_: str, channel: str) -> list[Json]:
        return [one for one in await self.list_messages(channel, as_=as_) if one.get("ephemeral")]


def _read_form(view: Json) -> str:
    """With what Slack says is wrong at its fields."""
    return "\n".join([get_text(view), *view.get("errors", {}).values()])
