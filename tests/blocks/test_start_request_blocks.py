from __future__ import annotations

from dataclasses import replace

from bot.blocks import protected_blocks, start_request_blocks
from bot.command import Modal, Request, RequestSource
from bot.errors import Unconfirmed
from bot.rules.policy_line import Demands, Effect, PolicyLine, PolicyScope
from bot.rules.policy_rank import Act
from bot.rules.start_request import StartState, StartTarget
from bot.rules.voting import Vote
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NOW, make_start

START = make_start(
    target=StartTarget("gh/acme/web", "main", "", None, {"environment": "production", "API_TOKEN": "hunter2hunter2"})
)
TWO = replace(START.build_approval(Demands(approvals=2)), approvers=("UGRACE", "S0LEADS"))
VOTED = replace(TWO, votes=(Vote("UGRACE", "T1", "c-grace", NOW),))
REASONED = replace(START, reason="JIRA-1 <!here>")
ESCALATED = replace(VOTED, escalate_to=("UEVE",))


def test_what_waits_says_who_asks_for_what_of_whom_and_how_it_ended(golden: Check, valid_blocks: Check) -> None:
    declined = replace(START, state=StartState.DECLINED, ended_by="UGRACE", why="Not <!here>")
    for name, shown in (
        ("start_waits", start_request_blocks.render(START, VOTED)),
        ("start_escalated", start_request_blocks.render_escalation(REASONED, ESCALATED)),
        ("start_declined", start_request_blocks.render(declined, VOTED)),
        ("start_declined_told", start_request_blocks.render_end(declined)),
    ):
        valid_blocks(shown.blocks)
        golden(name, shown.blocks)
        assert "hunter2" not in get_text({"blocks": shown.blocks})


def test_what_is_protected_is_named_with_its_line_by_a_message_or_form(golden: Check, valid_blocks: Check) -> None:
    scope = PolicyScope(act="start", branch="main", parameters=(("environment", "production"),))
    line = PolicyLine(Effect.REQUIRE, ("everybody",), scope, Demands(confirm=True))
    act = Act(name="trigger", at=NOW, branch="main", parameters={"environment": "production", "tag": "48"})
    asked = Unconfirmed(protected_blocks.format_protected(act, {"environment"}, [(3, line)]), mark="m1")
    typed = Request("T1", "UADA", "trigger gh/acme/web", RequestSource.TYPED, "k")
    message = protected_blocks.render_question(asked, typed)
    valid_blocks(message.blocks)
    golden("protected", message.blocks)
    once = protected_blocks.add_to_form(Modal("Trigger", [{"type": "divider"}], submit="Trigger"), asked)
    twice = protected_blocks.add_to_form(once, asked)
    assert twice == once, "what was asked before is asked anew"
    valid_blocks(twice.original_blocks)
    golden("protected_form", twice.original_blocks)


def test_a_form_asks_why_and_keeps_what_was_said(golden: Check, valid_blocks: Check) -> None:
    asked = Unconfirmed(":lock: *This is protected:* `trigger`.", mark="m1", asks_yes=False, asks_why=True)
    typed = Request("T1", "UADA", "trigger gh/acme/web", RequestSource.TYPED, "k")
    message = protected_blocks.render_question(asked, typed)
    form = protected_blocks.render_why_form(asked.message, "m1", typed.line, typed=True)
    within = protected_blocks.add_to_form(Modal("Trigger", [{"type": "divider"}], submit="Trigger"), asked, "JIRA-1")
    shown = {"": message.blocks, "_asked": form.blocks, "_form": within.original_blocks}
    for name, blocks in shown.items():
        valid_blocks(blocks)
        golden(f"protected_why{name}", blocks)
