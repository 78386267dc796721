// Buttons, selects and layouts of a message, and what happened to the last press.

import * as api from "./api.js";
import { h } from "./dom.js";
import { markdown } from "./markdown.js";
import { enlarge, pictureButton, shapeOf } from "./pictures.js";
import { change, isBusy, state } from "./store.js";
import { complain } from "./toast.js";

const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };

const PARTS = {
  1: row,
  2: button,
  3: stringSelect,
  9: (part, message) => h("div", { class: "section" }, h("div", null, parts(part.components, message)), parts([part.accessory], message)),
  10: (part) => h("div", { class: "markdown" }, markdown(part.content)),
  11: (part) => media([part], "thumbnail"),
  12: (part) => media(part.items, "gallery"),
  13: (part) => h("p", { class: "file" }, h("a", { href: part.file.url, download: true }, part.file.name ?? "file")),
  14: (part) => h("hr", { class: part.divider === false ? "gap" : "" }),
  17: (part, message) => h("div", { class: "container", vars: { "--bar": accent(part) } }, parts(part.components, message)),
};

export function parts(components, message) {
  return components.map((part) => {
    const make = PARTS[part.type];
    return make ? make(part, message) : h("p", { class: "outside" }, "This page cannot show one of the message's parts.");
  });
}

const accent = (part) => (part.accent_color ? `#${part.accent_color.toString(16).padStart(6, "0")}` : "var(--line-strong)");

function row(part, message) {
  return h("div", { class: "row" }, parts(part.components, message));
}

function media(items, kind) {
  const files = items.map(({ media: held, description }) => ({ ...held, name: held.name ?? "picture", alt: description ?? "" }));
  const shown = files.filter((file) => file.local);
  const pictures = shown.map((file, index) => h("figure", { class: "picture", vars: shapeOf(file) }, pictureButton(file, () => enlarge(shown, index))));
  return h("div", { class: kind === "gallery" ? (shown.length === 1 ? "grid alone" : "grid") : kind }, pictures);
}

function button(part, message) {
  const words = [emojiOf(part.emoji), part.label && h("span", null, part.label)];
  if (part.style === 5) return h("a", { class: "button link", href: part.url, target: "_blank", rel: "noopener noreferrer" }, words, h("span", { class: "away", "aria-hidden": "true" }, "↗"));
  const busy = isBusy(message.id, part.custom_id);
  const press = () => hear(message, api.click(state.me, message.id, part.custom_id));
  const props = {
    key: part.custom_id,
    type: "button",
    class: `button ${STYLES[part.style] ?? "secondary"}${busy ? " busy" : ""}`,
    "data-custom-id": part.custom_id,
    disabled: Boolean(part.disabled) || busy,
    "aria-busy": busy ? "true" : null,
    "aria-label": part.label ? null : part.emoji?.name,
    onclick: press,
  };
  return h("button", props, words);
}

export const emojiOf = (emoji) => emoji && h("span", { class: "emoji", "aria-hidden": "true" }, emoji.id ? `:${emoji.name}:` : emoji.name);

function stringSelect(part, message) {
  if (part.max_values > 1) return severalSelect(part, message);
  const busy = isBusy(message.id, part.custom_id);
  const choose = (event) => {
    const values = [...event.currentTarget.selectedOptions].map((option) => option.value).filter(Boolean);
    if (values.length >= part.min_values) hear(message, api.select(state.me, message.id, part.custom_id, values));
  };
  const chosen = part.options.some((option) => option.default);
  const hint = h("option", { value: "", disabled: true, hidden: true, selected: !chosen }, part.placeholder ?? "Make a selection");
  const props = { key: part.custom_id, class: "select", disabled: Boolean(part.disabled) || busy, onchange: choose, "aria-label": part.placeholder ?? "Make a selection", "data-custom-id": part.custom_id };
  return h("select", props, hint, part.options.map(selectOption));
}

/** A menu to choose several from: what is ticked goes out when it is closed, as in Discord. */
function severalSelect(part, message) {
  const ticked = (menu) => [...menu.querySelectorAll("input:checked")].map((box) => box.value);
  const close = (menu) => {
    const values = ticked(menu);
    const sent = values.join(" ");
    if (sent === (menu.dataset.sent ?? "") || values.length < part.min_values) return;
    menu.dataset.sent = sent;
    hear(message, api.select(state.me, message.id, part.custom_id, values));
  };
  const turn = ({ currentTarget: menu }) => (menu.open ? menu.scrollIntoView({ block: "nearest" }) : close(menu));
  const tick = ({ currentTarget: list }) => {
    const full = list.querySelectorAll("input:checked").length >= part.max_values;
    for (const box of list.querySelectorAll("input:not(:checked)")) box.disabled = full;
  };
  const shut = (event) => {
    event.preventDefault();
    event.currentTarget.closest("details").open = false;
  };
  const done = (event) => {
    delete event.currentTarget.closest("details").dataset.sent;
    shut(event);
  };
  const escape = (event) => event.key === "Escape" && shut(event);
  const words = part.placeholder ?? "Make a selection";
  return h(
    "details",
    { key: part.custom_id, class: "select several", "data-custom-id": part.custom_id, ontoggle: turn, onkeydown: escape },
    h("summary", null, words),
    h("div", { class: "options", role: "group", "aria-label": words, onchange: tick }, part.options.map(tickOption)),
    h("button", { type: "button", class: "button primary", onclick: done }, "Done"),
  );
}

function tickOption(option) {
  const words = [option.emoji?.name, option.label].filter(Boolean).join(" ");
  return h("label", { key: option.value }, h("input", { type: "checkbox", value: option.value }), h("span", null, words, option.description && h("small", null, option.description)));
}

function selectOption(option) {
  const words = [option.emoji?.name, option.label].filter(Boolean).join(" ");
  return h("option", { value: option.value, selected: Boolean(option.default) }, option.description ? `${words} · ${option.description}` : words);
}

/** Follows a press: its interaction is this tab's own, so a dialog it opens is shown here. */
async function hear(message, pressed) {
  try {
    const { interaction } = await pressed;
    change((it) => it.mine.add(interaction));
  } catch (refused) {
    complain(refused.message);
  }
}
