from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.circleci.declared_parameters import DeclaredParameters, Parameter
from bot.circleci.parameter_values import as_text, coerce_parameters
from bot.circleci.pipelines_api import Value
from bot.errors import UsageError
from tests.plugins.each_case import each_case

IMAGE_TAG = Parameter("image-tag", "string", "latest", description="What to deploy")
DEPLOY = Parameter("deploy", "boolean", default=True)
REPLICAS = Parameter("replicas", "integer", 2)
ENVIRONMENT = Parameter("environment", "enum", "staging", ("staging", "production"))
ALL = (IMAGE_TAG, DEPLOY, REPLICAS, ENVIRONMENT)


OWN = DeclaredParameters(ALL, "branch")
BORROWED = DeclaredParameters(ALL, "default branch")
NOTHING = DeclaredParameters((), "unknown")


def values(known: DeclaredParameters, typed: dict[str, str], types: dict[str, str] | None = None) -> dict[str, Value]:
    return coerce_parameters(known, typed, types)[0]


def test_values_get_the_declared_types() -> None:
    typed = {"image-tag": "4.8.2", "deploy": "no", "replicas": "+3", "environment": "production"}
    assert values(OWN, typed) == {"image-tag": "4.8.2", "deploy": False, "replicas": 3, "environment": "production"}


def test_a_string_stays_a_string_whatever_it_looks_like() -> None:
    assert values(OWN, {"image-tag": "true"}) == {"image-tag": "true"}
    assert values(OWN, {"image-tag": "007"}) == {"image-tag": "007"}
    assert values(OWN, {"image-tag": ""}) == {"image-tag": ""}


def test_only_what_was_typed_is_sent() -> None:
    assert values(OWN, {}) == {}


@each_case(
    ("text", "value"),
    [("true", True), ("Yes", True), ("ON", True), ("false", False), ("no", False), (" off ", False)],
)
def test_booleans_are_said_in_many_words(text: str, *, value: bool) -> None:
    assert values(OWN, {"deploy": text}) == {"deploy": value}


@each_case(
    ("typed", "says"),
    [
        ({"deploy": "maybe"}, "`deploy` must be `true` or `false`: `maybe` is neither."),
        ({"deploy": ""}, "`deploy` must be `true`"),
        ({"replicas": "three"}, "`replicas` must be a whole number, such as 3: `three` is not one."),
        ({"replicas": "9" * 30}, f"`replicas` must be a whole number, such as 3: `{'9' * 30}` is too large."),
        ({"replicas": "3.5"}, "`replicas` must be a whole number"),
        ({"replicas": "\u0663"}, "`replicas` must be a whole number"),
        ({"environment": "Production"}, "`environment` cannot be `Production`."),
    ],
)
def test_a_value_of_another_type_is_refused(typed: dict[str, str], says: str) -> None:
    with pytest.raises(UsageError) as refused:
        values(OWN, typed)
    assert refused.value.message.startswith(says)


def test_the_choices_are_named() -> None:
    with pytest.raises(UsageError) as refused:
        values(OWN, {"environment": "prod"})
    assert refused.value.next_steps == ("It is one of `staging`, `production`.",)


def test_an_unknown_name_is_refused_with_the_known_ones_and_the_nearest() -> None:
    with pytest.raises(UsageError) as refused:
        values(OWN, {"image_tag": "1"})
    assert refused.value.message == "There is no parameter `image_tag`. Did you mean `image-tag`?"
    assert refused.value.next_steps == ("The config declares `image-tag`, `deploy`, `replicas`, `environment`.",)


def test_an_unknown_name_far_from_all_others_gets_no_guess() -> None:
    with pytest.raises(UsageError) as refused:
        values(OWN, {"zzz": "1"})
    assert refused.value.message == "There is no parameter `zzz`."


def test_a_config_without_parameters_says_so() -> None:
    with pytest.raises(UsageError, match="declares none"):
        coerce_parameters(DeclaredParameters((), "branch"), {"a": "1"})


def test_what_people_type_cannot_mention_anybody() -> None:
    with pytest.raises(UsageError) as refused:
        values(OWN, {"<!channel>": "`x`"})
    assert "<!channel>" not in refused.value.message


def test_of_very_many_known_names_some_are_listed() -> None:
    known = [Parameter(f"p{n}", "string") for n in range(100)]
    with pytest.raises(UsageError) as refused:
        coerce_parameters(DeclaredParameters(tuple(known), "branch"), {"q": "1"})
    assert len(str(refused.value.next_steps[0])) < 400


@pytest.mark.parametrize("known", [NOTHING, DeclaredParameters((Parameter("n" * 128, "string"),), "branch")])
def test_circlecis_limits_hold_before_anything_is_sent(known: DeclaredParameters) -> None:
    assert values(known, {"n" * 128: "v" * 512})
    for typed in ({f"p{n}": "v" for n in range(101)}, {"n" * 129: "v"}, {"n" * 128: "v" * 513}):
        with pytest.raises(UsageError):
            coerce_parameters(known, typed)


@given(st.dictionaries(st.text(max_size=128), st.text(max_size=512), max_size=5))
def test_where_nothing_is_known_values_go_as_they_were_typed(typed: dict[str, str]) -> None:
    assert coerce_parameters(NOTHING, typed) == (typed, list(typed))


def test_what_is_borrowed_gives_its_types_and_refuses_nothing() -> None:
    typed = {"replicas": "3", "deploy": "maybe", "environment": "moon", "else": "48"}
    assert coerce_parameters(BORROWED, typed) == (typed | {"replicas": 3}, ["deploy", "environment", "else"])


@pytest.mark.parametrize("known", [OWN, BORROWED, NOTHING])
def test_a_type_that_is_said_counts_before_all_that_is_known(known: DeclaredParameters) -> None:
    types = {"replicas": "string", "image-tag": "integer", "new": "boolean"}
    typed = {"replicas": "3", "image-tag": "48", "new": "true"}
    assert coerce_parameters(known, typed, types) == ({"replicas": "3", "image-tag": 48, "new": True}, [])
    with pytest.raises(UsageError, match="must be a whole number"):
        coerce_parameters(known, {"image-tag": "4.8"}, types)


@given(st.sampled_from(["4", "true", "x", ""]), st.sampled_from(["string", "integer", "boolean"]))
def test_a_value_reads_as_what_it_was_sent_as(text: str, kind: str) -> None:
    try:
        (sent,) = values(NOTHING, {"p": text}, {"p": kind}).values()
    except UsageError:
        return
    assert as_text(sent) == text
