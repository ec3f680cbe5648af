"""What a channel must show, worked out from CircleCI's state alone."""

from __future__ import annotations

import html
import re
import shlex
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from bot.blocks import status_blocks

Json = dict[str, Any]

_KIND_OF = {"success": "passed", "failed": "failed", "canceled": "canceled", "unauthorized": "unauthorized"}
_BAD = frozenset({"failed", "error", "unauthorized"})
"""Ends of which a card keeps telling why."""
_TOLD_TO_WHOEVER_ASKED = {"failed", "errored-config", "unauthorized", "on-hold", "empty"}


@dataclass(frozen=True)
class ExpectedEvent:
    """Something that a rule may want to hear. `key` is by what it is told once."""

    key: str
    kind: str
    project: str
    pipeline: str
    number: int
    branch: str | None
    tag: str | None
    workflow: str


@dataclass(frozen=True)
class TypedRule:
    """A rule as a person typed it: of one branch, tag or workflow, or of all; of some kinds, or of `all`."""

    channel: str
    project: str
    kinds: frozenset[str]
    option: tuple[str, str] | None = None

    def matches(self, one: ExpectedEvent) -> bool:
        if self.project != one.project or not {"all", one.kind} & self.kinds:
            return False
        if self.option is None:
            return True
        pattern, name = self.option[1], getattr(one, self.option[0])
        return name is not None and (name == pattern or fnmatchcase(name, pattern))


def is_named_in(text: str, one: ExpectedEvent) -> bool:
    """Which pipeline it is of, and of what in it."""
    return f"#{one.number}" in text and _has_name(text, one.workflow) and _has_name(text, one.branch or one.tag or "")


def is_told_to_whoever_asked(one: ExpectedEvent) -> bool:
    """Whoever started a pipeline or did something to it hears of this, whatever the rules say."""
    return one.kind in _TOLD_TO_WHOEVER_ASKED


def derive_events(pipeline: Json) -> Iterator[ExpectedEvent]:
    """All that is so by now. A workflow that still runs has started; a setup that passed is no end."""

    def happening(key: str, kind: str, workflow: str = "") -> ExpectedEvent:
        branch, tag = pipeline["branch"], pipeline["tag"]
        return ExpectedEvent(
            key, kind, pipeline["project_slug"], pipeline["id"], pipeline["number"], branch, tag, workflow
        )

    if all(run.get("tag") == "setup" and run["status"] == "success" for run in get_newest_runs(pipeline)):
        ends = {"errored": "errored-config", "created": "empty"}
        if kind := ends.get(pipeline["state"]):
            setups = [run["id"] for run in get_newest_runs(pipeline)]
            yield happening(":".join([pipeline["id"], kind.removesuffix("-config"), *setups]), kind)
    for run in pipeline["workflows"]:
        if kind := _KIND_OF.get(run["status"]):
            if not (run.get("tag") == "setup" and kind == "passed"):
                yield happening(f"{run['id']}:{run['status']}", kind, run["name"])
        elif run.get("tag") != "setup":
            yield happening(f"{run['id']}:started", "started", run["name"])
        for job in get_waiting_jobs(run):
            yield happening(f"{run['id']}:hold:{job['id']}", "on-hold", run["name"])


def get_waiting_jobs(run: Json) -> list[Json]:
    """Jobs on hold that can be approved: not those of a workflow that is over."""
    return [] if _has_ended(run) else [job for job in run["jobs"] if job["status"] == "on_hold"]


def get_newest_runs(pipeline: Json) -> list[Json]:
    """The newest run of each workflow; a setup counts where nothing else does."""
    runs = sorted(pipeline["workflows"], key=lambda run: run["created_at"])
    counting = [run for run in runs if run.get("tag") != "setup"] or runs
    return list({run["name"]: run for run in counting}.values())


def _has_ended(run: Json) -> bool:
    return bool(run.get("stopped_at"))


# A card, held against its pipeline


def find_card_errors(card: Json, pipeline: Json) -> Iterator[str]:
    """Whatever the card shows that is not so, and whatever is so that it does not show."""
    title, *sections = [block["text"]["text"] for block in card["blocks"] if block["type"] == "section"]
    yield from _find_title_errors(title, pipeline)
    told = _split_by_workflow(sections)
    newest = {run["id"]: run for run in get_newest_runs(pipeline)}
    yield from (f"a workflow that counts no more: {told[one]}" for one in told if one not in newest)
    is_shrunk = not sections and all(_has_ended(run) and run["status"] not in _BAD for run in newest.values())
    for run in () if is_shrunk else newest.values():
        yield from _find_run_errors(told.get(run["id"], []), run)
    yield from _find_button_errors(card, pipeline)


def _split_by_workflow(sections: Sequence[str]) -> dict[str, list[str]]:
    """The line of each workflow and those that are quoted below it, by its id."""
    told: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in "\n".join(sections).split("\n"):
        if not line.startswith("> ") and (found := re.search(r"/workflows/([^|/]+)\|", line)):
            lines = told.setdefault(found[1], [])
        lines.append(line)
    return told


def _find_title_errors(title: str, pipeline: Json) -> Iterator[str]:
    runs = get_newest_runs(pipeline)
    words = {status_blocks.get_label("setup" if _is_running_setup(run) else run["status"]) for run in runs}
    if all(run.get("tag") == "setup" and run["status"] == "success" for run in runs):
        words = {status_blocks.get_label({"created": "empty"}.get(pipeline["state"], pipeline["state"]))}
    if len(words) == 1 and f"— *{min(words)}*" not in title:
        yield f"{title!r} should say {min(words)}"
    if not _has_name(title, pipeline["branch"] or pipeline["tag"]):
        yield f"{title!r} should name {pipeline['branch'] or pipeline['tag']!r}"


def _is_running_setup(run: Json) -> bool:
    return run.get("tag") == "setup" and run["status"] == "running"


def _find_run_errors(shown: Sequence[str], run: Json) -> Iterator[str]:
    if not shown:
        yield f"nothing of workflow {run['name']!r}"
        return
    first, rest = shown[0], "\n".join(shown[1:])
    held = run["status"] == "on_hold"
    word = "waits for" if held else status_blocks.get_label(run["status"])
    if not _has_name(first, run["name"]) or f"> — {word}" not in first:
        yield f"{first!r} should name {run['name']!r} and say {word}"
    waits = (first if held else rest).partition("waits for")[2]
    yield from (
        f"{waits!r} should say that {job['name']!r} waits"
        for job in get_waiting_jobs(run)
        if not _has_name(waits, job["name"])
    )


def _has_name(text: str, name: str) -> bool:
    """Long names are cut; what would end a code or a link is another mark."""
    seen = "".join(mark for mark in " ".join(name.splitlines()) if unicodedata.category(mark) != "Cf")
    return _normalise(html.escape(seen[:6], quote=False)) in _normalise(text)


def _normalise(text: str) -> str:
    return text.replace("`", "'").replace("|", "¦")


def _find_button_errors(card: Json, pipeline: Json) -> Iterator[str]:
    """A button for each hold or one that shows all, and none for what cannot be done."""
    runs = {run["id"]: run for run in get_newest_runs(pipeline)}
    offered = list(get_card_actions(card))
    for act in offered:
        run = runs.get(act.workflow)
        if run is None or not act.is_possible(run):
            yield f"a button that can do nothing: {act.line}"
        elif not _has_name(act.confirm_text, act.get_target_name(run)):
            yield f"{act.line} asks {act.confirm_text!r}, and is about {act.get_target_name(run)!r}"
    held = {(run["id"], job["id"]) for run in runs.values() for job in get_waiting_jobs(run)}
    given = {(act.workflow, act.job) for act in offered if act.job}
    lines = [element.get("value", "") for block in card["blocks"] for element in block.get("elements", ())]
    offers_all = any(line.startswith("jobs ") and "--waiting" in line for line in lines)
    if not (given <= held if offers_all else given == held):
        yield f"holds {held}, buttons for {given}"


@dataclass(frozen=True)
class CardAction:
    """A button of a card that does something at CircleCI; `asks` is what Slack asks before it does."""

    line: str
    confirm_text: str
    element: Json

    @property
    def command(self) -> str:
        return self._words[0]

    @property
    def workflow(self) -> str:
        return self._words[1]

    @property
    def job(self) -> str | None:
        return self._words[2] if self.command == "approve" else None

    @property
    def _words(self) -> list[str]:
        return [word for word in shlex.split(self.line) if not word.startswith("--")]

    def get_target_name(self, run: Json) -> str:
        name: str = next(job["name"] for job in run["jobs"] if job["id"] == self.job) if self.job else run["name"]
        return name

    def is_possible(self, run: Json) -> bool:
        if self.command == "approve":
            return self.job in {job["id"] for job in get_waiting_jobs(run)}
        if self.command == "cancel":
            return not _has_ended(run)
        return run["status"] == "failed" if "--failed" in self.line else _has_ended(run)

    def build_request(self, run: Json) -> tuple[str, Any]:
        """The path and body of what CircleCI is asked when somebody presses it."""
        path = f"/api/v2/workflow/{run['id']}/{self.command}"
        if self.command == "approve":
            hold = next(job for job in run["jobs"] if job["id"] == self.job)
            return f"{path}/{hold['approval_request_id']}", None
        bodies = {"cancel": None, "rerun": {"from_failed": True} if "--failed" in self.line else {}}
        return path, bodies[self.command]


def get_card_actions(card: Json) -> Iterator[CardAction]:
    for block in card["blocks"]:
        for element in block.get("elements", ()):
            if element.get("value", "").split(" ")[0] in {"approve", "rerun", "cancel"}:
                place = {"block_id": block["block_id"], "action_id": element["action_id"], "value": element["value"]}
                asked = element["confirm"]
                yield CardAction(element["value"], f"{asked['title']['text']}: {asked['text']['text']}", place)
