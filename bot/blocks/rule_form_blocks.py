"""The form that makes or changes a rule: what people decide first, and the rest on pages behind *More options*.

A view shows one page. What the others hold travels in the form's line, so that nothing is lost between them: what is
shown counts before what the line says.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    CheckboxesElement,
    ExternalDataMultiSelectElement,
    ExternalDataSelectElement,
    Option,
    PlainTextInputElement,
    RadioButtonsElement,
    StaticMultiSelectElement,
    StaticSelectElement,
    UserMultiSelectElement,
)
from slack_sdk.models.blocks.block_elements import InputInteractiveElement

from bot.blocks import kit
from bot.blocks.rule_form_pages import ASKS, FIRST, PAGES, YES
from bot.conversation import is_person
from bot.domain import OutcomeClass, OutcomeKind, get_scope_name
from bot.language import N_, _
from bot.line import join_commas, split_commas
from bot.rules.fields import BY_NAME
from bot.rules.kinds import ALL, DEFAULT_DEPLOY_KINDS, KINDS, OUTCOME_KINDS

PROJECT, MORE = "project", "more"

PLACES = frozenset({"environment", "not-environment", "component"})
"""What is offered while somebody types it, by the fields' names."""

WHAT = "what"
_ONLY, _PEOPLE = "only", "-people"
_WHAT_LABEL = N_("What to post")

Said = Mapping[str, Sequence[str]]
"""A rule's fields, each by its texts."""

_BOXES: Mapping[str, tuple[str, frozenset[str]]] = {
    "fails": (N_("Failures"), frozenset({OutcomeKind.FAILED, OutcomeKind.ERRORED_CONFIG, OutcomeKind.UNAUTHORIZED})),
    "recovers": (N_("Recoveries"), frozenset({OutcomeClass.RECOVERED})),
    "waits": (N_("Approvals that are needed"), frozenset({OutcomeKind.ON_HOLD})),
    "passes": (N_("Successes"), frozenset({OutcomeKind.PASSED})),
    "starts": (N_("Starts"), frozenset({OutcomeKind.STARTED})),
    "deploys": (N_("Deploys"), DEFAULT_DEPLOY_KINDS),
}
"""What to post, in people's words: six boxes for the kinds that most want; the others are an input of their own."""

_BOXED = frozenset[str]().union(*(kinds for _label, kinds in _BOXES.values()))


def render(scope: str | None, said: Said, page: str = FIRST, *, summary: str = "") -> list[kit.Block]:
    """A page of the form, as the rule is so far; `scope` is a slug, a pattern or an organisation."""
    page = page if page in PAGES else FIRST
    inputs = [block for name in PAGES[page].fields for block in _build_inputs(name, said.get(name))]
    only = frozenset(said.get(_ONLY, ()))
    if page == FIRST:
        return [_build_project_input(scope), _build_boxes(only), *inputs, _build_more_button()]
    if page == "outcomes":
        inputs = [_build_other_outcomes(only), *inputs]
    told = [kit.section(_("*So far:* {choices}", choices=summary))] if summary else []
    return [_build_project_input(scope), *told, *inputs, _build_page_menu(page)]


def merge_form(
    scope: str | None, said: Said, *, fields: Mapping[str, str], chosen: Said, shown: Collection[str]
) -> tuple[str | None, dict[str, tuple[str, ...]]]:
    """The scope and the fields as they are now: of the inputs that were `shown` what they say, else as before."""
    after = {name: tuple(texts) for name, texts in said.items()}
    for name in ASKS.keys() & set(shown):
        after.pop(name, None)
        texts = _read_texts(name, fields, chosen)
        after |= {} if texts is None else {name: texts}
    after[_ONLY] = tuple(sorted(_merge_kinds(frozenset(said.get(_ONLY, ())), chosen, shown)))
    return (fields.get(PROJECT, "").strip() or None) if PROJECT in shown else scope, after


def _read_texts(name: str, fields: Mapping[str, str], chosen: Said) -> tuple[str, ...] | None:
    if not BY_NAME[name].takes:
        return () if chosen.get(name) else None
    typed = split_commas(",".join([fields.get(name, ""), *(chosen.get(name, ()) if name in PLACES else ())]))
    if name in PLACES:
        return tuple(dict.fromkeys(typed)) or None
    return (*typed, *chosen.get(name, ()), *chosen.get(f"{name}{_PEOPLE}", ())) or None


def format_label(name: str) -> str:
    """What the form calls this field, to be said in a sentence."""
    return _("“{label}”", label=_(ASKS[name].label if name in ASKS else _WHAT_LABEL))


def find_page(fields: Mapping[str, str]) -> str:
    """The page that is chosen in the menu; "" where none was yet."""
    return next((value for name, value in fields.items() if name.startswith(f"{MORE}@")), "")


def find_first_page(said: Said) -> str:
    """Where the form opens: where a new rule says already what most leave open."""
    return "deploys" if said.keys() & set(PAGES["deploys"].fields) else FIRST


def _merge_kinds(only: frozenset[str], chosen: Said, shown: Collection[str]) -> frozenset[str]:
    """The boxes say some kinds, the input of the others the rest."""
    boxes, rest = _split_kinds(only)
    if WHAT in shown:
        after = frozenset(chosen.get(WHAT, ()))
        rest = rest if after == boxes else _spell_out(rest)
        boxes = after
    if _ONLY in shown:
        rest = frozenset(chosen.get(_ONLY, ()))
    return rest.union(*(_BOXES[box][1] for box in boxes if box in _BOXES))


def _split_kinds(only: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The boxes that are ticked, and the kinds that none of them says."""
    ticked = frozenset(box for box, (_label, kinds) in _BOXES.items() if ALL in only or kinds <= only)
    return ticked, only.difference(*(_BOXES[box][1] for box in ticked))


def _spell_out(rest: frozenset[str]) -> frozenset[str]:
    """Of everything something is left out: what no box says stays."""
    return frozenset(OUTCOME_KINDS) - _BOXED if ALL in rest else rest


def _build_project_input(scope: str | None) -> kit.Block:
    element = ExternalDataSelectElement(
        action_id=PROJECT,
        placeholder=_("Ex. acme/web"),
        initial_option=kit.option(get_scope_name(scope), scope) if scope else None,
        min_query_length=0,
    )
    hint = _("A project, every project of an organisation, or a pattern like gh/acme/web-*")
    return kit.input_block(_("Project"), element, block_id=PROJECT, hint=hint)


def _build_boxes(only: frozenset[str]) -> kit.Block:
    ticked, _rest = _split_kinds(only)
    options = {box: Option(text=_(label), value=box) for box, (label, _kinds) in _BOXES.items()}
    initial = [option for box, option in options.items() if box in ticked]
    element = CheckboxesElement(action_id=WHAT, options=list(options.values()), initial_options=initial or None)
    return kit.input_block(_(_WHAT_LABEL), element, block_id=WHAT, optional=True)


def _build_other_outcomes(only: frozenset[str]) -> kit.Block:
    _ticked, rest = _split_kinds(only)
    names = {kind.name: _(kind.title) for kind in KINDS} | {ALL: _("Everything")}
    element = _build_multi_select(_ONLY, names, rest)
    return kit.input_block(_("Other outcomes"), element, block_id=_ONLY, optional=True)


def _build_more_button() -> kit.Block:
    """What is pressed draws the form again, as a menu of it does: it carries no line of its own."""
    more = ButtonElement(text=_("Show More Options…"), action_id=f"{MORE}@{FIRST}", value="delivery")
    found: kit.Block = ActionsBlock(elements=[more]).to_dict()
    return found


def _build_page_menu(page: str) -> kit.Block:
    """Its block_id names the page, so that it never keeps the choice of another one."""
    options = {name: kit.option(_(one.title), name) for name, one in PAGES.items()}
    element = StaticSelectElement(action_id=MORE, options=list(options.values()), initial_option=options[page])
    return kit.input_block(_("More options"), element, block_id=f"{MORE}@{page}", optional=True, redraw=True)


def _build_inputs(name: str, texts: Sequence[str] | None) -> list[kit.Block]:
    """One input; where people may be named, a second one for them, whose choices Slack provides."""
    asked, field = ASKS[name], BY_NAME[name]
    named = [text for text in texts or () if field.people and is_person(text)]
    others = None if texts is None else [text for text in texts if text not in named]
    element = _build_element(name)(name, others)
    block = kit.input_block(_(asked.label), element, block_id=name, hint=_(asked.hint), optional=True)
    if not field.people:
        return [block]
    menu = UserMultiSelectElement(action_id=name, initial_users=named or None)
    return [block, kit.input_block(_(asked.people), menu, block_id=f"{name}{_PEOPLE}", optional=True)]


def _build_element(name: str) -> Callable[[str, Sequence[str] | None], InputInteractiveElement]:
    field = BY_NAME[name]
    if not field.takes:
        return _build_flag
    if name in PLACES:
        return _build_typeahead
    if field.single_choice:
        return _build_radio_buttons
    return _build_choices if field.choices else _build_text


def _build_flag(name: str, texts: Sequence[str] | None) -> InputInteractiveElement:
    yes = Option(text=_(ASKS[name].choices[YES]), value=YES)
    return CheckboxesElement(action_id=name, options=[yes], initial_options=None if texts is None else [yes])


def _build_radio_buttons(name: str, texts: Sequence[str] | None) -> InputInteractiveElement:
    options = {value: kit.option(_(label), value) for value, label in ASKS[name].choices.items()}
    chosen = (texts or (BY_NAME[name].default,))[-1]
    return RadioButtonsElement(action_id=name, options=list(options.values()), initial_option=options.get(chosen))


def _build_choices(name: str, texts: Sequence[str] | None) -> InputInteractiveElement:
    """What was typed and is none of them (`trigger` may be a pattern) is offered too."""
    named = {value: _(label) for value, label in ASKS[name].choices.items()}
    offered = {value: named.get(value, value) for value in (*BY_NAME[name].choices, *(texts or ()))}
    return _build_multi_select(name, offered, texts or ())


def _build_multi_select(
    action_id: str, offered: Mapping[str, str], chosen: Collection[str]
) -> StaticMultiSelectElement:
    options = [kit.option(label, value) for value, label in offered.items()][:100]
    initial = [option for option in options if option.value in chosen]
    return StaticMultiSelectElement(action_id=action_id, options=options, initial_options=initial or None)


def _build_typeahead(name: str, texts: Sequence[str] | None) -> InputInteractiveElement:
    """What there is, and what is typed: a pattern is none of them."""
    return ExternalDataMultiSelectElement(
        action_id=name,
        placeholder=_(ASKS[name].example),
        initial_options=[kit.option(text, text) for text in texts or ()] or None,
        min_query_length=0,
    )


def _build_text(name: str, texts: Sequence[str] | None) -> InputInteractiveElement:
    return PlainTextInputElement(
        action_id=name,
        placeholder=_(ASKS[name].example),
        initial_value=join_commas(texts or ()) or None,
        max_length=1500,
    )
