// The dialog that a bot opens: fields to fill in, checked before they are sent.

import * as api from "./api.js";
import { h, render } from "./dom.js";
import { inline, markdown } from "./markdown.js";
import { change, putAway, state } from "./store.js";

const TEXT_INPUT = 4;
const STRING_SELECT = 3;
const TEXT_DISPLAY = 10;
const LABEL = 18;
let shown = "";
let error = "";

/** Shows the modal of an interaction that began in this tab, once. */
export function drawModal(dialog) {
  const asking = [...state.interactions.values()].find((it) => it.modal && it.user === state.me && state.mine.has(it.id) && !state.closed.has(it.id));
  if (!asking) {
    if (dialog.open) dialog.close();
    shown = "";
    return;
  }
  if (shown !== asking.id) error = "";
  shown = asking.id;
  render(dialog, form(asking));
  dialog.onclose = () => shut(asking);
  if (!dialog.open) dialog.showModal();
}

function form(asking) {
  const send = (event) => {
    event.preventDefault();
    submit(asking, event.currentTarget);
  };
  return h(
    "form",
    { key: asking.id, onsubmit: send },
    h("h2", null, asking.modal.title),
    asking.modal.components.map(top),
    error && h("p", { class: "failed", role: "alert" }, error),
    h("footer", null, h("button", { type: "button", class: "button secondary", onclick: () => shut(asking) }, "Cancel"), h("button", { type: "submit", class: "button primary" }, "Submit")),
  );
}

function top(part) {
  switch (part.type) {
    case LABEL:
      return field(part.component, part.label, part.description);
    case TEXT_DISPLAY:
      return h("div", { class: "markdown" }, markdown(part.content));
    default:
      return (part.components ?? []).map((held) => field(held, held.label, null));
  }
}

function field(part, label, description) {
  const make = { [TEXT_INPUT]: textInput, [STRING_SELECT]: choice }[part.type];
  if (!make) return h("p", { class: "outside" }, `This page cannot show the field ${label ?? part.custom_id}.`);
  const required = part.required !== false;
  return h("label", { key: part.custom_id, class: "field" }, h("span", { class: "fieldname" }, inline(label ?? ""), required && h("span", { class: "needed", title: "required" }, " *")), description && h("small", null, description), make(part, required));
}

function textInput(part, required) {
  const props = { name: part.custom_id, required, placeholder: part.placeholder ?? "", maxlength: part.max_length ?? 4000, minlength: part.min_length || null };
  if (part.style === 2) return h("textarea", { rows: 5, ...props, opaque: true, start: part.value ?? "" });
  return h("input", { type: "text", autocomplete: "off", ...props, start: part.value ?? "" });
}

function choice(part, required) {
  return h(
    "select",
    { name: part.custom_id, required, class: "select", multiple: (part.max_values ?? 1) > 1 },
    part.options.map((option) => h("option", { value: option.value, selected: Boolean(option.default) }, option.label)),
  );
}

async function submit(asking, element) {
  const fields = {};
  for (const control of element.querySelectorAll("[name]"))
    fields[control.name] = control.tagName === "SELECT" ? [...control.selectedOptions].map((option) => option.value) : control.value;
  try {
    const { interaction } = await api.submit(state.me, asking.id, fields);
    change((it) => it.mine.add(interaction));
    shut(asking);
  } catch (refused) {
    error = refused.message;
    change();
  }
}

function shut(asking) {
  if (!state.closed.has(asking.id)) putAway(asking.id);
}
