"""`python -m tests.changed` prints the tests of what this branch changes; `make quick` runs them.

tests/x/test_y*.py belongs to bot/x/y.py. Where there is no such file, the tests that import bot/x/y.py do, and
where none does, all of tests/x. A golden file belongs to the tests that name it. What more than a dozen test files
import is shared: `make test` looks after that.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
PAGES = ("tests/test_readme.py", "tests/test_*page*.py", "tests/test_api_coverage.py", "tests/deploy/test_pages.py")
OF_OTHERS = {
    "migrations": ("tests/store/engine/test_migrate.py",),
    "bench": ("tests/test_conventions.py", "tests/bench/test_*.py"),
    "deploy": ("tests/deploy/test_*.py",),
}
SHARED = 12
"""Test files that import a module before it counts as everybody's."""


def run_git(*words: str) -> list[str]:
    return subprocess.run(["git", *words], cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout.split("\n")


def list_changed(main: str = "main") -> list[Path]:
    """Of this branch and of the working tree, new files too."""
    try:
        base = run_git("merge-base", "HEAD", main)[0]
    except subprocess.CalledProcessError:
        base = "HEAD"
    names = [*run_git("diff", "--name-only", "--diff-filter=d", base), *run_git("ls-files", "-o", "--exclude-standard")]
    return [Path(name) for name in dict.fromkeys(names) if name]


def find_tests(changed: Path) -> set[Path]:
    """The test files of one changed file, as paths from the checkout."""
    room = changed.parts[0]
    if room == "tests" and changed.name.startswith("test_"):
        return {changed}
    if changed.is_relative_to("tests/golden"):
        return {path for path in glob(["tests/**/test_*.py"]) if does_compare(path, changed)}
    if changed.suffix in {".md", ".yml"} and room not in OF_OTHERS:
        return glob(PAGES)
    if room in OF_OTHERS:
        return glob(OF_OTHERS[room])
    if changed.suffix != ".py" or room not in {"bot", "sandbox", "tests"}:
        return set()
    imported = {path for path in Path(CHECKOUT / "tests").rglob("test_*.py") if does_import(path, changed)}
    imported = {path.relative_to(CHECKOUT) for path in imported}
    return glob(list_mirrors(changed)) or (imported if len(imported) <= SHARED else set()) or find_folder(changed)


def list_mirrors(changed: Path) -> Iterator[str]:
    """tests/commands/trigger/test_form*.py and tests/commands/test_trigger*.py for bot/commands/trigger/form.py."""
    inside = changed.with_suffix("").parts
    inside = inside[1:] if inside[0] in {"bot", "tests"} else inside
    inside = inside[:-1] if inside[-1] == "__init__" else inside
    if inside:
        yield str(Path("tests", *inside[:-1], f"test_{inside[-1]}*.py"))
    if len(inside) > 2:
        yield str(Path("tests", *inside[:-2], f"test_{inside[-2]}*.py"))


def does_import(test: Path, changed: Path) -> bool:
    module = ".".join(changed.with_suffix("").parts)
    package, _, name = module.rpartition(".")
    wanted = rf"^(from|import) {re.escape(module)}\b|^from {re.escape(package)} import [^#]*?\b{name}\b"
    return bool(re.search(wanted, test.read_text(encoding="utf-8"), re.MULTILINE))


def does_compare(test: Path, golden: Path) -> bool:
    """Whether the test compares something with this golden file."""
    text = (CHECKOUT / test).read_text(encoding="utf-8")
    return "golden: " in text and f'"{golden.stem}"' in text


def find_folder(changed: Path) -> set[Path]:
    """The nearest folder of tests, whole; nothing for what all tests share."""
    inside = Path(*changed.parts[1:]) if changed.parts[0] == "bot" else changed
    if changed.parts[0] == "tests":
        return set()
    return next((found for folder in inside.parents if (found := glob([f"tests/{folder}/test_*.py"]))), set())


def glob(patterns: Iterable[str]) -> set[Path]:
    return {path.relative_to(CHECKOUT) for pattern in patterns for path in CHECKOUT.glob(pattern)}


def main() -> None:
    changed = list_changed()
    by_file = {path: find_tests(path) for path in changed}
    for path in (path for path in changed if not by_file[path] and path.parts[0] in {"bot", "tests"}):
        sys.stderr.write(f"{path}: shared by many tests, run `make test`\n")
    tests = sorted(set().union(*by_file.values()))
    if not tests:
        sys.stderr.write("No file with tests of its own has changed since main.\n")
    sys.stdout.writelines(f"{test}\n" for test in tests)


if __name__ == "__main__":
    main()
