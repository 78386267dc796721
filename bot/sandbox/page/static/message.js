// One message as its reader sees it.

import * as api from "./api.js";
import { parts } from "./controls.js";
import { h } from "./dom.js";
import { embedView } from "./embeds.js";
import { icon } from "./icons.js";
import { inline, markdown } from "./markdown.js";
import { avatar, botTag, nameOf } from "./people.js";
import { attachments } from "./pictures.js";
import { adder, reactionRow } from "./reactions.js";
import { change, failureAt, goTo, putAway, state, threadsOf, userName } from "./store.js";
import { clock, spoken, written } from "./times.js";
import { complain } from "./toast.js";

const THREAD_CREATED = 18;
const BARE_EMOJI = /^(?:\p{Extended_Pictographic}\uFE0F?\s?){1,6}$/u;

const drawn = new WeakMap();

/** The message's tree; the very same one again while nothing that it shows has changed. */
export function messageView(message, { grouped, onReply }) {
  const { me, scenery, picker, pressed } = state;
  const looks = [me, scenery, grouped, picker.startsWith(message.id) && picker, pressed.get(message.id)].join();
  const held = drawn.get(message);
  if (held?.looks === looks) return held.tree;
  const tree = messageTree(message, { grouped, onReply });
  drawn.set(message, { looks, tree });
  return tree;
}

function messageTree(message, { grouped, onReply }) {
  if (message.kind === THREAD_CREATED) return threadNote(message);
  const author = state.users.get(message.author);
  const mine = message.only_for !== null;
  const marks = [
    "message",
    grouped && "grouped",
    mine && "ephemeral",
    message.mentions.includes(state.me) && "mentioned",
  ];
  const props = {
    key: message.id,
    class: marks.filter(Boolean).join(" "),
    "data-message": message.id,
    "aria-label": `${author?.display ?? "unknown"}, ${spoken(message.at)}`,
    tabindex: -1,
  };
  return h(
    "article",
    props,
    context(message),
    grouped ? h("time", { class: "gutter", datetime: new Date(message.at).toISOString() }, clock(message.at)) : avatar(author),
    h("div", { class: "body" }, !grouped && headline(message, author), content(message), aftermath(message)),
    !mine && !message.loading && toolbar(message, onReply),
  );
}

function headline(message, author) {
  const at = h("time", { datetime: new Date(message.at).toISOString(), title: written(message.at, "F") }, spoken(message.at));
  return h("header", null, nameOf(author), author?.bot && botTag(), at);
}

/** The line above: which command it answers, or which message. */
function context(message) {
  if (message.reply_to) return replyLine(message.reply_to);
  if (!message.cause?.command) return null;
  const user = state.users.get(message.cause.user);
  return h("p", { class: "context" }, avatar(user, "tiny"), h("b", null, userName(message.cause.user)), " used ", h("span", { class: "mention" }, "/" + message.cause.command));
}

function replyLine(reply) {
  const user = state.users.get(reply.author);
  const words = reply.gone ? h("em", null, "the original message was deleted") : inline(reply.content.split("\n")[0].replace(/^-# /, "").slice(0, 140) || "click to see the attachment");
  const go = () => goTo(reply.channel, reply.id);
  return h("button", { type: "button", class: "context", onclick: go }, avatar(user, "tiny"), h("b", null, userName(reply.author)), " ", h("span", { class: "quoted" }, words));
}

function content(message) {
  if (message.loading) return thinking(message);
  const large = BARE_EMOJI.test(message.content.trim()) ? " large" : "";
  const edited = message.edited && h("span", { class: "edited", title: written(message.edited, "F") }, "(edited)");
  return [
    message.content && h("div", { class: `markdown content${large}` }, markdown(message.content), edited),
    attachments(message.files),
    message.embeds.map(embedView),
    message.parts.length > 0 && h("div", { class: "parts" }, parts(message.parts, message)),
  ];
}

function thinking(message) {
  return h("p", { class: "thinking", role: "status" }, dots(), `${userName(message.author)} is thinking…`);
}

export const dots = () => h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));

function aftermath(message) {
  const failure = failureAt(message.id);
  return [
    failure && failed(failure, "This interaction failed."),
    reactionRow(message),
    message.thread && threadCard(message.thread),
    message.only_for !== null && onlyYou(message),
  ];
}

export function failed(interaction, words) {
  const away = () => putAway(interaction.id);
  return h("p", { class: "failed", role: "alert" }, words, " ", interaction.failed, ". ", h("button", { type: "button", class: "textlink", onclick: away }, "Dismiss"));
}

function onlyYou(message) {
  const dismiss = () => api.dismiss(state.me, message.id).catch((refused) => complain(refused.message));
  return h("p", { class: "onlyyou" }, eye(), "Only you can see this · ", h("button", { type: "button", class: "textlink", onclick: dismiss }, "Dismiss"));
}

function eye() {
  const line = { fill: "none", stroke: "currentColor", "stroke-width": "1.8" };
  return h("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" }, h("path", { d: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z", ...line }), h("circle", { cx: "12", cy: "12", r: "2.8", ...line }));
}

function threadCard(id) {
  const thread = state.channels.get(id);
  if (!thread) return null;
  return h("button", { type: "button", class: "threadcard", onclick: () => goTo(id) }, h("b", null, thread.name), h("span", null, count(thread.count), " ›"));
}

export const count = (messages) => (messages === 1 ? "1 message" : `${messages} messages`);

function threadNote(message) {
  const thread = threadsOf(message.channel).find(({ name }) => name === message.content)?.id;
  const name = h("button", { type: "button", class: "textlink", onclick: () => goTo(thread) }, message.content || "a thread");
  return h("article", { key: message.id, class: "message note", "data-message": message.id }, icon({ kind: "thread" }), h("p", null, h("b", null, userName(message.author)), " started a thread: ", thread ? name : message.content));
}

function toolbar(message, onReply) {
  const menus = state.commands.filter((command) => command.kind === "message" && !command.hidden_from.includes(state.me));
  const run = (event) => {
    const name = event.currentTarget.value;
    event.currentTarget.value = "";
    runMenu(message, name);
  };
  return h(
    "div",
    { class: "toolbar", role: "group", "aria-label": "Message actions" },
    adder(message, "toolbar"),
    h("button", { type: "button", "aria-label": "Reply", title: "Reply", onclick: () => onReply(message) }, arrow()),
    menus.length > 0 && h("select", { "aria-label": "Apps", title: "Apps", onchange: run }, h("option", { value: "" }, "Apps"), menus.map((command) => h("option", { value: command.name }, command.name))),
  );
}

async function runMenu(message, name) {
  try {
    const { interaction } = await api.menu(state.me, message.id, name);
    change((it) => it.mine.add(interaction));
  } catch (refused) {
    complain(refused.message);
  }
}

function arrow() {
  return h("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" }, h("path", { d: "M9.5 5.5 4 11l5.5 5.500M4.5 11H14a6 6 0 0 1 6 6v1.5", fill: "none", stroke: "currentColor", "stroke-width": "2", "stroke-linecap": "round", "stroke-linejoin": "round" }));
}
