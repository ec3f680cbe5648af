"""Worlds that nobody thought of: projects, refs, workflows, jobs and parameters with any names, for hypothesis."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import strategies as st

from bot.ambiguity import fold_name
from bot.untrusted.invisible_marks import to_one_line

Json = dict[str, Any]

_ODD_NAMES = (
    "build, test",
    '"quoted" it\N{RIGHT SINGLE QUOTATION MARK}s',
    "--failed",
    "-- all",
    "—dash–dash-",
    "approve-production",
    "18",
    "#7",
    "key=value",
    "*",
    "deploy-[a-z]*?",
    "<!channel> & <@U0GRACE>",
    "&lt;b&gt; &amp;",
    "`code` *bold* _it_ ~no~",
    "שלום עולם",
    "مرحبا",
    "\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe",
    "deploy 🚀👩‍🚀",
    "node/test|x86 > y",
    "https://example.com/x",
    "null",
    "l" * 250,
    "two\nlines",
    "$(rm -rf) {{ x }} %s << pipeline.number >>",
)
_ODD_REFS = (
    "release/1.2",
    "it's",
    '"main"',
    "“main”",
    "a,b",
    "x=y",
    "a&b<c>",
    "#12",
    "ada@home",
    "feature/שלום",
    "🚀",
    "18",
    "true",
    "{a,b}!(c)",
    "$HOME`x`|y",
    "null",
    "main,",
    "rel--force",
    "r" * 180,
)
_ODD_VALUES = (
    "",
    " ",
    "true",
    "no",
    "007",
    "48",
    "1_000",
    "1.10",
    "null",
    "a b",
    "it's",
    '"quoted"',
    "x=y=z",
    "--flag",
    "a,b",
    "<here> & <b>",
    "&lt;",
    "*",
    "שלום",
    "🚀",
    "v" * 500,
)
_QUOTED = {'""': '"', "''": "'", "“”": '“”"', "‘’": "‘’'"}
_BEGINS_OTHERWISE = ("--", "—", "–", '"', "'", "“", "”", "„", "‘", "’")


def can_be_typed(text: str) -> bool:
    """Some quote is left to put around it."""
    return any(not set(closing) & set(text) for closing in _QUOTED.values())


_DRAWN_AS_NOTHING = "\u115f\u1160\u3164\uffa0"
_LETTERS = st.characters(
    codec="utf-8",
    categories=("L", "N", "P", "S", "Zs"),
    include_characters="\u200b\u202e",
    exclude_characters=_DRAWN_AS_NOTHING,
)
_IN_REFS = st.characters(codec="utf-8", categories=("L", "N", "P", "S"), exclude_characters="~^:?*[]\\")

names = st.sampled_from(_ODD_NAMES) | st.text(_LETTERS, min_size=1, max_size=40).filter(
    lambda name: bool(to_one_line(name).strip()) and can_be_typed(name)
)
"""Of workflows, jobs, holds and definitions: whatever a config may say that can be seen at all."""


def _is_ref(name: str) -> bool:
    """As git has them (git-check-ref-format)."""
    parts = name.split("/")
    wrong = ("..", "@{", "//")
    return all(part and part[0] not in ".-" and not part.endswith((".", ".lock")) for part in parts) and not any(
        word in name for word in wrong
    )


refs = st.sampled_from(_ODD_REFS) | st.text(_IN_REFS, min_size=1, max_size=30).filter(_is_ref).filter(can_be_typed)
values = st.sampled_from(_ODD_VALUES) | st.text(_LETTERS, max_size=40).filter(can_be_typed)
repositories = st.from_regex(r"[a-z][a-z0-9._-]{0,20}[a-z0-9]", fullmatch=True).filter(
    lambda name: not name.endswith(".git")
)
parameter_names = st.from_regex(r"[a-z][a-z0-9_-]{0,20}", fullmatch=True)
outcomes = st.sampled_from(["success", "success", "failed", "timedout", "infrastructure_fail", None])


def _distinct(names_of: st.SearchStrategy[str], least: int, most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(names_of, min_size=least, max_size=most, unique=True)


@st.composite
def workflows(draw: st.DrawFn, name: str) -> Json:
    jobs: list[Json] = []
    for job in draw(_distinct(names, 1, 3)):
        known = [each["name"] for each in jobs]
        requires = draw(st.lists(st.sampled_from(known), unique=True)) if known else []
        if draw(st.integers(0, 2)) == 0:
            jobs.append({"name": job, "type": "approval", "requires": requires})
        else:
            ends = draw(st.lists(outcomes, min_size=1, max_size=2))
            jobs.append({"name": job, "requires": requires, "outcomes": ends, "duration_s": draw(st.integers(1, 9))})
    return {"name": name, "jobs": jobs}


@st.composite
def stories(draw: st.DrawFn) -> Json:
    """Mostly workflows; sometimes a config that does not compile, or nothing that runs; each perhaps after a setup."""
    kind = draw(st.sampled_from(["workflows"] * 6 + ["errors", "nothing"]))
    before = {"setup": draw(workflows("setup"))} if draw(st.integers(0, 3)) == 0 else {}
    if kind == "errors":
        return before | {"errors": [draw(names)]}
    if kind == "nothing":
        return before
    return before | {"workflows": [draw(workflows(name)) for name in draw(_distinct(names, 1, 3))]}


@st.composite
def parameters(draw: st.DrawFn) -> Json:
    declared: Json = {}
    for name in draw(_distinct(parameter_names, 0, 3)):
        kind = draw(st.sampled_from(["string", "boolean", "integer", "enum"]))
        choices = draw(_distinct(values.filter(str.strip), 1, 4))
        default = {
            "string": values,
            "boolean": st.booleans(),
            "integer": st.integers(-9999, 9999),
            "enum": st.sampled_from(choices),
        }[kind]
        declared[name] = {"type": kind, "default": draw(default)} | ({"enum": choices} if kind == "enum" else {})
    return declared


@st.composite
def definitions(draw: st.DrawFn) -> list[Json]:
    """One, or two with a config file each."""
    files = (".circleci/config.yml", ".circleci/other.yml")
    named = zip(draw(_distinct(names, 1, 2)), files, strict=False)
    return [{"name": name, "file_path": file, "parameters": draw(parameters())} for name, file in named]


@st.composite
def projects(draw: st.DrawFn, name: str) -> Json:
    branches = draw(_distinct(refs, 1, 3))
    integration = draw(st.sampled_from(["github_oauth", "bitbucket_oauth", "github_app"]))
    return {
        "name": name,
        "integration": integration,
        "default_branch": branches[0],
        "definitions": draw(definitions()),
        "branches": {branch: draw(stories()) for branch in branches},
        "tags": {tag: draw(stories()) for tag in draw(_distinct(refs, 0, 1))},
    }


@st.composite
def worlds(draw: st.DrawFn) -> Json:
    return {"projects": [draw(projects(name)) for name in draw(_distinct(repositories, 1, 2))]}


@st.composite
def given_values(draw: st.DrawFn, declared: Json) -> dict[str, str | int | bool]:
    """What a person may want some of these parameters to be."""
    wanted: dict[str, str | int | bool] = {}
    for name in draw(st.lists(st.sampled_from(sorted(declared)), unique=True)) if declared else []:
        kinds: dict[str, st.SearchStrategy[Any]] = {
            "string": values,
            "boolean": st.booleans(),
            "integer": st.integers(-(2**40), 2**40),
            "enum": st.sampled_from(declared[name].get("enum") or [""]),
        }
        wanted[name] = draw(kinds[declared[name]["type"]])
    return wanted


def quote_word(value: str) -> str:
    """How a person types it so that it is one word."""
    if value and not re.search(r"\s", value) and not value.startswith(_BEGINS_OTHERWISE):
        return value
    pair = next(pair for pair, closing in _QUOTED.items() if not set(closing) & set(value))
    return f"{pair[0]}{value}{pair[1]}"


def can_be_named(job: Json, run: Json) -> bool:
    """No other reads alike, it stands on one line, and Slack makes nothing else of it."""
    alone = sum(fold_name(other["name"]) == fold_name(job["name"]) for other in run["jobs"]) == 1
    return alone and not {"\n", "<", "/"} & set(job["name"])


def as_text(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def quote_list_item(name: str) -> str:
    """Where commas part several, one that holds commas or quotes stands in quotes, as in CSV."""
    return '"{}"'.format(name.replace('"', '""')) if {",", '"'} & set(name) else name


def list_rule_options(project: Json) -> list[tuple[str, str]]:
    """What a rule may be about."""
    stories = [story or {} for story in project["branches"].values()]
    runs = sorted({run["name"] for story in stories for run in story.get("workflows", ())})
    refs = [("branch", name) for name in project["branches"]] + [("tag", name) for name in project["tags"]]
    return [
        *refs,
        *(("workflow", name) for name in runs if name.strip() == name and not {"\n", "<", "/"} & set(name)),
    ]
