// Who wrote it: avatars made of initials, the bot's own mark, and the switch between people.

import { h } from "./dom.js";
import { become, state } from "./store.js";

const HUES = [212, 28, 152, 322, 262, 188];

function hueOf(user) {
  const place = state.people.indexOf(user.id);
  return HUES[(place < 0 ? user.display.length : place) % HUES.length];
}

export function avatar(user, size = "") {
  if (!user) return h("span", { class: `avatar ${size}` }, "?");
  if (user.bot) return h("span", { class: `avatar bot ${size}`, "aria-hidden": "true" }, mark());
  const initial = [...user.display][0].toUpperCase();
  return h("span", { class: `avatar ${size}`, "aria-hidden": "true", vars: { "--hue": hueOf(user) } }, initial);
}

/** A brush circle around a dot: the bot's own picture. */
export function mark() {
  return h(
    "svg",
    { viewBox: "0 0 40 40", focusable: "false" },
    h("path", { d: "M27.6 10.4A12.4 12.4 0 1 0 32 22", fill: "none", stroke: "currentColor", "stroke-width": "3.6", "stroke-linecap": "round" }),
    h("path", { d: "M20 20 31.5 8.5", fill: "none", stroke: "currentColor", "stroke-width": "3.2", "stroke-linecap": "round" }),
    h("circle", { cx: "19.4", cy: "20.6", r: "3.1", fill: "currentColor" }),
  );
}

export function nameOf(user) {
  return h("span", { class: "name", vars: { "--hue": user && !user.bot ? hueOf(user) : 235 } }, user?.display ?? "unknown");
}

export const botTag = () => h("span", { class: "bottag" }, "APP");

/** One radio button for each person; arrow keys move between them. */
export function personSwitch() {
  const step = (event) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const next = (state.people.indexOf(state.me) + by + state.people.length) % state.people.length;
    become(state.people[next]);
    event.currentTarget.children[next]?.focus();
  };
  return h("div", { class: "people", role: "radiogroup", "aria-label": "You are", onkeydown: step }, state.people.map(person));
}

function person(id) {
  const user = state.users.get(id);
  const chosen = id === state.me;
  const props = {
    key: id,
    type: "button",
    class: "person",
    role: "radio",
    "aria-checked": String(chosen),
    "aria-label": user.display,
    tabindex: chosen ? 0 : -1,
    title: chosen ? `You are ${user.display}` : `Become ${user.display}`,
    onclick: () => become(id),
  };
  return h("button", props, avatar(user, "small"), h("span", { class: "label" }, user.display));
}
