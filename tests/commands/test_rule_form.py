from __future__ import annotations

import pytest

from bot.command import Request, RequestSource
from bot.commands.subscribe import rule_form
from bot.errors import UsageError
from bot.rules.rule import Rule


def test_a_form_says_kinds_once_somebody_has_chosen_some() -> None:
    """Its boxes are drawn in any case: that says nothing yet."""

    def fill(draft: rule_form.Draft, **inputs: str) -> rule_form.Draft:
        """The page of deploys, with what is chosen there."""
        shown, chosen = frozenset({"environment", "not-environment", "component"}), {k: (v,) for k, v in inputs.items()}
        request = Request("T", "U", "subscribe", RequestSource.FORM, "k", chosen=chosen, shown=shown)
        return rule_form.read_form(request, draft)

    new: rule_form.Draft = ("gh/acme/web", {})
    assert Rule.parse(fill(new, environment="production")[1]) == Rule.parse({"environment": ["production"]})
    assert fill(new, environment="production, stag*,production")[1]["environment"] == ("production", "stag*")
    boxes = {"fields": {"project": "gh/acme/web"}, "shown": frozenset({"project", "what"})}
    request = Request("T", "U", "subscribe", RequestSource.FORM, "k", chosen={"what": ("fails",)}, **boxes)
    chosen = rule_form.read_form(request, new)
    left_out = Rule.parse(fill(chosen, **{"not-environment": "staging"})[1])
    assert (left_out.only, left_out.not_environment) == ({"failed", "errored-config", "unauthorized"}, ("staging",))
    with pytest.raises(UsageError, match="would never post"):
        Rule.parse(fill(chosen, environment="production")[1])
