"""What the house is like, in numbers: `python -m tests.house` prints them, before and after a move.

A room is a folder of `bot/` or a module that stands in it alone. Nothing is run: it reads the files.
"""

from __future__ import annotations

import ast
import statistics
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
SHORT = 60
"""Lines of a file that may be too little to be one."""

LONG = 40
"""Lines of a function that nobody sees at once."""

PARTICIPLES = (
    "again begun built bound brought done drawn found given gone held kept known laid left lost made meant paid read "
    "said seen sent shown sold spent spoken struck taken taught thought told understood worn written"
)


def parse_modules(side: str) -> dict[Path, ast.Module]:
    """Those of `bot`, or of `sandbox`, an outsider."""
    paths = sorted((CHECKOUT / side).rglob("*.py"))
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in paths}


@cache
def walk(tree: ast.Module) -> tuple[ast.AST, ...]:
    """All nodes of a file: to find them costs ten times as much as to look at them."""
    return tuple(ast.walk(tree))


def dotted(node: ast.AST) -> str:
    """`asyncio.sleep` for the expression of that name."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


@cache
def list_used(tree: ast.Module) -> tuple[tuple[int, str], ...]:
    return tuple((node.lineno, dotted(node)) for node in walk(tree) if isinstance(node, ast.Attribute | ast.Name))


def room(path: Path) -> str:
    inside = path.relative_to(CHECKOUT).with_suffix("").parts
    return inside[1] if len(inside) > 1 else inside[0]


def twice(owners: Iterator[tuple[str, str]]) -> list[str]:
    """The names that more than one owner has."""
    by_name = defaultdict(set)
    for name, owner in owners:
        by_name[name].add(owner)
    return sorted(name for name, owned in by_name.items() if len(owned) > 1)


def names_in_two_rooms(house: dict[Path, ast.Module]) -> list[str]:
    """A package counts by the name of its folder, as a file does by its own."""
    named = ((path.parent.name if path.stem == "__init__" else path.stem, room(path)) for path in house)
    return twice((name, of) for name, of in named if name != "__main__")


def classes_twice(house: dict[Path, ast.Module]) -> list[str]:
    classes = (
        (node.name, f"{path}:{node.lineno}")
        for path, tree in house.items()
        for node in walk(tree)
        if isinstance(node, ast.ClassDef)
    )
    return twice(classes)


def functions(house: dict[Path, ast.Module]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Those that are called; what is read like an attribute has a noun for a name."""
    for tree in house.values():
        nodes = (node for node in walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
        yield from (node for node in nodes if not is_property(node))


def is_property(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any("property" in ast.unparse(decorator) for decorator in function.decorator_list)


def is_participle(name: str) -> bool:
    """A function called by what it returns has been done to, with no verb and no object."""
    word = name.strip("_")
    return word in PARTICIPLES.split() or ("_" not in word and word.endswith("ed") and word not in {"feed", "embed"})


def arrows(house: dict[Path, ast.Module]) -> set[tuple[str, str]]:
    """From which room to which something is imported."""
    found = set()
    for path, tree in house.items():
        for node in walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("bot."):
                found.add((room(path), (node.module or "").split(".")[1]))
            elif isinstance(node, ast.ImportFrom) and node.module == "bot":
                found |= {(room(path), alias.name) for alias in node.names}
    return {(one, other) for one, other in found if one != other}


def layers() -> int:
    contracts = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    return sum(len(contract.get("layers", ())) for contract in contracts if contract["type"] == "layers")


def count_all(house: dict[Path, ast.Module]) -> dict[str, float]:
    lengths = sorted((node.end_lineno or node.lineno) - node.lineno + 1 for node in functions(house))
    notify = [path for path in house if room(path) == "notify"]
    return {
        "rooms": len({room(path) for path in house}),
        "layers": layers(),
        "arrows between rooms": len(arrows(house)),
        "files": len(house),
        f"files of notify under {SHORT} lines": sum(len(path.read_text().splitlines()) < SHORT for path in notify),
        "module names in two rooms": len(names_in_two_rooms(house)),
        "class names twice": len(classes_twice(house)),
        "commands": sum("COMMAND = " in path.read_text() for path in house if room(path) == "commands"),
        "functions": len(lengths),
        f"functions over {LONG} lines": sum(length > LONG for length in lengths),
        "functions called by a bare participle": sum(is_participle(node.name) for node in functions(house)),
        "lines of a function, median": statistics.median(lengths),
        "lines of a function, nine in ten": lengths[len(lengths) * 9 // 10],
    }


def main() -> None:
    house = parse_modules("bot")
    sandbox = parse_modules("sandbox")
    counts = count_all(house) | {
        "files of the sandbox": len(sandbox),
        "its class names twice": len(classes_twice(sandbox)),
    }
    lines = [f"{number:>6.0f}  {what}" for what, number in counts.items()]
    lines += ["", f"in two rooms: {', '.join(names_in_two_rooms(house))}", f"twice: {', '.join(classes_twice(house))}"]
    sys.stdout.write("\n".join([*lines, ""]))


if __name__ == "__main__":
    main()
