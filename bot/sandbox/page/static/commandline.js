// A command being written: what can be chosen, what is still missing, what is wrong; nothing here draws or sends.

import { state, topChannels, threadsOf } from "./store.js";

const WHOLE = /^-?\d+$/;
const NUMBER = /^-?\d+(?:\.\d+)?$/;
const MOST_CHOICES = 25;

/** The commands that fit what stands behind the slash, best first. */
export function matches(typed) {
  const wanted = typed.toLowerCase().trim();
  return state.commands
    .filter((command) => command.kind === "slash" && !command.hidden_from.includes(state.me))
    .map((command) => ({ command, rank: rank(command, wanted) }))
    .filter(({ rank: found }) => found < 9)
    .sort((a, b) => a.rank - b.rank || compareText(a.command.path, b.command.path))
    .map(({ command }) => command);
}

function rank({ path, description }, wanted) {
  if (!wanted) return 0;
  if (path === wanted) return 0;
  if (path.startsWith(wanted)) return 1;
  if (path.split(" ").some((word) => word.startsWith(wanted))) return 2;
  if (path.includes(wanted)) return 3;
  return description.toLowerCase().includes(wanted) ? 4 : 9;
}

const compareText = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** The command that a space completes: nothing longer could be meant. */
export function completed(typed) {
  const found = state.commands.find((command) => command.kind === "slash" && command.path === typed);
  const longer = state.commands.some((command) => command.path.startsWith(typed + " "));
  return found && !longer && !found.hidden_from.includes(state.me) ? found : undefined;
}

export function newDraft(command) {
  return { command, fields: command.options.filter((option) => option.required).map(newField), tail: "" };
}

export const newField = (option) => ({ option, text: "", picked: null, file: null });

/** The options that can still be added and fit what is typed. */
export function remaining(draft) {
  const taken = new Set(draft.fields.map((field) => field.option.name));
  const wanted = draft.tail.toLowerCase().replace(/:$/, "").trim();
  return draft.command.options.filter((option) => !taken.has(option.name) && option.name.includes(wanted));
}

/** Text that ends in `name:` of one of the options: what stands before it, and the name. */
export function nextOption(draft, text) {
  const found = text.match(/^(?:([\s\S]*)\s)?([^\s:]+):$/);
  const known = found && draft.command.options.some((option) => option.name === found[2]);
  return known ? { before: found[1] ?? "", name: found[2] } : null;
}

export const isEmpty = (field) => field.text.trim() === "" && field.file === null;

/** Whether only one of the offered values will do. */
export const isStrict = ({ choices, kind }) => choices.length > 0 || ["boolean", "channel", "user", "role"].includes(kind);

/** What can be offered for a field without asking the bot. */
export function offered(field) {
  const wanted = field.picked ? "" : field.text.toLowerCase().replace(/^[#@]/, "").trim();
  return values(field.option)
    .filter((choice) => choice.name.toLowerCase().replace(/^[#@]/, "").includes(wanted))
    .slice(0, MOST_CHOICES);
}

function values(option) {
  if (option.choices.length > 0) return option.choices;
  switch (option.kind) {
    case "boolean":
      return [
        { name: "True", value: true },
        { name: "False", value: false },
      ];
    case "channel":
      return places().filter(({ type }) => option.channel_types.length === 0 || option.channel_types.includes(type));
    case "user":
      return [...state.users.values()].filter((user) => user.member).map((user) => ({ name: "@" + user.display, value: user.id }));
    default:
      return [];
  }
}

function places() {
  return topChannels().flatMap((channel) => [channel, ...threadsOf(channel.id)].map(({ id, name, type }) => ({ name: "#" + name, value: id, type })));
}

/** What stands in the way of sending this field, in words; nothing if it is fine. */
export function problem(field) {
  const { option, text } = field;
  const { name, kind, required, minimum: low, maximum: high } = option;
  if (isEmpty(field)) return required ? `${name} is needed.` : `${name} is empty: fill it in, or remove it with Backspace.`;
  if (kind === "attachment") return "";
  if (isStrict(option)) return chosen(field) ? "" : `${name}: choose one of the list.`;
  if (kind === "integer" && !field.picked) return WHOLE.test(text.trim()) ? outside(name, Number(text), low, high) : `${name} takes a whole number${range(low, high)}.`;
  if (kind === "number" && !field.picked) return NUMBER.test(text.trim()) ? outside(name, Number(text), low, high) : `${name} takes a number${range(low, high)}.`;
  if (kind === "string" && !field.picked) return tooLong(name, text.length, low, high);
  return "";
}

function outside(name, value, low, high) {
  const inside = (low === null || value >= low) && (high === null || value <= high);
  return inside ? "" : `${name} takes a number${range(low, high)}.`;
}

function tooLong(name, length, low, high) {
  if (high !== null && length > high) return `${name} may have ${high} characters; these are ${length}.`;
  if (low !== null && length < low) return `${name} needs at least ${low} characters.`;
  return "";
}

function range(low, high) {
  if (low !== null && high !== null) return ` from ${low} to ${high}`;
  if (low !== null) return `, ${low} or more`;
  return high === null ? "" : `, ${high} or less`;
}

function chosen(field) {
  if (field.picked) return field.picked;
  const wanted = field.text.trim().toLowerCase();
  return values(field.option).find((choice) => choice.name.toLowerCase() === wanted || String(choice.value).toLowerCase() === wanted);
}

/** The first problem of the whole command, and the field it is in. */
export function firstProblem(draft) {
  for (const [index, field] of draft.fields.entries()) {
    const words = problem(field);
    if (words) return { index, words };
  }
  if (draft.tail.trim()) return { index: -1, words: `There is no option ${draft.tail.trim()}: choose one of the list, or remove it.` };
  return null;
}

/** The values as the sandbox takes them, and the files beside them. */
export function filled(draft) {
  const options = {};
  const files = new Map();
  for (const field of draft.fields) {
    if (isEmpty(field)) continue;
    if (field.file) files.set(field.option.name, field.file);
    else options[field.option.name] = value(field);
  }
  return { options, files };
}

function value(field) {
  if (isStrict(field.option)) return chosen(field)?.value ?? field.text.trim();
  if (field.picked) return field.picked.value;
  const text = field.text.trim();
  return field.option.kind === "string" || !NUMBER.test(text) ? text : numeric(text, field.option.kind);
}

/** Whole numbers beyond what JavaScript counts exactly travel as text. */
function numeric(text, kind) {
  const number = Number(text);
  return kind === "number" || Number.isSafeInteger(number) ? number : text;
}
