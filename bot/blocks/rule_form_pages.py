"""What the form of a rule asks for, page by page: every field of a rule is an input of exactly one page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.language import N_

YES = "yes"


@dataclass(frozen=True, slots=True)
class RuleFormPage:
    """What the menu calls it, and its fields in order."""

    title: str
    fields: tuple[str, ...]


PAGES: Mapping[str, RuleFormPage] = {
    "basics": RuleFormPage(N_("Project, what and branches"), ("branch",)),
    "delivery": RuleFormPage(N_("Where to post and whom to mention"), ("to", "at", "mention")),
    "outcomes": RuleFormPage(N_("Other outcomes, repeats and reminders"), ("every", "remind", "slower")),
    "refs": RuleFormPage(N_("More about branches and tags"), ("default-branch", "not-branch", "tag", "not-tag")),
    "workflows": RuleFormPage(N_("Workflows and people"), ("workflow", "not-workflow", "actor", "not-actor", "mine")),
    "deploys": RuleFormPage(N_("Environments and components"), ("environment", "not-environment", "component")),
    "triggers": RuleFormPage(N_("What starts the pipelines"), ("trigger", "not-trigger")),
}
FIRST = "basics"
"""The page of what people decide first."""


@dataclass(frozen=True, slots=True)
class RuleInput:
    """How a field is asked for: its label, an example, what else has to be known, and names for its choices.

    `people` is the label of the second input, in which people are chosen.
    """

    label: str
    example: str = ""
    hint: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    people: str = ""


_SEVERAL = N_("Separate several by commas; * stands for anything")
_STARTERS = {"webhook": N_("A push"), "schedule": N_("A schedule"), "api": N_("Somebody, by the API or a button")}

ASKS: Mapping[str, RuleInput] = {
    "branch": RuleInput(
        N_("Branches"),
        N_("Ex. main, release/*"),
        N_("Empty means every branch. Separate several by commas; * stands for anything"),
    ),
    "to": RuleInput(
        N_("Where to post"),
        choices={
            "message": N_("In the channel"),
            "thread": N_("Only in the thread of the pipeline's card"),
            "digest": N_("Together, in a digest"),
        },
    ),
    "at": RuleInput(
        N_("Times of the digest"), N_("Ex. 09:00, 17:00"), N_("In the channel's time zone. Hourly is possible too")
    ),
    "mention": RuleInput(
        N_("Mention"),
        choices={"author": N_("Who started the pipeline"), "breaker": N_("Who broke the branch")},
        people=N_("Mention people"),
    ),
    "every": RuleInput(
        N_("Repeat every"), N_("Ex. 3"), N_("So many failures while a branch stays broken. Empty means never")
    ),
    "remind": RuleInput(N_("Remind of approvals after"), N_("Ex. 2h, 1d"), N_("Empty means never")),
    "slower": RuleInput(N_("Slow means"), N_("Ex. 1.5"), N_("So many times the p95 of the last 30 runs")),
    "default-branch": RuleInput(N_("Default branch"), choices={YES: N_("Only the project's default branch")}),
    "not-branch": RuleInput(N_("Leave out branches"), N_("Ex. renovate/*"), _SEVERAL),
    "tag": RuleInput(N_("Tags"), N_("Ex. v*"), _SEVERAL),
    "not-tag": RuleInput(N_("Leave out tags"), N_("Ex. *-rc*"), _SEVERAL),
    "workflow": RuleInput(
        N_("Workflows"),
        N_("Ex. deploy-*"),
        N_("Empty means every workflow. Separate several by commas; * stands for anything"),
    ),
    "not-workflow": RuleInput(N_("Leave out workflows"), N_("Ex. nightly"), _SEVERAL),
    "actor": RuleInput(N_("Started by"), N_("Ex. octocat"), N_("Logins as CircleCI shows them")),
    "not-actor": RuleInput(N_("Not started by"), N_("Ex. dependabot*"), N_("Logins as CircleCI shows them")),
    "mine": RuleInput(N_("Mine"), choices={YES: N_("Only pipelines that I started")}),
    "environment": RuleInput(
        N_("Environments"),
        N_("Ex. production"),
        N_("Then only deploys to these are posted. Choose them, or type a pattern: * stands for anything"),
    ),
    "not-environment": RuleInput(
        N_("Leave out environments"), N_("Ex. preview-*"), N_("Choose them, or type a pattern: * stands for anything")
    ),
    "component": RuleInput(
        N_("Components"),
        N_("Ex. api"),
        N_("Then only deploys of these are posted. Choose them, or type a pattern: * stands for anything"),
    ),
    "trigger": RuleInput(N_("Only what was started by"), choices=_STARTERS),
    "not-trigger": RuleInput(N_("Leave out what was started by"), choices=_STARTERS),
}
