// The line at the bottom: plain messages, and commands with their options filled in one by one.

import * as api from "./api.js";
import { completed, filled, firstProblem, isEmpty, isStrict, matches, newDraft, newField, nextOption, offered, remaining } from "./commandline.js";
import { commandChips } from "./chips.js";
import { h } from "./dom.js";
import { menuView } from "./menu.js";
import { change, changeNow, opened, state, userName } from "./store.js";
import { Suggestions } from "./suggestions.js";

const TAIL = -1;

/** Everything about what is being written; drawn by `composerView`. */
export const composer = {
  text: "",
  draft: null,
  at: TAIL, // the field that has the focus; TAIL is the place behind the last one
  active: 0,
  closed: false, // Escape put the list away
  error: "",
  sending: false,
  files: [],
  replyTo: null,
  kept: new Map(), // unsent drafts by command
  focusNext: false,
};
const suggestions = new Suggestions(() => change(() => (composer.active = 0)));

const alter = (step) => changeNow(() => step());
export const field = () => composer.draft?.fields[composer.at] ?? null;

// ── what the list shows

/** The open list: its heading, its choices and what picking one does. */
function listing() {
  if (composer.closed) return null;
  if (!composer.draft) return commandListing();
  return composer.at === TAIL ? optionListing() : valueListing(field());
}

function commandListing() {
  if (!composer.text.startsWith("/") || composer.text.includes("\n")) return null;
  const found = matches(composer.text.slice(1));
  if (found.length === 0) return /^\/\S*$/.test(composer.text) ? { title: "Commands", items: [], empty: nothingSynced() } : null;
  return {
    title: "Commands",
    items: found.map((command) => ({ key: command.path, name: `/${command.path}`, note: command.description, options: command.options, pick: () => begin(command) })),
  };
}

function nothingSynced() {
  return state.commands.length === 0 ? "The bot has not told its commands yet." : "No command fits.";
}

function optionListing() {
  const options = remaining(composer.draft);
  if (options.length === 0) return null;
  return { title: "Options", compact: true, items: options.map((option) => ({ key: option.name, name: option.name, note: told(option.description), pick: () => add(option) })) };
}

function valueListing(current) {
  if (!current) return null;
  const { option } = current;
  const heading = { title: option.name, about: told(option.description) + limits(option) };
  if (option.autocomplete) return { ...heading, ...asked(current) };
  const items = offered(current).map((choice) => valueItem(current, choice));
  if (items.length > 0) return { ...heading, items };
  return { ...heading, items: [], empty: isStrict(option) ? "Nothing in the list fits." : "" };
}

/** discord.py writes "…" where nobody wrote a description. */
const told = (description) => (description === "…" ? "" : description);

function limits({ kind, minimum, maximum }) {
  const bounded = (kind === "integer" || kind === "number") && minimum !== null && maximum !== null;
  return bounded ? ` · ${minimum} to ${maximum}` : "";
}

function asked(current) {
  suggestions.ask(composer.draft, current);
  const { loading, choices, error } = suggestions;
  const empty = error || (loading ? "" : "The bot suggests nothing here.");
  return { loading, items: loading ? [] : choices.map((choice) => valueItem(current, choice)), empty };
}

function valueItem(current, choice) {
  return { key: String(choice.value), name: choice.name, note: "", pick: () => pickValue(current, choice) };
}

// ── steps

function begin(command) {
  alter(() => {
    composer.draft = composer.kept.get(command.path) ?? newDraft(command);
    composer.draft.command = command;
    composer.text = "";
    composer.error = "";
    moveTo(composer.draft.fields.findIndex(isEmpty));
  });
}

function moveTo(index) {
  composer.at = index < 0 || index >= composer.draft.fields.length ? TAIL : index;
  composer.active = 0;
  composer.closed = false;
  composer.focusNext = true;
  suggestions.clear();
}

function add(option) {
  alter(() => {
    composer.draft.tail = "";
    composer.draft.fields.push(newField(option));
    moveTo(composer.draft.fields.length - 1);
  });
}

function pickValue(current, choice) {
  alter(() => {
    current.text = choice.name;
    current.picked = choice;
    composer.error = "";
    moveTo(nextOpen());
  });
}

/** The next required field that is still empty, or the place behind the last one. */
function nextOpen() {
  return composer.draft.fields.findIndex((other) => other.option.required && isEmpty(other));
}

/** Goes on in another option, as `name:` asks: in its chip, or in a new one. */
function toOption(name) {
  composer.draft.tail = "";
  const there = composer.draft.fields.findIndex(({ option }) => option.name === name);
  if (there < 0) composer.draft.fields.push(newField(composer.draft.command.options.find((option) => option.name === name)));
  moveTo(there < 0 ? composer.draft.fields.length - 1 : there);
}

function remove(index) {
  alter(() => {
    const [gone] = composer.draft.fields.splice(index, 1);
    composer.error = "";
    moveTo(gone && index > 0 ? index - 1 : TAIL);
  });
}

export function leave() {
  alter(() => {
    if (composer.draft && composer.draft.fields.some((it) => !isEmpty(it))) composer.kept.set(composer.draft.command.path, composer.draft);
    Object.assign(composer, { draft: null, text: "", at: TAIL, error: "", closed: false, focusNext: true });
    suggestions.clear();
  });
}

export function replyTo(message) {
  alter(() => {
    composer.replyTo = message;
    composer.focusNext = true;
  });
}

// ── typing

export const typing = {
  text: (value) =>
    alter(() => {
      composer.text = value;
      composer.active = 0;
      composer.closed = false;
      composer.error = "";
      const command = value.startsWith("/") && value.endsWith(" ") && completed(value.slice(1, -1));
      if (command) begin(command);
    }),
  value: (index, value) =>
    alter(() => {
      const edited = composer.draft.fields[index];
      const turn = nextOption(composer.draft, value);
      edited.text = turn ? turn.before : value;
      edited.picked = null;
      composer.active = 0;
      composer.closed = false;
      composer.error = "";
      if (turn) toOption(turn.name);
    }),
  tail: (value) =>
    alter(() => {
      composer.draft.tail = value;
      composer.active = 0;
      composer.closed = false;
      composer.error = "";
      const turn = nextOption(composer.draft, value);
      if (turn) toOption(turn.name);
    }),
  focus: (index) => {
    if (composer.at === index) return;
    alter(() => {
      composer.at = index;
      composer.active = 0;
      composer.closed = false;
      suggestions.clear();
    });
  },
  remove,
};

/** Puts a file where it belongs: into the field, into a free attachment option, or beside the message. */
export function attach(files, index = -1) {
  const [file] = files;
  if (!file) return;
  alter(() => {
    const { draft } = composer;
    if (!draft) return void composer.files.push(...files);
    const target = draft.fields[index] ?? freeAttachment(draft);
    if (!target) return void (composer.error = `/${draft.command.path} takes no more files.`);
    Object.assign(target, { file, text: file.name });
    composer.error = "";
    moveTo(nextOpen());
  });
}

function freeAttachment(draft) {
  const free = draft.fields.find(({ option, file }) => option.kind === "attachment" && !file);
  if (free) return free;
  const option = remaining({ ...draft, tail: "" }).find(({ kind }) => kind === "attachment");
  if (!option) return null;
  draft.fields.push(newField(option));
  return draft.fields.at(-1);
}

const KEYS = {
  ArrowDown: (list) => move(list, 1),
  ArrowUp: (list) => move(list, -1),
  Tab: (list, event) => (event.shiftKey ? false : pickActive(list) || forward()),
  Enter: (list, event) => (event.shiftKey && !composer.draft ? false : pickByEnter(list) || send()),
  Escape: () => escape(),
  Backspace: (list, event) => backspace(event.target),
};

export function onKey(event) {
  if (event.isComposing) return;
  const handled = KEYS[event.key]?.(listing(), event);
  if (handled) event.preventDefault();
}

function move(list, by) {
  if (!list?.items.length) return false;
  alter(() => (composer.active = (composer.active + by + list.items.length) % list.items.length));
  return true;
}

function pickActive(list) {
  const item = list?.items[composer.active];
  if (!item || field()?.picked) return false;
  item.pick();
  return true;
}

/** Behind the last field Enter sends; elsewhere it takes what the list marks, if the field still needs it. */
function pickByEnter(list) {
  const atEnd = composer.draft && composer.at === TAIL && composer.draft.tail.trim() === "";
  return atEnd ? false : pickActive(list);
}

function forward() {
  if (!composer.draft) return false;
  if (composer.at === TAIL) return false;
  alter(() => moveTo(composer.at + 1));
  return true;
}

function escape() {
  if (composer.draft) leave();
  else alter(() => Object.assign(composer, { closed: true, replyTo: null, error: "", text: composer.text.startsWith("/") ? "" : composer.text }));
  return true;
}

function backspace(target) {
  if (!composer.draft || target.value !== "") return false;
  if (composer.at !== TAIL && !field().option.required) remove(composer.at);
  else if (composer.at === TAIL && composer.draft.fields.length > 0) alter(() => moveTo(composer.draft.fields.length - 1));
  else if (composer.draft.fields.every(isEmpty)) leave();
  else if (composer.at > 0) alter(() => moveTo(composer.at - 1));
  else return false;
  return true;
}

// ── sending

export function send() {
  if (composer.sending) return true;
  if (composer.draft) sendCommand();
  else sendText();
  return true;
}

function sendCommand() {
  const { draft } = composer;
  const wrong = firstProblem(draft);
  if (wrong) {
    alter(() => {
      moveTo(wrong.index);
      composer.error = wrong.words;
    });
    return;
  }
  const { options, files } = filled(draft);
  run(api.command(state.me, state.open, draft.command.path, options, files), () => {
    composer.kept.delete(draft.command.path);
    Object.assign(composer, { draft: null, at: TAIL });
  });
}

function sendText() {
  const text = composer.text.trim();
  if (!text && composer.files.length === 0) return;
  const asCommand = /^\/\w/.test(text) && state.commands.some((command) => text.startsWith(`/${command.path.split(" ")[0]}`));
  const sent = asCommand ? api.type(state.me, state.open, text) : api.say(state.me, state.open, text, composer.replyTo?.id ?? null, composer.files);
  run(sent, () => Object.assign(composer, { text: "", files: [], replyTo: null }));
}

async function run(sent, clear) {
  alter(() => Object.assign(composer, { sending: true, error: "" }));
  try {
    const { interaction } = await sent;
    alter(() => {
      clear();
      state.follow = true;
      if (interaction) state.mine.add(interaction);
    });
  } catch (refused) {
    alter(() => (composer.error = refused.message));
  }
  alter(() => Object.assign(composer, { sending: false, focusNext: true }));
}

// ── drawing

export function composerView() {
  const channel = opened();
  const list = channel ? listing() : null;
  const submit = (event) => {
    event.preventDefault();
    send();
  };
  return [
    menuView(list, composer.active),
    composer.replyTo && h("p", { class: "replying" }, "Replying to ", h("b", null, userName(composer.replyTo.author)), h("button", { type: "button", "aria-label": "Do not reply", onclick: () => alter(() => (composer.replyTo = null)) }, "×")),
    composer.files.length > 0 && h("ul", { class: "attached" }, composer.files.map(attachedFile)),
    h("form", { class: `line${composer.draft ? " command" : ""}`, onsubmit: submit }, plusButton(), body(list, channel), sendButton()),
    h("p", { id: "composer-error", class: "problem", role: "alert" }, composer.error),
  ];
}

function body(list, channel) {
  if (composer.draft) return commandChips(composer, list);
  const locked = !channel || channel.kind === "forum";
  const props = {
    key: "text",
    class: "text",
    rows: Math.min(8, composer.text.split("\n").length),
    value: composer.text,
    disabled: locked,
    placeholder: locked ? "Open a post to write in it" : invitation(channel),
    "aria-label": "Write a message",
    ...combobox(list),
    oninput: (event) => typing.text(event.currentTarget.value),
    onkeydown: onKey,
    onpaste: pasted,
  };
  return h("textarea", props);
}

function invitation({ kind, name }) {
  if (innerWidth < 480) return "Message, or / for commands";
  return `Message ${kind === "thread" ? name : "#" + name}, or / for commands`;
}

export function combobox(list) {
  return {
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": String(Boolean(list)),
    "aria-controls": "composer-list",
    "aria-activedescendant": list?.items.length ? `choice-${composer.active}` : null,
    "aria-describedby": "composer-error",
    autocomplete: "off",
    spellcheck: "false",
  };
}

export function pasted(event) {
  const files = [...event.clipboardData.files];
  if (files.length === 0) return;
  event.preventDefault();
  attach(files, composer.at);
}

function attachedFile(file, index) {
  const drop = () => alter(() => composer.files.splice(index, 1));
  return h("li", null, file.name, h("button", { type: "button", "aria-label": `Remove ${file.name}`, onclick: drop }, "×"));
}

function plusButton() {
  const choose = (event) => {
    attach([...event.currentTarget.files]);
    event.currentTarget.value = "";
  };
  return h("label", { class: "plus", title: "Attach a file" }, h("input", { type: "file", "aria-label": "Attach a file", onchange: choose }), h("span", { "aria-hidden": "true" }, "+"));
}

function sendButton() {
  return h("button", { type: "submit", class: "send", "aria-label": "Send", title: "Send (Enter)", disabled: composer.sending }, h("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" }, h("path", { d: "M4 12 3 4l18 8-18 8 1-8Zm0 0h9", fill: "none", stroke: "currentColor", "stroke-width": "2", "stroke-linejoin": "round", "stroke-linecap": "round" })));
}

/** After drawing: the focus goes where the writing goes on. */
export function settleFocus(root) {
  root.querySelector(`#choice-${composer.active}`)?.scrollIntoView({ block: "nearest" });
  if (!composer.focusNext) return;
  composer.focusNext = false;
  const target = composer.draft ? root.querySelector(`[data-field="${composer.at}"]`) : root.querySelector("textarea.text");
  target?.focus();
}
