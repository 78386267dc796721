// Puts the page together: one drawing of everything for each change.

import { attach, composerView, replyTo, settleFocus } from "./composer.js";
import { render, h } from "./dom.js";
import { drawModal } from "./modal.js";
import { personSwitch } from "./people.js";
import { drawLightbox } from "./pictures.js";
import { watchPicker } from "./reactions.js";
import { icon } from "./icons.js";
import { sidebar } from "./sidebar.js";
import { change, markRead, onChange, opened, state } from "./store.js";
import { listen } from "./stream.js";
import { afterDrawing, beforeDrawing, timeline, watchScrolling } from "./timeline.js";
import { keepTime, tick } from "./times.js";

const place = (id) => document.getElementById(id);
const scroller = place("scroller");
const jump = place("jump");

function draw() {
  beforeDrawing(scroller);
  document.body.classList.toggle("drawer", state.drawer);
  document.title = opened() ? `${opened().name} · ${state.guild.name}` : "Sandbox";
  render(place("sidebar"), sidebar());
  render(place("head"), head());
  render(place("timeline"), state.ready ? timeline(replyTo) : h("p", { class: "empty" }, "Connecting…"));
  render(place("composer"), composerView());
  render(place("notice"), state.notice);
  place("offline").hidden = state.connected || !state.ready;
  drawLightbox(place("lightbox"));
  drawModal(place("modal"));
  settleFocus(place("composer"));
  afterDrawing(scroller, jump);
  tick();
}

function head() {
  const channel = opened();
  const flip = () => change((it) => (it.drawer = !it.drawer));
  return [
    h("button", { type: "button", class: "menubutton", "aria-label": "Channels", "aria-expanded": String(state.drawer), onclick: flip }, "☰"),
    channel && icon(channel),
    h("h2", null, channel?.name ?? ""),
    channel?.topic && h("p", { class: "topic", title: channel.topic }, channel.topic),
    channel?.archived && h("p", { class: "topic" }, "archived"),
    state.people.length > 1 && personSwitch(),
  ];
}

function watchFiles() {
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => hasFiles(event) && (event.preventDefault(), document.body.classList.add("dropping")));
  document.addEventListener("dragleave", (event) => event.relatedTarget === null && document.body.classList.remove("dropping"));
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    document.body.classList.remove("dropping");
    attach([...event.dataTransfer.files]);
  });
}

function watchKeys() {
  document.addEventListener("keydown", (event) => {
    const writing = event.target.closest("input, textarea, select, dialog, button");
    if (event.key === "/" && !writing && !event.ctrlKey && !event.metaKey) place("composer").querySelector("textarea")?.focus();
    if (event.key === "Escape" && state.drawer) change((it) => (it.drawer = false));
  });
  place("veil").addEventListener("click", () => change((it) => (it.drawer = false)));
  window.addEventListener("focus", () => change(markRead));
  window.addEventListener("resize", () => change());
}

onChange(draw);
watchScrolling(scroller, jump);
watchPicker();
watchFiles();
watchKeys();
keepTime();
listen();
change();
