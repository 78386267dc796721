// Embeds: a coloured edge, words and a picture.

import { h } from "./dom.js";
import { inline, link, markdown } from "./markdown.js";
import { enlarge, pictureButton, shapeOf } from "./pictures.js";
import { spoken } from "./times.js";

export function embedView(embed) {
  const colour = embed.color === undefined ? "var(--line-strong)" : `#${embed.color.toString(16).padStart(6, "0")}`;
  return h(
    "article",
    { class: `embed${embed.thumbnail ? " withthumb" : ""}`, vars: { "--bar": colour } },
    h("div", { class: "embedtext" }, words(embed)),
    embed.thumbnail && picture(embed.thumbnail, "thumbnail"),
    embed.image && picture(embed.image, "image"),
    footer(embed),
  );
}

function words(embed) {
  return [
    embed.author && h("p", { class: "author" }, embed.author.name),
    embed.title && h("h3", null, embed.url ? link(embed.url, inline(embed.title)) : inline(embed.title)),
    embed.description && h("div", { class: "markdown" }, markdown(embed.description)),
    embed.fields && h("dl", { class: "fields" }, embed.fields.map(field)),
  ];
}

function field({ name, value, inline: beside }) {
  return h("div", { class: beside ? "field beside" : "field" }, h("dt", null, inline(name)), h("dd", { class: "markdown" }, markdown(value)));
}

function picture(image, kind) {
  if (!image.local) return h("p", { class: "outside" }, "A picture from elsewhere is not loaded in the sandbox.");
  const file = { url: image.url, alt: image.alt ?? "", name: image.name, width: image.width, height: image.height };
  return h("figure", { class: `picture ${kind}`, vars: shapeOf(image) }, pictureButton(file, () => enlarge([file], 0)));
}

function footer(embed) {
  const parts = [embed.footer?.text, embed.timestamp && spoken(Date.parse(embed.timestamp))].filter(Boolean);
  return parts.length > 0 && h("p", { class: "footer" }, parts.join(" · "));
}
