// Reactions under a message, and the small picker that adds one.

import * as api from "./api.js";
import { h } from "./dom.js";
import { change, state, userName } from "./store.js";
import { complain } from "./toast.js";

const CHOICE = ["🔁", "🎲", "⬆️", "✅", "❌", "❤️", "👍", "👎", "👀", "✨", "🎨", "🔥", "🌧️", "🌸", "🙏", "😄"];
const WORDS = ["again", "vary", "upscale", "approve", "reject", "heart", "thumbs up", "thumbs down", "eyes", "sparkles", "palette", "fire", "rain", "blossom", "thanks", "smile"];

const PICKER_PX = 190;
let below = false; // where there is no room above

export function reactionRow(message) {
  if (message.reactions.length === 0) return null;
  return h("div", { class: "reactions" }, message.reactions.map((reaction) => chip(message, reaction)), adder(message, "inrow"));
}

function chip(message, { emoji, text, users }) {
  const own = users.includes(state.me);
  const who = users.map(userName).join(", ");
  const props = {
    key: text,
    type: "button",
    class: `reaction${own ? " own" : ""}`,
    "aria-pressed": String(own),
    "aria-label": `${emoji}, ${users.length}: ${who}`,
    title: who,
    onclick: () => toggle(message, text, !own),
  };
  return h("button", props, h("span", { class: "emoji" }, emoji), h("span", { class: "count" }, users.length));
}

async function toggle(message, emoji, present) {
  try {
    await api.react(state.me, message.id, emoji, present);
  } catch (refused) {
    complain(refused.message);
  }
}

/** The button that opens the picker; the picker itself while it is open. */
export function adder(message, place) {
  const id = `${message.id} ${place}`;
  const open = state.picker === id;
  const flip = (event) => {
    below = event.currentTarget.getBoundingClientRect().top < PICKER_PX;
    change((it) => (it.picker = open ? "" : id));
  };
  const props = { type: "button", class: "addreaction", "aria-label": "Add a reaction", title: "Add a reaction", "aria-expanded": String(open), onclick: flip };
  return h("span", { key: "adder", class: `adder ${open ? "open" : ""}` }, h("button", props, smile()), open && picker(message));
}

function picker(message) {
  const pick = (emoji) => {
    change((it) => (it.picker = ""));
    toggle(message, emoji, true);
  };
  const leave = (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    change((it) => (it.picker = ""));
  };
  return h(
    "span",
    { class: below ? "picker below" : "picker", role: "group", "aria-label": "Reactions", onkeydown: leave },
    CHOICE.map((emoji, index) => h("button", { type: "button", title: WORDS[index], "aria-label": WORDS[index], onclick: () => pick(emoji) }, emoji)),
  );
}

function smile() {
  const line = { fill: "none", stroke: "currentColor", "stroke-width": "1.8", "stroke-linecap": "round" };
  return h(
    "svg",
    { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" },
    h("path", { d: "M14 4.3A8.5 8.5 0 1 0 19.7 10M19 2v6M16 5h6", ...line }),
    h("path", { d: "M8 14c.9 1.5 2.2 2.2 3.8 2.2S14.7 15.5 15.5 14M9 9.800v.4M14.5 9.800v.4", ...line }),
  );
}

/** A click elsewhere puts the picker away. */
export function watchPicker() {
  document.addEventListener("pointerdown", (event) => {
    if (state.picker && !event.target.closest(".adder.open")) change((it) => (it.picker = ""));
  });
}
