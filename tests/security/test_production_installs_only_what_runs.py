"""Production installs what runs and no more, by hash; what is pinned and what is committed is looked through.

The two checks are .ci/audit_dependencies.py and .ci/scan_secrets.py, which `make check` runs.
"""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.plugins.each_case import each_case

CHECKOUT = Path(__file__).parents[2]
PRODUCTION, DEVELOPERS = "requirements.lock", "requirements-dev.lock"
EXTRAS = ("requirements-pictures.lock", "requirements-postgresql.lock", "requirements-tracing.lock")
BESIDE = ("requirements-build.lock", *EXTRAS)
OURS = {"bot", "migrations", "sandbox"}

_PIN = re.compile(r"^([A-Za-z0-9_.-]+)==([^\s;]+)(.*)$")


def pins(*locks: str) -> dict[str, set[str]]:
    """Versions by name."""
    found: dict[str, set[str]] = {}
    for line in "".join((CHECKOUT / lock).read_text() for lock in locks).splitlines():
        if match := _PIN.match(line):
            found.setdefault(normal(match[1]), set()).add(match[2])
    return found


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def imported() -> Iterator[tuple[str, str]]:
    """Where, and the first part of what."""
    for folder in OURS:
        for file in sorted((CHECKOUT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    yield from ((file.name, alias.name.partition(".")[0]) for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    yield file.name, node.module.partition(".")[0]


def test_the_bot_imports_nothing_that_only_developers_have() -> None:
    distributions, there = packages_distributions(), pins(PRODUCTION, *EXTRAS)
    missing = [
        (file, module)
        for file, module in set(imported())
        if module not in OURS | sys.stdlib_module_names
        and not any(normal(one) in there for one in distributions.get(module, ()))
    ]
    assert missing == []


def test_developers_have_what_production_has_and_production_has_no_checks() -> None:
    production, developers = pins(PRODUCTION), pins(DEVELOPERS)
    everywhere = pins(PRODUCTION, *BESIDE)
    assert {name for name, versions in everywhere.items() if not versions <= developers[name]} == set()
    assert not {"matplotlib", "numpy", "asyncpg", "hatchling", "babel", "watchfiles"} & production.keys(), (
        "an extra's, or only to build"
    )
    assert not {"pytest", "hypothesis", "playwright", "mypy", "ruff", "pip-audit", "detect-secrets"} & production.keys()


@each_case("lock", [PRODUCTION, DEVELOPERS, *BESIDE])
def test_every_pin_has_hashes_and_no_lock_names_an_index(lock: str) -> None:
    text = (CHECKOUT / lock).read_text()
    assert "://" not in text
    assert not re.search(r"^\s*(-i|--index|--extra-index|--find-links|--trusted-host)", text, re.MULTILINE)
    requirements = re.split(r"\n(?=[A-Za-z0-9])", text.strip())
    assert requirements[0]
    assert [one.splitlines()[0] for one in requirements if "--hash=sha256:" not in one] == []


def a_check(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, CHECKOUT / ".ci" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "secret",
    [
        "CCIPAT_" + "FErB4ST7QG2RrU9xJqzq1p" + "_" + "0f1e2d3c4b5a69788796a5b4c3d2e1f001122334",
        "xapp-1-A012AB3CD4E-1234567890123-" + "0123456789abcdef" * 4,
        "xoxb-" + "123456789012-1234567890123-" + "AbCdEfGhIjKlMnOpQrStUvWx",
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        "ghp_" + "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8",
        "AKIA" + "Q3EGRZ7XNTPLWVFM",
    ],
    ids=["circleci", "slack app", "slack bot", "key", "github", "aws"],
)
def test_a_secret_in_a_file_is_found_without_asking_anybody(secret: str, tmp_path: Path) -> None:
    scan = a_check("scan_secrets")
    file = tmp_path / "settings.py"
    file.write_text(f"# nothing\nTOKEN = '{secret}'\n")
    assert scan._find_in(file, list(scan._list_detectors())), secret
    file.write_text("TOKEN = 'xoxb-sandbox'\nOTHER = 'CCIPAT_ada'\n")
    assert scan._find_in(file, list(scan._list_detectors())) == []


PACKAGE = {"name": "pyyaml", "version": "5.3"}


@pytest.mark.parametrize(
    ("found", "code", "says"),
    [
        ("no answer within 60 s", 0, "skipped, no answer within 60 s"),
        ([{"name": "pyyaml", "skip_reason": "not found"}], 0, "skipped, the index here knows none of the 1"),
        ([{**PACKAGE, "vulns": []}], 0, "1 of 1 pinned packages asked about, 0 vulnerabilities"),
        ([{**PACKAGE, "vulns": [{"id": "PYSEC-1", "fix_versions": ["5.4"]}]}], 1, "pyyaml 5.3: PYSEC-1, fixed in 5.4"),
    ],
    ids=["no network", "an index of one's own", "well", "vulnerable"],
)
def test_the_audit_ends_with_1_only_for_what_it_found(
    found: Any, code: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert a_check("audit_dependencies").verdict(found) == code
    assert says in capsys.readouterr().out
