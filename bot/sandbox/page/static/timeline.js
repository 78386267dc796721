// The messages of the open channel: grouped, dated, and scrolled only when the reader would want it.

import * as api from "./api.js";
import { h } from "./dom.js";
import { forumView } from "./forum.js";
import { dots, failed, messageView } from "./message.js";
import { avatar } from "./people.js";
import { compareIds, keepEarlier, markRead, opened, pendingCommands, state, userName, visibleMessages } from "./store.js";
import { day } from "./times.js";

const GROUP_MS = 7 * 60_000;
const SPOTLIGHT = [{ background: "#5865f238" }, { background: "#5865f238", offset: 0.4 }, {}];
const NEAR_PX = 60;
let pinned = true;
let shownChannel = "";
let shownAs = "";
let loading = false;
let firstNew = "";

export function timeline(onReply) {
  const channel = opened();
  if (!channel) return h("p", { class: "empty" }, "There is no channel to show yet.");
  if (channel.kind === "forum") return forumView(channel);
  const messages = visibleMessages(channel.id);
  const waiting = pendingCommands();
  return [
    messages.length + waiting.length === 0 ? emptyState(channel) : beginning(channel),
    withDividers(messages, onReply),
    waiting.map(pending),
    isTyping(channel.id) && h("p", { class: "thinking typing", role: "status" }, dots(), `${userName(state.bot)} is typing…`),
  ];
}

const isTyping = (channel) => (state.typing.get(channel) ?? 0) > Date.now();

function emptyState(channel) {
  return h(
    "section",
    { class: "empty" },
    h("h2", null, channel.kind === "thread" ? channel.name : `#${channel.name}`),
    state.commands.length > 0
      ? h("p", null, "Type ", h("kbd", null, "/"), " and choose ", h("b", null, state.commands.some((command) => command.path === "generate") ? "generate" : "a command"), ".")
      : h("p", null, "The bot has not told its commands yet. They appear here as soon as it has."),
  );
}

function beginning(channel) {
  if (!state.complete.has(channel.id)) return h("p", { key: "beginning", class: "beginning" }, "Earlier messages are loading…");
  const place = channel.kind === "thread" ? `the thread ${channel.name}` : `#${channel.name}`;
  return h("p", { key: "beginning", class: "beginning" }, `This is the beginning of ${place}.`);
}

function withDividers(messages, onReply) {
  let before = null;
  return messages.map((message) => {
    const grouped = belongsTo(before, message);
    const date = !before || day(before.at) !== day(message.at);
    before = message;
    return [
      date && h("div", { key: `day ${message.id}`, class: "divider", role: "separator" }, day(message.at)),
      message.id === firstNew && h("div", { key: "new", class: "divider new", role: "separator" }, "New"),
      messageView(message, { grouped: grouped && !date && message.id !== firstNew, onReply }),
    ];
  });
}

function belongsTo(before, message) {
  return (
    before !== null &&
    isPlain(before) &&
    isPlain(message) &&
    before.author === message.author &&
    before.kind !== 18 &&
    message.at - before.at < GROUP_MS &&
    before.only_for === message.only_for &&
    !message.reply_to &&
    !message.cause?.command
  );
}

const isPlain = ({ files, embeds, parts }) => files.length + embeds.length + parts.length === 0;

function pending(interaction) {
  const user = state.users.get(interaction.user);
  const words = interaction.state === "failed" ? failed(interaction, `/${interaction.command} got no answer.`) : h("p", { class: "thinking" }, dots(), "Sending the command…");
  return h(
    "article",
    { key: interaction.id, class: "message pending" },
    h("p", { class: "context" }, avatar(user, "tiny"), h("b", null, userName(interaction.user)), " used ", h("span", { class: "mention" }, "/" + interaction.command)),
    avatar(state.users.get(state.bot) ?? { bot: true, display: "bot" }),
    h("div", { class: "body" }, words),
  );
}

// ── scrolling

/** Notes where the reader is; called before drawing. */
export function beforeDrawing(scroller) {
  if (shownChannel === state.open && shownAs === state.me) return;
  shownChannel = state.open;
  shownAs = state.me;
  pinned = true;
  firstNew = newest(state.read.get(`${state.me} ${state.open}`));
  scroller.scrollTop = 0;
}

function newest(read) {
  if (!read) return "";
  const unread = visibleMessages(state.open).find((message) => compareIds(message.id, read) > 0);
  return unread && unread.author !== state.me ? unread.id : "";
}

/** Keeps a reader at the end at the end, and leaves everyone else where they are. */
export function afterDrawing(scroller, jump) {
  const forum = opened()?.kind === "forum";
  if (state.follow) pinned = true;
  state.follow = false;
  if (state.spotlight) showSpotlight(scroller);
  else if (pinned && !forum) scroller.scrollTop = scroller.scrollHeight;
  if (!forum && scroller.scrollHeight <= scroller.clientHeight) loadEarlier(scroller);
  const away = !pinned && !forum && distance(scroller) > NEAR_PX;
  jump.hidden = !away;
  if (!away && document.hasFocus()) markRead();
}

function showSpotlight(scroller) {
  const target = scroller.querySelector(`[data-message="${CSS.escape(state.spotlight)}"]`);
  if (!target) {
    if (!loadEarlier(scroller)) state.spotlight = "";
    return;
  }
  target.scrollIntoView({ block: "center" });
  pinned = distance(scroller) < NEAR_PX;
  target.focus({ preventScroll: true });
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) target.animate(SPOTLIGHT, 2400);
  state.spotlight = "";
}

export function watchScrolling(scroller, jump) {
  scroller.addEventListener("scroll", () => {
    pinned = distance(scroller) < NEAR_PX;
    if (pinned) jump.hidden = true;
    if (scroller.scrollTop < 200) loadEarlier(scroller);
  });
  jump.addEventListener("click", () => pin(scroller));
  new ResizeObserver(() => pinned && opened()?.kind !== "forum" && (scroller.scrollTop = scroller.scrollHeight)).observe(scroller.firstElementChild);
}

export function pin(scroller) {
  pinned = true;
  scroller.scrollTop = scroller.scrollHeight;
}

const distance = (scroller) => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;

/** Whether there is something earlier to load. */
function loadEarlier(scroller) {
  const channel = state.open;
  const oldest = state.messages.get(channel)?.[0];
  if (state.complete.has(channel) || !oldest) return false;
  if (!loading) fetchEarlier(scroller, channel, oldest.id);
  return true;
}

async function fetchEarlier(scroller, channel, oldest) {
  loading = true;
  const height = scroller.scrollHeight;
  keepEarlier(channel, await api.history(channel, oldest));
  requestAnimationFrame(() => {
    loading = false;
    if (!pinned) scroller.scrollTop += scroller.scrollHeight - height;
  });
}
