/** The widths at which the page changes; the numbers are those of css/phone.css and css/layout.css. */

/** One thing at a time: people and channels are in a drawer, thread and panel cover the conversation. */
export const phone = matchMedia("(max-width: 680px)");

/** A tablet or a phone: thread and panel lie over the conversation instead of beside it. */
export const narrow = matchMedia("(max-width: 1000px)");
