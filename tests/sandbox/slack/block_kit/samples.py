"""One valid example of every block and element, each with every field it may have."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def plain(text: str = "Words") -> Json:
    return {"type": "plain_text", "text": text, "emoji": True}


def marked(text: str = "*Words*") -> Json:
    return {"type": "mrkdwn", "text": text, "verbatim": False}


CONFIRM = {"title": plain(), "text": marked(), "confirm": plain("Yes"), "deny": plain("No"), "style": "danger"}
OPTION = {"text": plain(), "value": "one", "description": plain(), "url": "https://example.com"}
OTHER = {"text": plain("Others"), "value": "two"}
GROUP = {"label": plain(), "options": [OPTION, OTHER]}
IMAGE = {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "A picture"}
STYLE = {"bold": True, "italic": False, "strike": False, "code": False, "underline": True}
PIECES = [
    {"type": "text", "text": "Words", "style": STYLE},
    {"type": "link", "url": "https://example.com", "text": "here", "unsafe": False, "style": STYLE},
    {"type": "broadcast", "range": "here", "style": STYLE},
    {"type": "channel", "channel_id": "C1", "style": STYLE},
    {"type": "color", "value": "#ff0000", "style": STYLE},
    {
        "type": "date",
        "timestamp": 1700000000,
        "format": "{date}",
        "url": "https://example.com",
        "fallback": "then",
        "style": STYLE,
    },
    {"type": "emoji", "name": "tada", "unicode": "1f389", "url": "https://example.com", "style": STYLE},
    {"type": "team", "team_id": "T1", "style": STYLE},
    {"type": "user", "user_id": "U1", "style": STYLE},
    {"type": "usergroup", "usergroup_id": "S1", "style": STYLE},
]
RICH_TEXT = {
    "type": "rich_text",
    "block_id": "rich",
    "elements": [
        {"type": "rich_text_section", "elements": PIECES},
        {
            "type": "rich_text_list",
            "elements": [{"type": "rich_text_section", "elements": PIECES[:1]}],
            "style": "bullet",
            "indent": 1,
            "border": 0,
        },
        {"type": "rich_text_preformatted", "elements": PIECES[:2], "border": 1},
        {"type": "rich_text_quote", "elements": PIECES[:1], "border": 0},
    ],
}


def _ask(kind: str, **fields: Any) -> Json:
    return {"type": kind, "action_id": kind, "confirm": CONFIRM, "focus_on_load": True, **fields}


def _choose(kind: str, **fields: Any) -> Json:
    return _ask(kind, placeholder=plain(), **fields)


def _type_in(kind: str, **fields: Any) -> Json:
    config = {"trigger_actions_on": ["on_enter_pressed"]}
    asked = {"action_id": kind, "focus_on_load": False, "placeholder": plain(), "dispatch_action_config": config}
    return {"type": kind, **asked, **fields}


_FILTER = {"include": ["public", "im"], "exclude_external_shared_channels": True, "exclude_bot_users": True}
_CONVERSATIONS = {"default_to_current_conversation": True, "filter": _FILTER}
BUTTON = {
    "type": "button",
    "text": plain(),
    "action_id": "button",
    "url": "https://example.com",
    "value": "v",
    "style": "primary",
    "confirm": CONFIRM,
    "accessibility_label": "A button",
    "visible_to_user_ids": ["U1"],
}
_TRIGGER = {
    "url": "https://slack.com/shortcuts/1",
    "customizable_input_parameters": [{"name": "a", "value": "b"}],
}
WORKFLOW_BUTTON = {
    "type": "workflow_button",
    "text": plain(),
    "action_id": "workflow",
    "workflow": {"trigger": _TRIGGER},
    "style": "danger",
    "confirm": CONFIRM,
    "accessibility_label": "A workflow",
}
OVERFLOW = {"type": "overflow", "action_id": "overflow", "confirm": CONFIRM, "options": [OPTION, OTHER]}
CHOICES = [
    _choose("static_select", options=[OPTION, OTHER], initial_option=OPTION),
    _choose("external_select", initial_option=OPTION, min_query_length=0),
    _choose("users_select", initial_user="U1"),
    _choose("conversations_select", initial_conversation="C1", response_url_enabled=True, **_CONVERSATIONS),
    _choose("channels_select", initial_channel="C1", response_url_enabled=True),
    _choose("multi_static_select", option_groups=[GROUP], initial_options=[OPTION], max_selected_items=2),
    _choose("multi_external_select", initial_options=[OPTION], min_query_length=1, max_selected_items=1),
    _choose("multi_users_select", initial_users=["U1"], max_selected_items=1),
    _choose("multi_conversations_select", initial_conversations=["C1"], max_selected_items=1, **_CONVERSATIONS),
    _choose("multi_channels_select", initial_channels=["C1"], max_selected_items=1),
    _ask("checkboxes", options=[OPTION, OTHER], initial_options=[OPTION]),
    _ask("radio_buttons", options=[OPTION, OTHER], initial_option=OPTION),
    _choose("datepicker", initial_date="2026-11-23"),
    _choose("timepicker", initial_time="09:30", timezone="Europe/London"),
]
MARKED_OPTION = {**OPTION, "text": marked()}
OTHERWISE = [
    _choose("static_select", option_groups=[GROUP]),
    _choose("multi_static_select", options=[OPTION, OTHER]),
    _ask("checkboxes", options=[MARKED_OPTION]),
    _ask("radio_buttons", options=[MARKED_OPTION]),
]
"""The same elements with what excludes what the ones above have."""
DATETIME = _ask("datetimepicker", initial_date_time=1700000000)
RICH_TEXT_INPUT = _type_in("rich_text_input", initial_value=RICH_TEXT, min_lines=1, max_lines=5)
TYPED = [
    _type_in("plain_text_input", initial_value="a", multiline=True, min_length=1, max_length=3000),
    _type_in("email_text_input", initial_value="a@b.example"),
    _type_in("url_text_input", initial_value="https://example.com"),
    _type_in("number_input", is_decimal_allowed=False, initial_value="1", min_value="0", max_value="9"),
]
FILE_INPUT = {"type": "file_input", "action_id": "file", "filetypes": ["txt"], "max_files": 2}


def _input(element: Json) -> Json:
    kind = element["type"]
    flags = {"optional": True, "dispatch_action": False}
    return {"type": "input", "block_id": f"in_{kind}", "label": plain(), "hint": plain(), "element": element, **flags}


_FEEDBACK = {"text": plain(), "value": "good", "accessibility_label": "Good"}
_BOTH = {"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}
CARD = {
    "type": "card",
    "block_id": "card",
    "title": marked(),
    "subtitle": marked(),
    "body": marked(),
    "icon": IMAGE,
    "hero_image": IMAGE,
    "actions": [BUTTON],
}
TASK = {
    "type": "task_card",
    "block_id": "task",
    "task_id": "1",
    "title": "Test",
    "status": "in_progress",
    "details": RICH_TEXT,
    "output": RICH_TEXT,
    "sources": [{"type": "url", "url": "https://example.com", "text": "here"}],
}
CELLS = [{"type": "raw_text", "text": "a"}, {"type": "raw_number", "text": "1", "value": 1}, RICH_TEXT]

# By surface: what every surface takes, what no modal takes, what is for messages or modals alone.
EVERYWHERE = [
    {
        "type": "section",
        "block_id": "section",
        "text": marked(),
        "fields": [plain(), marked()],
        "accessory": IMAGE,
        "expand": True,
    },
    *(
        {"type": "section", "text": plain(), "accessory": each}
        for each in (*CHOICES, *OTHERWISE, BUTTON, WORKFLOW_BUTTON)
    ),
    {"type": "header", "block_id": "header", "text": plain()},
    {"type": "divider", "block_id": "divider"},
    {
        "type": "actions",
        "block_id": "actions",
        "elements": [BUTTON, WORKFLOW_BUTTON, OVERFLOW, DATETIME, RICH_TEXT_INPUT, *CHOICES],
    },
    {"type": "context", "block_id": "context", "elements": [IMAGE, plain(), marked()]},
    *(_input(each) for each in (*CHOICES, *TYPED, DATETIME, RICH_TEXT_INPUT)),
    {**IMAGE, "block_id": "image", "title": plain()},
    {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "A file"},
    {
        "type": "video",
        "block_id": "video",
        "alt_text": "A film",
        "title": plain(),
        "title_url": "https://example.com",
        "author_name": "Ada",
        "provider_name": "Films",
        "provider_icon_url": "https://example.com/i.png",
        "thumbnail_url": "https://example.com/t.png",
        "video_url": "https://example.com/v",
        "description": plain(),
    },
    RICH_TEXT,
    CARD,
]
_COLUMN = {"align": "left", "is_wrapped": True}
NOT_IN_MODALS = [
    {"type": "table", "block_id": "table", "rows": [CELLS], "column_settings": [_COLUMN]},
    {
        "type": "data_table",
        "block_id": "data",
        "caption": "Runs",
        "rows": [CELLS[:2], CELLS[1:]],
        "page_size": 10,
        "row_header_column_index": 0,
    },
    {"type": "carousel", "block_id": "carousel", "elements": [CARD]},
    {
        "type": "container",
        "block_id": "container",
        "title": plain(),
        "rich_text_title": RICH_TEXT,
        "subtitle": marked(),
        "icon": IMAGE,
        "child_blocks": [{"type": "divider"}],
        "width": "wide",
        "is_collapsible": True,
        "default_collapsed": False,
        "has_header_divider": True,
    },
]
MESSAGE_ONLY = [
    {"type": "markdown", "block_id": "markdown", "text": "# Words"},
    {"type": "plan", "block_id": "plan", "title": "Plan", "tasks": [TASK]},
    TASK,
    {"type": "file", "block_id": "file", "external_id": "1", "source": "remote"},
    {
        "type": "context_actions",
        "block_id": "feedback",
        "elements": [
            {"type": "feedback_buttons", "action_id": "feedback", **_BOTH},
            {
                "type": "icon_button",
                "action_id": "icon",
                "icon": "trash",
                "text": plain(),
                "value": "v",
                "confirm": CONFIRM,
                "accessibility_label": "Delete",
                "visible_to_user_ids": ["U1"],
            },
        ],
    },
]
MODAL_ONLY = [
    {"type": "alert", "block_id": "alert", "text": marked(), "level": "warning"},
    _input(FILE_INPUT),
]
_AXES = {"categories": ["Mon"], "x_label": "Day", "y_label": "Runs"}
_SERIES = [{"name": "web", "data": [{"label": "Mon", "value": 1}]}]
CHARTS = [
    {
        "type": "data_visualization",
        "block_id": "pie",
        "title": "Share",
        "chart": {"type": "pie", "segments": [{"label": "web", "value": 1}]},
    },
    *(
        {
            "type": "data_visualization",
            "block_id": kind,
            "title": "Runs",
            "chart": {"type": kind, "series": _SERIES, "axis_config": _AXES},
        }
        for kind in ("bar", "area", "line")
    ),
]
MODAL = {
    "type": "modal",
    "title": plain("Title"),
    "submit": plain("Go"),
    "close": plain("No"),
    "callback_id": "form",
    "external_id": "x",
    "private_metadata": "{}",
    "clear_on_close": True,
    "notify_on_close": True,
    "blocks": [{"type": "divider", "block_id": "line"}],
}
HOME = {
    "type": "home",
    "callback_id": "home",
    "external_id": "h",
    "private_metadata": "{}",
    "blocks": [{"type": "divider", "block_id": "line"}],
}
