"""Which tests `make quick` runs."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.changed import find_tests, list_changed
from tests.plugins.each_case import each_case


@each_case(
    ("changed", "test"),
    [
        ("bot/commands/flaky.py", "tests/commands/test_flaky.py"),
        ("bot/commands/trigger/start_form.py", "tests/commands/test_trigger.py"),
        ("bot/commands/trigger/__init__.py", "tests/commands/test_trigger.py"),
        ("bot/blocks/card_blocks.py", "tests/blocks/test_card_blocks_kinds.py"),
        ("bot/settings.py", "tests/test_settings.py"),
        ("tests/rules/test_match.py", "tests/rules/test_match.py"),
        ("tests/golden/logs.json", "tests/blocks/test_log_blocks.py"),
        ("README.md", "tests/test_readme.py"),
        ("migrations/env.py", "tests/store/engine/test_migrate.py"),
    ],
)
def test_a_changed_file_has_the_tests_of_its_mirror(changed: str, test: str) -> None:
    assert Path(test) in find_tests(Path(changed))


def test_a_module_without_a_test_of_its_own_has_those_that_import_it_or_its_room() -> None:
    tests = find_tests(Path("bot/operating/validation_errors.py"))
    assert tests
    assert {test.parts[1] for test in tests} == {"operating"}


def test_what_every_test_shares_is_left_to_the_whole_suite() -> None:
    assert find_tests(Path("tests/plugins/world.py")) == set()


def test_make_knows_what_to_do_for_every_target_and_finds_what_is_generated() -> None:
    root = Path(__file__).parents[1]
    targets = ("quick", "golden", "check", "lint", "test", "pythons", "bench")
    done = subprocess.run(
        ["make", "--dry-run", "-o", ".venv/.installed", *targets], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "tests/blocks/test_card_blocks.py" in done.stdout
    assert "tests/slack/test_manifest.py" in done.stdout


def test_what_is_listed_are_files_of_the_checkout() -> None:
    assert all((Path(__file__).parents[1] / path).exists() for path in list_changed("HEAD"))
