"""Names in `bot/` and `sandbox/` are the field's words: a verb and an object, each class and module under one name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests import house

VERBS = (
    "add admit allow announce apply approve ask assume authorise begin bind block build call cancel canonicalise "
    "catch change check choose claim classify clean close coerce collect commit compare compile compose compute "
    "conclude configure convert copy count cover create cut decide delete detect diagnose disambiguate disconnect "
    "dispatch dispose downgrade download drain draw drop encode end erase escape establish examine execute exit "
    "expand expire explain export extend fetch filter find fit fold follow force forget format generate get group "
    "handle hash hide hit hold ignore increase insert install invalidate issue iter join judge keep kill limit list "
    "load lock make mark mask match merge migrate move name narrow notify open order parse pause pick pin plan post "
    "postpone print propose prune publish purge raise rank read reconcile record redraw refuse register release "
    "remember remind remove render renew replace replay reply request require rerun reschedule reserve resolve "
    "restart restate restore resume reveal revise rotate run sanitise sanitize say schedule seal select send "
    "serialize serve set settle share shorten show skip sort split start stop strip submit suggest sum take tick "
    "transfer trigger uncover unlist unpin update upgrade upsert verify wait wake warn withdraw zip"
)
"""With which a public function begins. Before you add one, look for a word that says the same."""

ANSWERS = "is has can may covers excludes fits matches serves wants to from as with on"
"""What begins with these answers yes or no, converts, or happens on something."""

NAMED_BY_OTHERS = (
    "aclose asleep async_consume async_issue async_save capture_signals connection_lost connection_made data_received "
    "do_GET enqueue_message increment issue_new_wss_url log_message model_post_init process_bind_param "
    "process_result_value scalar "
    "scalars settings_customise_sources startup now main running keepalive speaking naming ngettext N_"
)
"""Methods that a library calls, a clock's `now`, and contexts that run while a block lasts."""

NOUNS = (
    "bot/operating/command_line.py",
    "bot/operating/run_commands.py",
    "bot/operating/backup_commands.py",
    "bot/operating/slack_app/slack_commands.py",
    "bot/blocks/kit.py",
    "bot/circleci/links.py",
)
"""Files whose functions are words of the command line, of Block Kit, and addresses."""


@cache
def parse_side(side: str) -> dict[Path, ast.Module]:
    """Not before a test asks: every process of the suite imports this file, and one runs it."""
    return house.parse_modules(side)


def parse_both() -> dict[Path, ast.Module]:
    return parse_side("bot") | parse_side("sandbox")


@pytest.mark.parametrize("side", ["bot", "sandbox"])
def test_no_class_name_stands_twice(side: str) -> None:
    assert house.classes_twice(parse_side(side)) == []


def test_no_module_name_stands_in_two_rooms() -> None:
    assert house.names_in_two_rooms(parse_side("bot")) == []


def test_no_module_is_imported_under_another_word() -> None:
    found = [
        f"{path}:{node.lineno} {alias.asname}"
        for path, tree in parse_both().items()
        for node in house.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if _is_renamed_module(node, alias)
    ]
    assert found == []


def _is_renamed_module(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> bool:
    """Two values of one name may be told apart by a third; a module has its own. `mpl` is everybody's word."""
    if alias.asname in {None, "mpl"}:
        return False
    if isinstance(node, ast.Import):
        return True
    path = house.CHECKOUT.joinpath(*(node.module or "").split("."), alias.name)
    return path.is_dir() or path.with_suffix(".py").exists()


def test_no_function_is_called_by_a_bare_participle() -> None:
    assert [function.name for function in house.functions(parse_both()) if house.is_participle(function.name)] == []


def test_public_functions_begin_with_a_verb() -> None:
    allowed = {*VERBS.split(), *ANSWERS.split()}
    found = [
        f"{path}:{function.lineno} {function.name}"
        for path, tree in parse_side("bot").items()
        if path.relative_to(house.CHECKOUT).as_posix() not in NOUNS
        for function in _iter_public_functions(tree)
        if function.name.split("_")[0] not in allowed and function.name not in NAMED_BY_OTHERS.split()
    ]
    assert found == []


def _iter_public_functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Of the module and of its classes: what others call."""
    for owner in (tree, *(node for node in tree.body if isinstance(node, ast.ClassDef))):
        functions = (node for node in owner.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
        yield from (each for each in functions if not each.name.startswith("_") and not house.is_property(each))


def list_stale_docstrings(tree: ast.Module, source: str) -> Iterator[str]:
    """What a class says of a `field` that its file does not know: it was renamed, and the docstring was not."""
    for node in house.walk(tree):
        said = ast.get_docstring(node, clean=False) if isinstance(node, ast.ClassDef) else None
        named = re.findall(r"`([a-z_]+)`", said or "")
        known = set(re.findall(r"\w+", source.replace(said or "", ""))) if named else set()
        yield from (f"{node.name}: {name}" for name in named if name not in known)


@pytest.mark.parametrize("side", ["bot", "sandbox"])
def test_a_docstring_names_only_what_its_class_has(side: str) -> None:
    trees = parse_side(side).items()
    stale = [f"{path}: {one}" for path, tree in trees for one in list_stale_docstrings(tree, path.read_text("utf-8"))]
    assert stale == []


def teardown_module() -> None:
    """A million nodes that stay slow down every collection of garbage after."""
    for kept in (parse_side, house.walk):
        kept.cache_clear()
