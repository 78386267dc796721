// A short sentence about what could not be done, read aloud and gone after a while.

import { h, render } from "./dom.js";

const SHOWN_MS = 7000;
let timer = 0;

export function complain(text) {
  const place = document.getElementById("toast");
  render(place, h("p", null, text));
  clearTimeout(timer);
  timer = setTimeout(() => render(place), SHOWN_MS);
}
