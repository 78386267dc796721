// The left column: the server, its channels and their threads, with what is new in each.

import { h } from "./dom.js";
import { mark } from "./people.js";
import { goTo, news, state, threadsOf, topChannels } from "./store.js";

const MOST_THREADS = 12;

export function sidebar() {
  return h(
    "nav",
    { class: "sidebar", "aria-label": "Channels" },
    h("header", { class: "server" }, h("span", { class: "servermark", "aria-hidden": "true" }, mark()), h("h1", null, state.guild.name)),
    h("ul", { class: "channels" }, topChannels().map(channelGroup)),
  );
}

function channelGroup(channel) {
  const threads = threadsOf(channel.id);
  const shown = threads.filter((thread, index) => index < MOST_THREADS && (!thread.archived || thread.id === state.open));
  return h(
    "li",
    { key: channel.id },
    entry(channel, icon(channel)),
    shown.length > 0 && h("ul", { class: "threads" }, shown.map((thread) => h("li", { key: thread.id }, entry(thread, null)))),
  );
}

function entry(channel, sign) {
  const open = channel.id === state.open;
  const { unread, mentions } = open ? { unread: false, mentions: 0 } : news(channel.id);
  const props = {
    type: "button",
    class: `channel${open ? " open" : ""}${unread ? " unread" : ""}`,
    "aria-current": open ? "page" : null,
    "data-channel": channel.id,
    onclick: () => goTo(channel.id),
  };
  return h(
    "button",
    props,
    unread && h("span", { class: "dot", role: "img", "aria-label": "unread" }),
    sign,
    h("span", { class: "label" }, channel.name),
    mentions > 0 && h("span", { class: "badge", "aria-label": `${mentions} mentions` }, mentions),
  );
}

const ICONS = {
  text: "M9.2 3 7.9 21M16.1 3l-1.3 18M4 8.5h17M3 15.5h17",
  forum: "M4 4.5h16v11H11l-4.5 4v-4H4zM8 8.5h8M8 11.7h5",
  thread: "M5 4v9a4 4 0 0 0 4 4h9m0 0-4-4m4 4-4 4",
};

export function icon(channel) {
  const path = ICONS[channel.kind] ?? ICONS.text;
  return h(
    "svg",
    { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" },
    h("path", { d: path, fill: "none", stroke: "currentColor", "stroke-width": "2", "stroke-linecap": "round", "stroke-linejoin": "round" }),
  );
}
