from __future__ import annotations

from bot.circleci.models import Pipeline
from bot.rules import trigger_types
from bot.rules.fields import FIELDS
from tests.contracts.circleci import SHAPES
from tests.plugins.each_case import each_case


@each_case(
    ("word", "said", "kept"),
    [
        ("webhook", "push", "webhook"),
        ("push", "push", "webhook"),
        ("gitlab", "push", "gitlab"),
        ("github_app", "push", "github_app"),
        ("GitHub_Server", "push", "github_server"),
        ("bitbucket_cloud", "push", "bitbucket_cloud"),
        ("api", "API", "api"),
        ("explicit", "API", "api"),
        ("create pipeline run api", "API", "api"),
        ("scheduled_pipeline", "schedule", "schedule"),
        ("schedule", "schedule", "schedule"),
        ("unknown", None, "unknown"),
        ("Decoupled Ingestion System", None, "decoupled ingestion system"),
        ("", None, ""),
    ],
)
def test_a_word_of_circlecis_has_a_family_as_people_call_it_or_none(word: str, said: str | None, kept: str) -> None:
    family = trigger_types.find_family(word)
    assert (family and family.label, trigger_types.canonicalise_trigger(word)) == (said, kept)


def test_every_word_that_circleci_is_known_to_say_has_been_thought_of() -> None:
    words = SHAPES.follow("Pipeline")["trigger!"]["type!"].removeprefix("= ").split(" | ")
    without = {word for word in words if trigger_types.find_family(word) is None}
    assert without == {"unknown", "Decoupled Ingestion System"}


def test_every_name_of_a_word_leads_to_the_same_family() -> None:
    for word in ("gitlab", "scheduled_pipeline", "explicit"):
        assert {trigger_types.find_family(name) for name in trigger_types.list_trigger_names(word)} == {
            trigger_types.find_family(word)
        }


def test_the_form_offers_the_families_and_the_help_names_them() -> None:
    (field,) = [field for field in FIELDS if field.name == "trigger"]
    assert field.choices == ("webhook", "schedule", "api")
    assert all(name in field.help for name in field.choices)


@each_case(
    ("trigger", "event", "word"),
    [
        ({"type": "api"}, "create pipeline run api", "api"),
        ({"type": "gitlab"}, "push", "gitlab"),
        ({"type": "unknown"}, "push", "push"),
        (None, "push", "push"),
        ({"type": "unknown"}, None, "unknown"),
        ({"type": "unknown"}, 7, "unknown"),
        (None, None, ""),
    ],
)
def test_where_the_trigger_says_nothing_the_event_does(trigger: object, event: object, word: str) -> None:
    """And what is not known to be a push or a schedule may have another branch's config."""
    said = {"id": "p-1", "trigger": trigger, "trigger_parameters": {"circleci": {"event_type": event}}}
    pipeline = Pipeline.model_validate(said)
    assert pipeline.trigger_type == word
    assert trigger_types.is_by_event(pipeline.trigger_words) == (word in {"gitlab", "push"})
