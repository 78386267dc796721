// The signs of channels, forums and threads, drawn with strokes.

import { h } from "./dom.js";

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
