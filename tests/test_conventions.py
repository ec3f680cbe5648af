"""The house rules, as far as a machine can see them. Each failure lists where."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.house import dotted, list_used, walk

CHECKOUT = Path(__file__).parents[1]
MOST_LINES = 300
NOT_NAMES = ("utils", "util", "helpers", "helper", "manager", "service", "base", "common", "misc")
CLOCKS = ("bot/clock.py", "sandbox/virtual_clock.py")
UNMIRRORED = (
    "chaos", "contracts", "deploy", "journeys", "models", "plugins", "golden", "runbook", "security", "simulation",
)  # fmt: skip

INDEX_HOSTS = re.compile("|".join(("pypi" + r"\.org", "python" + "hosted", "npm" + r"js\.org", "deb" + r"\.debian")))
MACHINE_PATHS = re.compile("/" + r"(work|root|home/\w+)/")
UNREASONED = re.compile(r"# noqa(?!: [A-Z0-9, ]+ --? \S)|# type: ignore(?!\[[\w, -]+\]  ?# \S)")
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b|NotImplemented" + "Error")

MOST_FUNCTION_LINES = 40

Parsed = dict[str, ast.Module]


@cache
def tracked() -> tuple[str, ...]:
    listed = subprocess.run(["git", "ls-files"], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    return tuple(name for name in listed.stdout.splitlines() if (CHECKOUT / name).exists())


@cache
def text(name: str) -> str:
    return (CHECKOUT / name).read_text(encoding="utf-8")


@cache
def tree_of(name: str) -> ast.Module:
    return ast.parse(text(name))


def parsed(*folders: str) -> Parsed:
    names = [
        name for name in tracked() if name.endswith(".py") and name.startswith(tuple(f"{one}/" for one in folders))
    ]
    return {name: tree_of(name) for name in names}


WRITERS = ("bot/line.py", "bot/dispatch/words.py")
"""Where lines are made, and read again. Elsewhere mypy wants a `Written`, which only `line` and `also` give."""


def teardown_module() -> None:
    """A million nodes that stay slow down every collection of garbage after."""
    for kept in (tree_of, walk, list_used):
        kept.cache_clear()


def nothing(found: Iterable[str]) -> None:
    listed = list(found)
    assert not listed, "\n" + "\n".join(listed)


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def uses(trees: Parsed, wrong: Callable[[str], bool]) -> Iterator[str]:
    for name, tree in trees.items():
        yield from (f"{name}:{line} {used}" for line, used in list_used(tree) if wrong(used))


def imported(tree: ast.Module) -> Iterator[str]:
    """Every module that is imported, and every name taken from one, dotted."""
    for node in walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_no_file_is_too_long_to_read_at_once() -> None:
    read = [name for name in tracked() if Path(name).suffix in {".py", ".js", ".mjs", ".css", ".html"}]
    nothing(f"{name}: {text(name).count(chr(10))} lines" for name in read if text(name).count("\n") > MOST_LINES)


def test_functions_are_short() -> None:
    lengths = sorted(lines(function) for tree in parsed("bot", "sandbox").values() for function in functions(tree))
    assert statistics.median(lengths) <= 11
    assert lengths[int(len(lengths) * 0.9)] < 30


def test_no_function_is_too_long_to_see_at_once() -> None:
    nothing(
        f"{name}:{function.lineno} {function.name}: {lines(function)} lines"
        for name, tree in parsed("bot", "sandbox").items()
        for function in functions(tree)
        if lines(function) > MOST_FUNCTION_LINES
    )


def test_names_say_what_a_thing_is() -> None:
    def wrong(name: str) -> bool:
        words = re.findall(r"[A-Z]?[a-z]+", name)
        return bool(words) and words[-1].lower() in NOT_NAMES

    def found() -> Iterator[str]:
        for name, tree in parsed("bot", "sandbox", "migrations", "tests").items():
            parts = Path(name).with_suffix("").parts
            yield from (name for part in parts if wrong(part))
            classes = (node for node in walk(tree) if isinstance(node, ast.ClassDef))
            yield from (f"{name}:{node.lineno} {node.name}" for node in classes if wrong(node.name))

    nothing(found())


def test_only_settings_read_the_environment() -> None:
    trees = {name: tree for name, tree in parsed("bot", "sandbox").items() if name != "bot/settings.py"}
    nothing(uses(trees, lambda used: used in {"os.environ", "os.getenv", "environ", "getenv"}))


def test_a_fourth_parameter_is_passed_by_its_name() -> None:
    def found() -> Iterator[str]:
        for name, tree in parsed("bot/store", "bot/rules", "bot/domain").items():
            for function in functions(tree):
                by_place = [one.arg for one in function.args.args if one.arg not in {"self", "cls"}]
                if len(by_place) > 3:
                    yield f"{name}: {function.name}({', '.join(by_place)})"

    nothing(found())


def test_only_a_clock_knows_what_time_it_is() -> None:
    trees = {name: tree for name, tree in parsed("bot", "sandbox").items() if name not in CLOCKS}
    asked = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}
    nothing(uses(trees, lambda used: used in asked))


def test_nothing_is_patched() -> None:
    def found() -> Iterator[str]:
        for name, tree in parsed("tests").items():
            yield from (f"{name}: {module}" for module in imported(tree) if "mock" in module.split("."))
            yield from uses({name: tree}, lambda used: used.startswith("monkeypatch.setattr"))

    nothing(found())


def test_tests_wait_for_conditions_and_never_for_luck() -> None:
    """A sleep is fine as the pause of a loop that looks whether something has happened, and in virtual time."""

    def found() -> Iterator[str]:
        for name, tree in parsed("tests").items():
            if name.startswith("tests/simulation/"):
                continue
            loops = [node for node in walk(tree) if isinstance(node, ast.While)]
            paused = {inner for loop in loops for inner in ast.walk(loop)}
            calls = (node for node in walk(tree) if isinstance(node, ast.Call) and node not in paused)
            yield from (f"{name}:{call.lineno}" for call in calls if _sleeps(call))

    nothing(found())


def _sleeps(call: ast.Call) -> bool:
    yields = len(call.args) == 1 and isinstance(call.args[0], ast.Constant) and call.args[0].value == 0
    return dotted(call.func) in {"asyncio.sleep", "time.sleep"} and not yields


def test_no_file_names_a_package_index_or_a_path_of_one_machine() -> None:
    def found() -> Iterator[str]:
        for name in tracked():
            try:
                content = text(name)
            except UnicodeDecodeError:
                continue
            yield from (f"{name}: {match[0]}" for match in INDEX_HOSTS.finditer(content))
            yield from (f"{name}: {match[0]}" for match in MACHINE_PATHS.finditer(content))

    nothing(found())


def test_only_one_place_makes_a_line_that_a_button_says() -> None:
    others = {name: tree for name, tree in parsed("bot", "sandbox").items() if name not in WRITERS}
    nothing(uses(others, lambda name: name.split(".")[0] in {"shlex", "Written"} and name != "Written"))
    nothing(
        f"{name}:{node.lineno} makes a line by hand"
        for name, tree in others.items()
        for node in walk(tree)
        if isinstance(node, ast.Call) and (dotted(node.func) == "Written" or _is_a_cast(node))
    )


def _is_a_cast(call: ast.Call) -> bool:
    return dotted(call.func).split(".")[-1] == "cast" and "Written" in ast.unparse(call)


def test_every_exception_to_a_linter_has_its_reason_beside_it() -> None:
    def found() -> Iterator[str]:
        for name in parsed("bot", "sandbox", "migrations", "tests", "bench"):
            for number, line in enumerate(text(name).splitlines(), start=1):
                if UNREASONED.search(line) and name != "tests/test_conventions.py":
                    yield f"{name}:{number} {line.strip()[:100]}"

    nothing(found())


def test_nothing_is_left_for_later() -> None:
    def found() -> Iterator[str]:
        for name in parsed("bot", "sandbox", "migrations", "bench"):
            yield from (f"{name}: {match[0]}" for match in UNFINISHED.finditer(text(name)))

    nothing(found())


def test_no_coroutine_waits_for_one_that_it_is_handed() -> None:
    """Who is canceled before the first step would leave it unawaited: what is handed over is what begins it."""
    taking = re.compile(r"async def \w+\([^)]*?\w: (Awaitable|Coroutine)\[")
    nothing(f"{name} {one.group()}" for name in parsed("bot", "sandbox") for one in taking.finditer(text(name)))


def test_annotations_are_read_late_everywhere() -> None:
    trees = parsed("bot", "tests", "migrations", "bench")
    wanted = "from __future__ import annotations"
    nothing(name for name, tree in trees.items() if any(map(_annotates, walk(tree))) and wanted not in text(name))


def _annotates(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.AnnAssign)


def test_every_test_has_a_sentence_for_a_name() -> None:
    def found() -> Iterator[str]:
        for name, tree in parsed("tests").items():
            tests = (function for function in functions(tree) if function.name.startswith("test_"))
            yield from (f"{name} {test.name}" for test in tests if test.name.count("_") < 3)

    nothing(found())


def test_a_command_file_begins_with_its_usage_and_ends_with_its_row() -> None:
    def found() -> Iterator[str]:
        for name, tree in parsed("bot/commands").items():
            is_package = name.endswith("__init__.py")
            stem = Path(name).parent.name if is_package else Path(name).stem
            if stem == "commands" or (name.count("/") > 2 and not is_package):
                continue
            last = tree.body[-1]
            if not (isinstance(last, ast.Assign) and dotted(last.targets[0]) == "COMMAND"):
                yield f"{name}: COMMAND is not the last thing"
            if not (ast.get_docstring(tree) or "").startswith(stem):
                yield f"{name}: the docstring does not begin with `{stem}`"
            if not (CHECKOUT / "tests" / "commands" / f"test_{stem}.py").exists():
                yield f"{name}: there is no tests/commands/test_{stem}.py"

    nothing(found())


def test_every_module_is_reached() -> None:
    used = {module for tree in parsed("bot", "sandbox").values() for module in imported(tree)}

    def reached(name: str) -> bool:
        """By an import, or because bot/commands finds the modules of its package."""
        module = name.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        is_command = Path(name).parent == Path("bot/commands")
        return is_command or module in used or name.endswith(("__init__.py", "__main__.py"))

    nothing(name for name in parsed("bot", "sandbox") if not reached(name))


def test_tests_mirror_what_they_test() -> None:
    """tests/x/test_y.py stands for something in bot/x/ (or tests what all of bot/x does together), or in x/ itself."""

    def found() -> Iterator[str]:
        for name in parsed("tests"):
            folder = Path(name).parent.relative_to("tests")
            home = CHECKOUT if folder.parts[:1] in {("sandbox",), ("bench",)} else CHECKOUT / "bot"
            if folder.parts and folder.parts[0] not in UNMIRRORED and not (home / folder).is_dir():
                yield f"{name}: there is no bot/{folder}"

    nothing(found())


@pytest.mark.parametrize(
    "name", ["bot/app/composition.py", "bot/domain/__init__.py", "bot/errors.py", "bot/command.py"]
)
def test_who_comes_new_finds_a_word_of_welcome(name: str) -> None:
    assert ast.get_docstring(tree_of(name))
