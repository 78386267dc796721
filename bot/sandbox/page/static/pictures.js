// Attached files: pictures in a grid, larger ones on request, everything else as a file to save.

import { h, render } from "./dom.js";
import { change, state } from "./store.js";

const UNITS = ["bytes", "KiB", "MiB"];

export function attachments(files) {
  const pictures = files.filter((file) => file.picture);
  const others = files.filter((file) => !file.picture);
  return [pictures.length > 0 && grid(pictures), others.map(download)];
}

function grid(pictures) {
  return h("div", { class: pictures.length === 1 ? "grid alone" : "grid" }, pictures.map((_, index) => cell(pictures, index)));
}

function cell(pictures, index) {
  const file = pictures[index];
  return h(
    "figure",
    { key: file.id, class: "picture", vars: shapeOf(file) },
    pictureButton(file, () => enlarge(pictures, index)),
    file.alt && h("span", { class: "alt", "aria-hidden": "true", tabindex: -1 }, "ALT", h("span", { class: "alttext" }, file.alt)),
  );
}

/** The picture's own shape, so that nothing moves when it has loaded. */
export const shapeOf = ({ width, height }) => (width && height ? { "--ratio": `${width} / ${height}`, "--width": `${width}px` } : {});

export function pictureButton(file, onclick) {
  const size = file.width ? { width: file.width, height: file.height } : {};
  const image = h("img", { src: file.url, alt: file.alt ?? file.name, loading: "lazy", decoding: "async", ...size });
  return h("button", { type: "button", class: "enlarge", title: "Enlarge", onclick }, image);
}

function download(file) {
  return h(
    "div",
    { class: "file", key: file.id },
    h("span", { class: "fileicon", "aria-hidden": "true" }, file.name.split(".").at(-1).slice(0, 4)),
    h("span", { class: "filename" }, h("a", { href: file.url, download: file.name }, file.name), h("small", null, bytes(file.size))),
  );
}

export function bytes(size) {
  let unit = 0;
  let amount = size;
  while (amount >= 1024 && unit < UNITS.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  return `${unit ? amount.toFixed(1) : amount} ${UNITS[unit]}`;
}

export function enlarge(files, index) {
  change((it) => (it.pictures = { files, index }));
}

/** The large view: a native dialog, so that focus stays inside and Escape closes it. */
export function drawLightbox(dialog) {
  const shown = state.pictures;
  if (!shown) {
    if (dialog.open) dialog.close();
    return;
  }
  const { files, index } = shown;
  const file = files[index];
  const step = (by) => change((it) => (it.pictures = { files, index: (index + by + files.length) % files.length }));
  render(
    dialog,
    h("img", { src: file.url, alt: file.alt ?? file.name, onclick: close }),
    h("div", { class: "caption" }, h("p", null, file.alt ?? file.name), h("a", { href: file.url, target: "_blank", rel: "noopener" }, "Open the original")),
    files.length > 1 && h("button", { type: "button", class: "step back", "aria-label": "Previous picture", onclick: () => step(-1) }, "‹"),
    files.length > 1 && h("button", { type: "button", class: "step on", "aria-label": "Next picture", onclick: () => step(1) }, "›"),
    h("button", { type: "button", class: "shut", "aria-label": "Close", onclick: close }, "×"),
  );
  dialog.onclose = close;
  dialog.onclick = (event) => event.target === dialog && close();
  dialog.onkeydown = (event) => {
    if (files.length > 1 && event.key === "ArrowRight") step(1);
    if (files.length > 1 && event.key === "ArrowLeft") step(-1);
  };
  if (!dialog.open) dialog.showModal();
}

function close() {
  if (state.pictures) change((it) => (it.pictures = null));
}
