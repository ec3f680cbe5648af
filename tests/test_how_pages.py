"""The pages about code name files, classes and functions: each of them exists. What they tell to type is understood."""

from __future__ import annotations

import ast
import re
import textwrap
from functools import cache
from pathlib import Path
from typing import Any

from bot.command import Request, RequestSource
from bot.commands import COMMANDS
from bot.dispatch.parsed_call import parse_request
from bot.dispatch.registry import Registry
from bot.errors import UsageError
from bot.line import ParsedLine
from tests.plugins.each_case import each_case

CHECKOUT = Path(__file__).parents[1]
CONTRIBUTING = CHECKOUT / "CONTRIBUTING.md"
PAGES = sorted((CHECKOUT / "docs").rglob("*.md")) + [CHECKOUT / name for name in ("CONTRIBUTING.md", "README.md")]
PAGES += [CHECKOUT / name for name in ("SECURITY.md", "CHANGELOG.md")]
ABOUT_CODE = [page for page in PAGES if page.parent.name == "how" or page.name == "CONTRIBUTING.md"]
WORD = re.compile(r"`([^`\n]+)`")
FILE = re.compile(r"\.?[\w-]+(/[\w.-]+)*(/|/?\.(py|md|js|yml|toml|yaml|lock))")
CLASS = re.compile(r"_?[A-Z]\w*[a-z]\w*(\.\w+)?")
EXAMPLE = re.compile(r"\b(hello|test_hello|test_y|y|NNNN_\w+|rules)\.(py|yml)$|^build/")
"""Files that a reader makes, or a run."""
FUNCTION = re.compile(r"(\w+)\(\)")
TYPED = re.compile(r"`(?:/circle ([^`{}\n]+)|([a-z]+ (?:[^`{}\n]+ )?--[^`{}\n]+))`")
"""A line that people are told to type, with `/circle` or with an option."""


def name_page(page: Path) -> str:
    return str(page.relative_to(CHECKOUT))


def list_words(page: Path, pattern: re.Pattern[str]) -> list[str]:
    return sorted({word for word in WORD.findall(page.read_text(encoding="utf-8")) if pattern.fullmatch(word)})


@cache
def list_definitions() -> frozenset[str]:
    """`name`, `Class` and `Class.member` of everything in the checkout that is ours."""
    found: set[str] = set()
    for room in ("bot", "sandbox", "tests", "bench"):
        for path in (CHECKOUT / room).rglob("*.py"):
            found |= find_definitions(ast.parse(path.read_text(encoding="utf-8")))
    return frozenset(found)


def find_definitions(tree: ast.Module) -> set[str]:
    defined = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    found = {node.name for node in ast.walk(tree) if isinstance(node, defined)}
    for node in (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)):
        found |= {f"{node.name}.{name}" for member in node.body for name in list_names(member)}
    return found | {name for node in tree.body for name in list_names(node)}


def list_names(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [target.id for target in targets if isinstance(target, ast.Name)]


@each_case("page", PAGES, ids=name_page)
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    assert not [name for name in list_words(page, FILE) if not is_a_file(name) and not EXAMPLE.search(name)]


def is_a_file(name: str) -> bool:
    """By its path from the checkout; a page that has just named a folder may name a file in it alone."""
    return (CHECKOUT / name).exists() or ("/" not in name.rstrip("/") and any(CHECKOUT.rglob(name)))


@each_case("page", PAGES, ids=name_page)
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    links = re.findall(r"\]\((?!http|#)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert not [link for link in links if not (page.parent / link).exists()]


@each_case("page", ABOUT_CODE, ids=name_page)
def test_every_class_and_function_that_a_page_names_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = [*list_words(page, CLASS), *FUNCTION.findall(" ".join(WORD.findall(text)))]
    assert named
    assert not [name for name in named if name not in list_definitions()]


async def test_the_command_of_the_recipe_greets() -> None:
    block = re.search(r"```python\n(.*?)```", CONTRIBUTING.read_text(encoding="utf-8"), re.DOTALL)
    made: dict[str, Any] = {"__name__": "hello"}
    assert block
    exec(textwrap.dedent(block[1]), made)  # noqa: S102 - it is ours
    command = made["COMMAND"]
    assert made["__doc__"].startswith(command.name)
    reply = await command.run(None, command.parse(ParsedLine(words=("Ada",))))
    assert reply.message.text == "Hello Ada."


def test_every_page_of_how_is_linked_and_fits_a_screen_or_two() -> None:
    pages = sorted((CHECKOUT / "docs" / "how").glob("*.md"))
    contributing = CONTRIBUTING.read_text(encoding="utf-8")
    assert not [page.name for page in pages if f"docs/how/{page.name}" not in contributing]
    assert not [page.name for page in pages if page.read_text(encoding="utf-8").count("\n") > 80]


@each_case("typed", ["status", "me --edit"])
def test_a_line_is_found_with_circle_or_an_option(typed: str) -> None:
    assert TYPED.search(f"Type `/circle {typed}`.")
    assert bool(TYPED.search(f"Type `{typed}`.")) is ("--" in typed)


REGISTRY = Registry(COMMANDS)
WORDS = {word for command in COMMANDS for word in (command.name, *command.aliases)}


@each_case("folder", ["bot", "docs", "."])
def test_every_line_that_people_are_told_to_type_is_understood(folder: str) -> None:
    sources = (CHECKOUT / folder).glob("*.md") if folder == "." else (CHECKOUT / folder).rglob("*.[mp][dy]")
    found = {told for source in sources for told in TYPED.findall(source.read_text(encoding="utf-8"))}
    told = {slash or bare for slash, bare in found if slash or bare.split(maxsplit=1)[0] in WORDS}
    assert told
    assert not [refusal for line in told if (refusal := find_refusal(line.replace("\\|", "|")))]


def find_refusal(typed: str) -> str:
    """What the bot says of a line that it does not understand."""
    try:
        parse_request(Request("T1", "U1", typed, RequestSource.TYPED, "k"), REGISTRY)
    except UsageError as error:
        return f"{typed}: {error.message}"
    return ""


def test_a_line_that_is_not_understood_is_refused() -> None:
    assert find_refusal("orgz") == "orgz: I do not know `orgz`. Did you mean `projects --orgs`?"
    assert find_refusal("quiet --zone") == "quiet --zone: `--zone` needs a value."
