"""A form is shown again with what was typed and chosen, whatever it is made of, and without what is secret."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.blocks import account_blocks, error_blocks, kit
from bot.blocks.variable_blocks import VALUE, render_value_form
from bot.command import Request
from bot.domain import ProjectSlug
from bot.errors import Unavailable
from bot.payload import parse_payload
from bot.slack.payload_parsing import parse_submission
from bot.slack.responder import render_modal

Json = dict[str, Any]

OPTIONS = [kit.option(f"Text of {name}", name).to_dict() for name in "abc"]
PICKED = st.sampled_from(OPTIONS)
TYPED = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20)

KINDS: dict[str, tuple[str, Json, st.SearchStrategy[Any]]] = {
    "plain_text_input": ("value", {"initial_value": "before"}, TYPED),
    "number_input": ("value", {"initial_value": "1", "is_decimal_allowed": False}, st.integers().map(str)),
    "static_select": ("selected_option", {"options": OPTIONS, "initial_option": OPTIONS[0]}, PICKED),
    "radio_buttons": ("selected_option", {"options": OPTIONS}, PICKED),
    "external_select": ("selected_option", {"min_query_length": 0}, PICKED),
    "checkboxes": ("selected_options", {"options": OPTIONS}, st.lists(PICKED, max_size=3)),
    "multi_static_select": ("selected_options", {"options": OPTIONS}, st.lists(PICKED, max_size=3)),
    "multi_users_select": ("selected_users", {"initial_users": ["U0ADA"]}, st.lists(st.just("U0EVE"), max_size=1)),
}


def _block(kind: str) -> Json:
    element = {"type": kind, "action_id": "value", **KINDS[kind][1]}
    return {"type": "input", "block_id": kind, "label": kit.plain_text("Label"), "element": element}


def _again(blocks: list[Json], values: Json) -> Request:
    view = {"id": "V1", "type": "modal", "callback_id": "form", "private_metadata": "{}", "blocks": blocks}
    view |= {"title": kit.plain_text("A form"), "submit": kit.plain_text("Do it"), "state": {"values": values}}
    return parse_submission(
        parse_payload({"type": "view_submission", "user": {"id": "U0ADA"}, "team": {"id": "T1"}, "view": view})
    )


@given(st.fixed_dictionaries({kind: st.none() | entered for kind, (_, _, entered) in KINDS.items()}))
@settings(max_examples=60)
def test_every_kind_of_input_comes_back_as_it_was_left(entered: Json) -> None:
    values = {kind: {"value": {"type": kind, KINDS[kind][0]: value}} for kind, value in entered.items()}
    form = _again([_block(kind) for kind in KINDS], values).form
    assert form
    for block in form.original_blocks:
        name = KINDS[block["block_id"]][0].removeprefix("selected_")
        assert block["element"].get(f"initial_{name}") == (entered[block["block_id"]] or None)


def test_a_secret_is_in_no_view_that_goes_back() -> None:
    for name, blocks in {
        account_blocks.TOKEN: account_blocks.render_connect_form("https://x", None),
        VALUE: list(render_value_form(ProjectSlug.parse("gh/acme/web"), "NPM_TOKEN", None).blocks),
    }.items():
        [element] = [block["element"] for block in blocks if block.get("block_id") == name]
        request = _again(blocks, {name: {element["action_id"]: {"value": "s3cret-of-ada"}}})
        view = error_blocks.render_reply(Unavailable("CircleCI is down."), request).view
        assert view
        assert "s3cret-of-ada" not in str(render_modal(view, request))
