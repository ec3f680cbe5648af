"""The scenes of a drill, each for whoever sees circlebot for the first time: what happens, and how many were told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from sandbox.drill.stage import Stage
from sandbox.drill.tally import Tally

Scene = Callable[[Stage], Awaitable[None]]


async def play_kill(stage: Stage) -> None:
    stage.say("Kill. Three commits are pushed to acme/web. CircleCI builds them.")
    stage.push(3, "kill")
    await stage.wait_first_message()
    pid = stage.bot.pid
    await stage.kill()
    stage.say(
        f"Slack has just taken a message: the bot's process {pid} is killed (SIGKILL). One more commit is pushed."
    )
    stage.push(1, "kill")
    await stage.wait_ended("kill")
    stage.say(f"The bot is away. {_count_waiting(stage.count('kill'))}")
    await stage.start()
    stage.say(f"The bot starts again, as process {stage.bot.pid}, with the database that it left.")
    stage.say(_sum_up(await stage.settle("kill")))


async def play_outage(stage: Stage) -> None:
    stage.say("Outage. Slack and CircleCI's API answer 503, and Slack's connection is cut.")
    await stage.turn("slack-outage", "circleci-outage", broken=True)
    stage.push(4, "outage")
    stage.say("Four commits are pushed. CircleCI still builds them.")
    await stage.wait_ended("outage")
    stage.say(f"The builds have ended. {_count_waiting(stage.count('outage'))}")
    await stage.turn("slack-outage", "circleci-outage", broken=False)
    stage.say("Slack and CircleCI answer again.")
    stage.say(_sum_up(await stage.settle("outage")))


async def play_restore(stage: Stage) -> None:
    stage.say("Restore. One commit is pushed, and its outcome told.")
    stage.push(1, "restore")
    await stage.wait_told("restore")
    stage.say("circlebot backup copies the database, while the bot works. Two more commits are pushed, and told.")
    await stage.bot.copy_database()
    stage.push(2, "restore")
    await stage.wait_told("restore")
    await stage.kill()
    stage.say("The disk is lost: the bot is killed, and its database deleted. One more commit is pushed.")
    stage.push(1, "restore")
    await stage.wait_ended("restore")
    await stage.bot.restore()
    stage.say("circlebot restore puts the backup back. It knows nothing of the last three. The bot starts again.")
    await stage.start()
    stage.say(_sum_up(await stage.settle("restore")))


SCENES: Mapping[str, Scene] = {"kill": play_kill, "outage": play_outage, "restore": play_restore}


def _count_waiting(tally: Tally) -> str:
    waiting = tally.ended - tally.told
    return f"{tally.told} of {_say(tally.ended)} told, {waiting} {'waits' if waiting == 1 else 'wait'}."


def _sum_up(tally: Tally) -> str:
    if tally.lost or tally.twice:
        return f"{_say(tally.ended)}: {tally.lost} lost, {tally.twice} said twice."
    return f"{_say(tally.ended)}: each is said once."


def give_verdict(tally: Tally, deaths: int) -> str:
    died = f"{deaths} death{'' if deaths == 1 else 's'}"
    return f"{_say(tally.ended)}, {died}, {tally.lost} lost, {tally.twice} twice"


def _say(count: int) -> str:
    return f"{count} outcome{'' if count == 1 else 's'}"
