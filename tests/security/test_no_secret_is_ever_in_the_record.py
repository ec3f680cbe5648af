"""No value of a secret is ever in the record of acts: not where it was used, nor as a word."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.command import Request, RequestSource
from bot.commands import COMMANDS
from bot.domain.audit_export import to_csv, to_json
from bot.domain.audit_records import AuditKind, AuditRecord, ChainedRecord, build_chained
from tests.plugins.each_case import each_case
from tests.plugins.policies import only, write_policy
from tests.plugins.secret_formats import CORPUS, fill_format
from tests.plugins.world import ADA, DEPLOYS, GRACE, World

TOKENS = [*CORPUS["tokens"]["hidden"], *CORPUS["circleci"]["hidden"][:3], *CORPUS["aws"]["hidden"][:2]]
PLAIN = "Correct-Horse-17"
"""Nobody could tell this from an ordinary word."""


@each_case("field", ["what", "branch", "decided_by", "login", "detail"])
def test_what_looks_like_a_token_is_masked_wherever_a_row_has_it(field: str) -> None:
    given = {"workspace": "T1", "at": datetime.now(UTC), "kind": AuditKind.ACT, "act": "trigger"}
    for format_ in TOKENS:
        text, parts = fill_format(format_, "")
        said = {"before": {"values": [text, {text: text}]}} if field == "detail" else text
        row = build_chained(AuditRecord(**{**given, field: said}), 1, "")  # type: ignore[arg-type] # made by name
        assert not [part for part in parts if part in to_json(row) or part in to_csv(row)], text


async def test_hashes_and_ids_are_left_as_they_are() -> None:
    ids = {"ids": {"id": "5034460f-c7c4-4c43-9457-de07e2029e7b"}, "pruned": [[1, 2, "0a" * 32, "5e" * 32]]}
    given = AuditRecord(workspace="T1", at=datetime.now(UTC), kind=AuditKind.CHAIN, act="pruned", detail=ids)
    assert build_chained(given, 1, "").record.detail == ids


async def _load(world: World) -> list[ChainedRecord]:
    async with world.app.core.store.begin_read() as tx:
        return await tx.audit.list_chain("T0SANDBOX")


async def test_the_value_of_a_variable_is_in_no_row_and_its_name_is(connected_world: World) -> None:
    world = connected_world
    await world.say("/circle env set gh/acme/web API_KEY")
    await world.submit(await world.form("It goes to CircleCI and nowhere else"), value=PLAIN)
    await world.answer("Set `API_KEY`")
    rows = await _load(world)
    assert (rows[-1].record.act, rows[-1].record.result, rows[-1].record.door) == ("env", "done", "form")
    assert not [row for row in rows if PLAIN in to_json(row) or "CCIPAT_ada" in to_json(row)]


async def test_a_secret_in_the_words_of_any_command_is_in_no_row(connected_world: World) -> None:
    """As a word, as a value, and where a policy refuses what CircleCI would be asked."""
    world, token = connected_world, fill_format(TOKENS[0], "")[0]
    await write_policy(world.app.core.store, *(only(command.name, GRACE) for command in COMMANDS if command.writes))
    for number, command in enumerate(COMMANDS):
        for words in (token, f"gh/acme/web password={PLAIN}") if command.name != "disconnect" else ():
            key, line = f"{number}:{words}", f"{command.title} {words}"
            await world.app.dispatcher.dispatch(Request("T0SANDBOX", ADA, line, RequestSource.TYPED, key, DEPLOYS))
    rows = await _load(world)
    assert {"trigger", "env"} & {row.record.act for row in rows if row.record.result == "refused"}
    assert not [row for row in rows if PLAIN in to_json(row) or token in to_json(row)]


async def test_whatever_a_refused_command_was_given_is_in_no_row(connected_world: World) -> None:
    await write_policy(connected_world.app.core.store, only("trigger", GRACE))
    await connected_world.say(f"/circle trigger gh/acme/web --branch main key={PLAIN}")
    await connected_world.reply("policy does not let you use `trigger`")
    rows = await _load(connected_world)
    assert rows[-1].record.result == "refused"
    assert not [row for row in rows if PLAIN in to_json(row)]
