// The command being written as chips: its name, one for each option, and the place where more are added.

import { isEmpty, problem, remaining } from "./commandline.js";
import { attach, combobox, leave, onKey, pasted, typing } from "./composer.js";
import { h } from "./dom.js";

const TAIL = -1;

export function commandChips(composer, list) {
  const { draft, at } = composer;
  return h(
    "div",
    { key: "command", class: "chips", role: "group", "aria-label": `Command ${draft.command.path}` },
    h("button", { type: "button", class: "commandname", title: "Leave the command (Escape)", onclick: leave }, `/${draft.command.path}`),
    draft.fields.map((field, index) => chip(field, index, index === at ? list : null, composer)),
    tail(composer, at === TAIL ? list : null),
  );
}

function chip(field, index, list, composer) {
  const { option } = field;
  const touched = composer.at !== index && !isEmpty(field);
  const wrong = touched ? problem(field) : "";
  const marks = ["chip", composer.at === index && "current", wrong && "wrong", option.required && "required"];
  return h(
    "span",
    { key: option.name, class: marks.filter(Boolean).join(" "), title: wrong || option.description },
    h("label", { class: "chipname", for: `field-${option.name}` }, option.name),
    option.kind === "attachment" ? fileField(field, index) : textField(field, index, list, wrong),
    !option.required && h("button", { type: "button", class: "drop", "aria-label": `Remove ${option.name}`, tabindex: -1, onclick: () => typing.remove(index) }, "×"),
  );
}

function textField(field, index, list, wrong) {
  const { option } = field;
  const long = option.kind === "string" && option.choices.length === 0 && !option.autocomplete;
  const props = {
    key: "value",
    id: `field-${option.name}`,
    "data-field": index,
    value: field.text,
    placeholder: option.required && long ? option.description : "",
    "aria-label": `${option.name}: ${option.description}`,
    "aria-required": String(option.required),
    "aria-invalid": wrong ? "true" : null,
    ...combobox(list),
    oninput: (event) => typing.value(index, event.currentTarget.value),
    onfocus: () => typing.focus(index),
    onkeydown: onKey,
    onpaste: pasted,
  };
  if (long) return h("textarea", { rows: 1, ...props });
  const size = Math.max(3, Math.min(40, field.text.length + 1));
  return h("input", { type: "text", size, inputmode: option.kind === "integer" ? "numeric" : null, ...props });
}

function fileField(field, index) {
  const { option, file } = field;
  const choose = (event) => attach([...event.currentTarget.files], index);
  const props = { key: "value", type: "file", id: `field-${option.name}`, "data-field": index, "aria-label": `${option.name}: ${option.description}`, onfocus: () => typing.focus(index), onkeydown: fileKey, onchange: choose };
  return h("span", { class: "filefield" }, h("input", props), h("span", { "aria-hidden": "true" }, file ? file.name : "choose or drop a file"));
}

/** Enter and Space open the file dialog as they do everywhere, unless a file is there already. */
function fileKey(event) {
  if (event.key === "Enter" && event.currentTarget.files.length === 0) return;
  onKey(event);
}

function tail(composer, list) {
  const left = remaining({ ...composer.draft, tail: "" }).length;
  const props = {
    key: "tail",
    type: "text",
    class: "tail",
    "data-field": TAIL,
    value: composer.draft.tail,
    placeholder: left > 0 ? `+${left} optional` : "Enter sends",
    "aria-label": left > 0 ? "Add an option, or press Enter to send" : "Press Enter to send",
    ...combobox(list),
    oninput: (event) => typing.tail(event.currentTarget.value),
    onfocus: () => typing.focus(TAIL),
    onkeydown: onKey,
    onpaste: pasted,
  };
  return h("input", props);
}
