"""Text of strangers is matched in bot/untrusted, or by RE2; plain `re` reads only what a person typed or we wrote.

Every pattern stands as a name of its module, where the pump finds it (test_foreign_text_costs_what_it_is_long.py).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]

TYPED = {
    "bot/circleci/models/deploy_models.py": "names of members and ids, which CircleCI makes",
    "bot/actions/deploy_carriers.py": "a commit or a link that a person types",
    "bot/actions/profile_changes.py": "a login that a person types",
    "bot/blocks/help_blocks.py": "usage lines, which we write",
    "bot/circleci/webhook_signature.py": "a header of an HTTP request, which the server bounds",
    "bot/commands/connect.py": "a token that a person types",
    "bot/language/catalogue_file.py": "our own catalogues",
    "bot/commands/undelivered.py": "ids of ours",
    "bot/dispatch/references.py": "what a person types",
    "bot/operating/people_commands.py": "what the operator types",
    "bot/payload/__init__.py": "a payload of Slack's, which it bounds",
    "bot/pseudonyms.py": "words that we made",
    "bot/rules/mute_until.py": "what a person types",
    "bot/rules/policy_plain.py": "what an admin types, cut",
    "bot/store/personal_data.py": "messages that we wrote, for the id of a person",
    "bot/commands/keys.py": "a fingerprint that a person types",
    "bot/commands/why/__init__.py": "a link to a message, which Slack makes",
    "bot/dispatch/undecorate.py": "what a person types",
    "bot/dispatch/pasted_secrets.py": "what a person pastes",
    "bot/dispatch/near_words.py": "what a person types",
    "bot/dispatch/sentences.py": "what a person types",
    "bot/dispatch/words.py": "what a person types",
    "bot/line.py": "lines that we write",
    "bot/commands/artifacts/target_artifacts.py": "what a person types",
    "bot/actions/target_words.py": "what a person types",
    "bot/blocks/deed_blocks.py": "nothing: it escapes sentences of ours",
    "bot/commands/env/variable_names.py": "what a person types",
    "bot/operating/as_code/document.py": "numbers in the operator's file",
    "bot/operating/settings_problems.py": "settings",
    "bot/operating/slack_app/create.py": "what the operator types",
    "bot/rules/index_keys.py": "globs of a rule that a person typed",
    "bot/rules/durations.py": "what a person types",
    "bot/rules/preset_names.py": "what a person types",
    "bot/rules/quiet_hours.py": "what a person types",
    "bot/rules/mention_words.py": "what a person types",
    "bot/slack/listeners.py": "ids of ours",
    "bot/slack/oauth.py": "what a library of ours logs",
    "bot/slack/payload_parsing.py": "what a person types",
    "bot/store/long_values.py": "keys that we make, in buttons",
    "bot/store/engine/migrate.py": "names of our own files",
    "bot/web/circleci_endpoint.py": "a path of an HTTP request, which the server bounds",
    "bot/web/slack_endpoint.py": "a header of an HTTP request, which the server bounds",
}
"""Where `re` may read, and what it reads there: nothing that a repository or a build wrote."""


MAKERS = {
    "bot/dispatch/words.py": "a class of quotes and one character after it, for each kind of quote that a person types",
    "bot/blocks/deed_blocks.py": "a sentence of ours with a gap for each value, while the module is imported",
    "bot/operating/people_commands.py": "an id's form, which another module says",
    "bot/store/personal_data.py": "the id of a person, escaped",
    "bot/dispatch/near_words.py": "a word that a person typed, escaped, between characters",
    "bot/untrusted/patterns.py": "what makes them",
    "bot/untrusted/token_shapes.py": "each shape when a token is first seen, by RE2; the corpus of readers has them",
    "bot/untrusted/known_secrets.py": "names of variables, known when it looks; the corpus of readers has them",
    "bot/untrusted/command_lines.py": "asked for each pattern of the module, while it is imported",
    "bot/operating/as_code/document.py": "a form of text in the operator's file, while the module is imported",
}
"""Where a function makes patterns, and why."""

USES = ("compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer")


def sources() -> Iterator[tuple[str, ast.Module]]:
    """But for the sandbox, an outsider."""
    for path in sorted((CHECKOUT / "bot").rglob("*.py")):
        name = path.relative_to(CHECKOUT).as_posix()
        if not name.startswith("sandbox/"):
            yield name, ast.parse(path.read_text(encoding="utf-8"))


def imports_re(tree: ast.Module) -> bool:
    imported = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    named = {alias.name for node in imported if isinstance(node, ast.Import) for alias in node.names}
    return "re" in named | {node.module for node in imported if isinstance(node, ast.ImportFrom)}


def makes_a_pattern(node: ast.AST) -> bool:
    """A call of re.compile, re.search and the like, or of compile_linear."""
    if not isinstance(node, ast.Call):
        return False
    asked = node.func
    if isinstance(asked, ast.Name):
        return asked.id == "compile_linear"
    is_of_re = isinstance(asked, ast.Attribute) and isinstance(asked.value, ast.Name) and asked.value.id == "re"
    return is_of_re and asked.attr in USES


def test_plain_patterns_read_only_what_a_person_typed_or_we_wrote() -> None:
    using = {name for name, tree in sources() if imports_re(tree) and not name.startswith("bot/untrusted/")}
    assert using == TYPED.keys()


def test_every_pattern_stands_where_the_pump_finds_it() -> None:
    for name, tree in sources():
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        made = [node.lineno for function in functions for node in ast.walk(function) if makes_a_pattern(node)]
        assert not made or name in MAKERS, f"{name}:{made}"
