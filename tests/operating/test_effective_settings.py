from __future__ import annotations

import json
from pathlib import Path

from bot.settings import Settings
from tests.plugins.programs import run_circlebot

KEYS = "first-key,another-one"


async def test_every_setting_is_told_with_where_it_comes_from_and_no_secret(tmp_path: Path) -> None:
    secret, token = tmp_path / "token", "xoxb-of-a-file"
    secret.write_text(f"{token}\n")
    (tmp_path / ".env").write_text("POLL_INTERVAL_S=2\nPORT=1\n")
    env = {
        "SLACK_BOT_TOKEN_FILE": str(secret),
        "ENCRYPTION_KEYS": KEYS,
        "PORT": "8081",
        "ADMIN_USERS": "U2,U1",
        "CIRCLECI_URL": "https://u:hidden-word@c.test",
        "DATABASE_URL": "postgresql://u:hidden-word@h/x",
    }
    done = await run_circlebot("config", env=env, cwd=tmp_path)
    rows = {row[0]: row[1:] for row in (line.split(maxsplit=1) for line in done.out.splitlines())}
    told = {name: tuple(row[0].split("  ", 1)) for name, row in rows.items()}
    assert done.code == 0
    assert list(told) == [name.upper() for name in Settings.model_fields]
    assert [part.strip() for part in told["SLACK_BOT_TOKEN"]] == ["14 characters", f"file {secret}"]
    assert [part.strip() for part in told["ENCRYPTION_KEYS"]] == ["9 characters, 11 characters", "environment"]
    assert [part.strip() for part in told["POLL_INTERVAL_S"]] == ["2", ".env"]
    assert [part.strip() for part in told["PORT"]] == ["8081", "environment"]
    assert [part.strip() for part in told["ADMIN_USERS"]] == ["U1, U2", "environment"]
    assert [part.strip() for part in told["LANGUAGE"]] == ["en", "default"]
    assert [part.strip() for part in told["HOST"]] == ["-", "default"]
    assert not [one for one in (token, "first-key", "another-one", "hidden-word") if one in done.out]


async def test_as_json_a_secret_is_its_length_and_what_is_wrong_is_told(tmp_path: Path) -> None:
    env = {"ENCRYPTION_KEYS": KEYS, "ALLOW_GUESTS": "perhaps", "ADMIN_USERS": "U2,U1"}
    done = await run_circlebot("config", "--json", env=env, cwd=tmp_path)
    told = json.loads(done.out)
    assert done.code == 1
    assert told["problems"] == ["ALLOW_GUESTS must be true or false. For example: true or false"]
    assert told["settings"]["ALLOW_GUESTS"] == {"value": False, "from": "default"}
    assert told["settings"]["ADMIN_USERS"] == {"value": ["U1", "U2"], "from": "environment"}
    assert told["settings"]["ENCRYPTION_KEYS"]["value"] == [{"characters": 9}, {"characters": 11}]
    assert told["settings"]["PUBLIC_URL"]["value"] is None
