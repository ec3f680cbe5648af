/**
 * What has been typed and chosen on a surface, in the shape of Slack's `state.values`:
 * `{block_id: {action_id: {type, value | selected_option | selected_date | …}}}` (slack docs: view submission).
 */

const SELECTS = {
  static_select: ["selected_option", "initial_option"],
  external_select: ["selected_option", "initial_option"],
  users_select: ["selected_user", "initial_user"],
  conversations_select: ["selected_conversation", "initial_conversation"],
  channels_select: ["selected_channel", "initial_channel"],
  multi_static_select: ["selected_options", "initial_options"],
  multi_external_select: ["selected_options", "initial_options"],
  multi_users_select: ["selected_users", "initial_users"],
  multi_conversations_select: ["selected_conversations", "initial_conversations"],
  multi_channels_select: ["selected_channels", "initial_channels"],
  radio_buttons: ["selected_option", "initial_option"],
  checkboxes: ["selected_options", "initial_options"],
  datepicker: ["selected_date", "initial_date"],
  timepicker: ["selected_time", "initial_time"],
  datetimepicker: ["selected_date_time", "initial_date_time"],
  plain_text_input: ["value", "initial_value"],
  number_input: ["value", "initial_value"],
  url_text_input: ["value", "initial_value"],
  email_text_input: ["value", "initial_value"],
  rich_text_input: ["rich_text_value", "initial_value"],
};

const LISTS = /^multi_|^checkboxes$/;

/** The name under which an element of this type says what is chosen, e.g. "selected_option". */
export const valueKey = (type) => SELECTS[type]?.[0];
export const isList = (type) => LISTS.test(type);
export const isStateful = (element) => element.type in SELECTS;

/** Every element of a block that a person can use. */
export function elementsOf(block) {
  const carried = [block.element, block.accessory, ...(block.elements ?? [])];
  return carried.filter((element) => element?.action_id);
}

export class Values {
  #blocks = new Map();

  /** Take the elements now shown: what was chosen stays, the rest starts as the server knows it or as blocks say. */
  seed(blocks, known = {}) {
    const before = this.#blocks;
    this.#blocks = new Map();
    for (const block of blocks ?? []) {
      for (const element of elementsOf(block).filter(isStateful)) {
        const kept = before.get(block.block_id)?.[element.action_id];
        const saved = known[block.block_id]?.[element.action_id];
        const start = [kept, saved].find((value) => value?.type === element.type) ?? starting(element);
        this.set(block.block_id, element.action_id, start);
      }
    }
  }

  get(blockId, actionId) {
    return this.#blocks.get(blockId)?.[actionId];
  }

  set(blockId, actionId, value) {
    this.#blocks.set(blockId, { ...this.#blocks.get(blockId), [actionId]: value });
  }

  all() {
    return Object.fromEntries(this.#blocks);
  }
}

function starting(element) {
  const [key, initial] = SELECTS[element.type];
  return { type: element.type, [key]: element[initial] ?? (isList(element.type) ? [] : null) };
}
