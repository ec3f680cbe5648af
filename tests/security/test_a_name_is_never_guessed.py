"""Of things that are called alike none is ever guessed: an id first, then exactly this name; what is left is asked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.ambiguity import fold_name, match_by_name

ODD = "\"'“”„‘’—– \u00a0\u202eAaÉé-ß/🚀"
NAMES = st.lists(st.text(ODD, max_size=8) | st.sampled_from(["Deploy-EU", "deploy-eu", "id-1"]), max_size=6)


def _meant(wanted: str, names: list[str]) -> list[int]:
    things = list(enumerate(names))
    return [at for at, _ in match_by_name(wanted, things, lambda one: [one[1]], lambda one: [f"id-{one[0]}"])]


@given(NAMES)
def test_who_names_exactly_means_exactly_that(names: list[str]) -> None:
    for name in {*names} - {f"id-{at}" for at in range(len(names))}:
        assert _meant(name, names) == [at for at, one in enumerate(names) if one == name]


@given(NAMES)
def test_an_id_means_its_own_whatever_others_are_called(names: list[str]) -> None:
    for at in range(len(names)):
        assert _meant(f"id-{at}", names) == [at]


@given(NAMES, st.text(ODD, max_size=8))
def test_what_reads_alike_is_never_less_than_all_that_do(names: list[str], wanted: str) -> None:
    if wanted not in names:
        assert _meant(wanted, names) == [at for at, one in enumerate(names) if fold_name(one) == fold_name(wanted)]


def test_two_that_read_alike_are_both_told() -> None:
    assert _meant("DEPLOY-eu", ["Deploy-EU", "deploy-eu"]) == [0, 1]
    assert _meant('Approve "prod"', ["Approve “prod”"]) == [0]
    assert _meant("Valide", ["Validé"]) == []
