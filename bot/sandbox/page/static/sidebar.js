// The left column: the server, its channels and their threads, with what is new in each.

import { h } from "./dom.js";
import { icon } from "./icons.js";
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
