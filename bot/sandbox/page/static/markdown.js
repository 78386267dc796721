// The part of Discord's markdown that messages use, as a tree; text from people never becomes markup of the page.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { goTo, state, userName } from "./store.js";
import { inWords, written } from "./times.js";

const FENCE = /^```(?:[\w+-]*\n)?([\s\S]*?)\n?```\n?/;
const BLOCKS = [
  [FENCE, ([, code]) => h("pre", { tabindex: 0 }, h("code", null, code))],
  [/^(#{1,3}) +([^\n]+)(?:\n|$)/, ([, marks, text]) => h(`h${marks.length + 2}`, null, inline(text))],
  [/^-# +([^\n]+)(?:\n|$)/, ([, text]) => h("small", null, inline(text))],
  [/^(?:> [^\n]*(?:\n|$))+/, ([all]) => h("blockquote", null, markdown(all.replace(/^> /gm, "")))],
  [/^(?: *[-*] +[^\n]+(?:\n|$))+/, ([all]) => h("ul", null, items(all, /^ *[-*] +/))],
  [/^(?: *\d+\. +[^\n]+(?:\n|$))+/, ([all]) => h("ol", { start: parseInt(all, 10) }, items(all, /^ *\d+\. +/))],
];

const INLINE = [
  [/^\\([^\p{L}\p{N}\s])/u, ([, sign]) => sign],
  [/^(`+)([\s\S]*?[^`])\1(?!`)/, ([, , code]) => h("code", null, code.replace(/^ (.*) $/, "$1"))],
  [/^<t:(-?\d{1,13})(?::([tTdDfFR]))?>/, ([, seconds, style]) => moment(Number(seconds) * 1000, style)],
  [/^<@!?(\d+)>/, ([, id]) => chip("@" + userName(id), id === state.me ? "mention you" : "mention")],
  [/^<@&(\d+)>/, () => chip("@role", "mention")],
  [/^<#(\d+)>/, ([, id]) => channelChip(id)],
  [/^@(everyone|here)\b/, ([all]) => chip(all, "mention")],
  [/^<\/([^:>]+):\d+>/, ([, name]) => chip("/" + name, "mention")],
  [/^<a?:(\w+):\d+>/, ([, name]) => `:${name}:`],
  [/^\|\|([\s\S]+?)\|\|/, ([, text]) => spoiler(inline(text))],
  [/^\*\*\*([^\s*](?:[\s\S]*?[^\s*])?)\*\*\*/, ([, text]) => h("strong", null, h("em", null, inline(text)))],
  [/^\*\*(\S|\S[\s\S]*?\S)\*\*(?!\*)/, ([, text]) => h("strong", null, inline(text))],
  [/^__(\S|\S[\s\S]*?\S)__(?!_)/, ([, text]) => h("u", null, inline(text))],
  [/^~~(\S|\S[\s\S]*?\S)~~/, ([, text]) => h("s", null, inline(text))],
  [/^\*([^\s*]|[^\s*][\s\S]*?[^\s*])\*(?!\*)/, ([, text]) => h("em", null, inline(text))],
  [/^_([^\s_]|[^\s_][\s\S]*?[^\s_])_(?![\p{L}\p{N}_])/u, ([, text]) => h("em", null, inline(text))],
  [/^\[([^\]\n]+)\]\(<?(https?:\/\/[^\s)>]+)>?\)/, ([, text, url]) => link(url, inline(text))],
  [/^<(https?:\/\/[^\s>]+)>/, ([, url]) => link(url, url)],
  [/^https?:\/\/[^\s<]+[^\s<.,:;"')\]!?]/, ([url]) => link(url, null)],
  [/^\n/, () => h("br")],
];
const PLAIN = /^[\s\S][^\\`<@|*_~[\nh]*/u;

/** A whole text: paragraphs, lists, quotes, code, small print. */
export function markdown(text) {
  const out = [];
  let rest = text;
  let run = "";
  const flush = () => {
    if (run) out.push(inline(run.replace(/\n$/, "")));
    run = "";
  };
  while (rest) {
    const [found, make] = first(BLOCKS, rest) ?? [];
    if (found) {
      flush();
      out.push(make(found));
      rest = rest.slice(found[0].length);
    } else {
      const line = rest.match(/^[^\n]*(?:\n(?!```)|\n?(?=```)|$)/)[0] || rest[0];
      run += line;
      rest = rest.slice(line.length);
    }
  }
  flush();
  return out;
}

/** One run of text without blocks: a title, a label. */
export function inline(text) {
  const out = [];
  let rest = text;
  let before = "";
  while (rest) {
    const [found, make] = insideWord(before, rest) ? [] : (first(INLINE, rest) ?? []);
    const piece = found ? found[0] : rest.match(PLAIN)[0];
    if (found) out.push(make(found));
    else if (typeof out.at(-1) === "string") out.push(out.pop() + piece);
    else out.push(piece);
    before = piece.at(-1);
    rest = rest.slice(piece.length);
  }
  return out;
}

const insideWord = (before, rest) => (rest[0] === "_" || rest[0] === "h") && /[\p{L}\p{N}]/u.test(before);

function first(rules, text) {
  for (const [pattern, make] of rules) {
    const found = text.match(pattern);
    if (found) return [found, make];
  }
  return undefined;
}

function items(text, mark) {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => h("li", null, inline(line.replace(mark, ""))));
}

function moment(ms, style = "f") {
  if (Number.isNaN(new Date(ms).getTime())) return "an unknown time";
  const iso = new Date(ms).toISOString();
  if (style !== "R") return h("time", { class: "stamp", datetime: iso, title: written(ms, "F") }, written(ms, style));
  return h("time", { class: "stamp", datetime: iso, title: written(ms, "F"), "data-relative": String(ms), opaque: true }, inWords(ms));
}

function chip(text, kind) {
  return h("span", { class: kind }, text);
}

function channelChip(id, message = "") {
  const channel = state.channels.get(id);
  if (!channel) return chip("#unknown channel", "mention");
  const mark = channel.kind === "thread" ? icon(channel) : "#";
  const go = () => goTo(id, message);
  return h("button", { type: "button", class: "mention", onclick: go }, mark, channel.name, message ? " › message" : "");
}

function spoiler(children) {
  const show = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.currentTarget.classList.add("shown");
    event.currentTarget.setAttribute("aria-label", "Spoiler, shown");
  };
  const props = { class: "spoiler", role: "button", tabindex: 0, "aria-label": "Spoiler, press to show" };
  return h("span", { ...props, onclick: show, onkeydown: show }, h("span", null, children));
}

/** Links to messages of this Discord lead there inside the page; others open in a tab of their own. */
export function link(url, children) {
  const inside = url.match(/^https:\/\/(?:\w+\.)?discord\.com\/channels\/\d+\/(\d+)(?:\/(\d+))?$/);
  if (inside && state.channels.has(inside[1])) return insideLink(inside[1], inside[2], children);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, children ?? url);
}

function insideLink(channel, message, children) {
  if (children === null || typeof children === "string") return channelChip(channel, message);
  const go = () => goTo(channel, message ?? "");
  return h("button", { type: "button", class: "textlink", onclick: go }, children);
}
