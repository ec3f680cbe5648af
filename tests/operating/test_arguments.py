from __future__ import annotations

import pytest
from cyclopts import App, CycloptsError

from bot.operating.arguments import format_error
from bot.operating.command_line import app
from tests.plugins.each_case import each_case

WRONG = {
    "demo --prot 1": "There is no option --prot here. Did you mean --port?",
    "aply x": "There is no command aply. Did you mean apply?",
    "keys nw": "There is no command nw. Did you mean new?",
    "demo --port x": "--port must be a whole number, and x is not.",
    "demo --port 0": "--port must be from 1 to 65535.",
    "demo --port": "--port needs a value.",
    "demo --port 1 --port 2": "--port is given twice.",
    "sandbox --speed fast": "--speed must be a number, and fast is not.",
    "sandbox --speed nan": "--speed must be more than 0.",
    "apply": "FILE needs a value.",
    "apply a b": "Nothing takes the word b here.",
    "run now": "Nothing takes the word now here.",
    "apply x --dry-run=perhaps": "--dry-run must be a value of its kind, and perhaps is not.",
}


@each_case("typed", WRONG)
def test_what_is_typed_wrong_is_told_in_our_own_words(typed: str) -> None:
    with pytest.raises(CycloptsError) as caught:
        app.parse_args(typed.split(), exit_on_error=False, print_error=False)
    assert format_error(caught.value).startswith(f"{WRONG[typed]} `circlebot ")
    assert format_error(caught.value).endswith(" --help` says what there is.")


def _commands(of: App) -> list[App]:
    names = [name for name in of if not name.startswith("-")]
    return [one for name in names for one in (of[name], *_commands(of[name]))]


def test_every_command_and_every_option_has_its_help() -> None:
    commands = _commands(app)
    assert len(commands) >= 13
    assert all(one.help for one in commands)
    options = [option for one in commands if one.default_command for option in one.assemble_argument_collection()]
    assert options
    assert not [option.name for option in options if not option.parameter.help]
