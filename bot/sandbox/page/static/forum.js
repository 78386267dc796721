// A forum: its posts as cards, the liveliest first.

import { h } from "./dom.js";
import { inline } from "./markdown.js";
import { avatar } from "./people.js";
import { count } from "./message.js";
import { goTo, news, state, threadsOf, userName } from "./store.js";
import { inWords } from "./times.js";

const EPOCH_MS = 1_420_070_400_000n;

export function forumView(channel) {
  const posts = threadsOf(channel.id);
  if (posts.length === 0) return h("section", { class: "empty" }, h("h2", null, channel.name), h("p", null, "No posts yet. Projects get theirs here as soon as pictures are drawn for them."));
  return h("ul", { class: "posts" }, posts.map(card));
}

function card(post) {
  const messages = state.messages.get(post.id) ?? [];
  const starter = messages[0];
  const picture = starter?.files.find((file) => file.picture);
  const latest = momentOf(post.last_message ?? post.id);
  return h(
    "li",
    { key: post.id },
    h(
      "button",
      { type: "button", class: `post${news(post.id).unread ? " unread" : ""}`, onclick: () => goTo(post.id) },
      h(
        "span",
        { class: "posttext" },
        h("span", { class: "tags" }, post.tags.map((tag) => h("span", { class: "tag" }, tag)), post.archived && h("span", { class: "tag" }, "archived")),
        h("b", null, post.name),
        starter && h("span", { class: "preview" }, avatar(state.users.get(starter.author), "tiny"), h("span", { class: "name" }, userName(starter.author)), h("span", { class: "words" }, inline(firstLine(starter.content)))),
        h("small", null, count(post.count), " · ", h("time", { "data-relative": String(latest), opaque: true }, inWords(latest))),
      ),
      picture && h("img", { src: picture.url, alt: picture.alt ?? "", loading: "lazy" }),
    ),
  );
}

const firstLine = (text) => text.split("\n")[0].slice(0, 160);

export const momentOf = (id) => Number((BigInt(id) >> 22n) + EPOCH_MS);
