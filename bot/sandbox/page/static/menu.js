// The list above the composer: commands, options or values to choose from.

import { h } from "./dom.js";
import { dots } from "./message.js";

export function menuView(list, active) {
  if (!list || (!list.title && list.items.length === 0 && !list.loading && !list.empty)) return null;
  return h(
    "div",
    { class: list.compact ? "menu compact" : "menu" },
    h("p", { class: "menutitle" }, h("b", null, list.title), list.about && h("span", null, list.about)),
    list.loading && h("p", { class: "menunote", role: "status" }, dots(), "loading choices…"),
    !list.loading && list.items.length === 0 && list.empty && h("p", { class: "menunote" }, list.empty),
    h("ul", { id: "composer-list", role: "listbox", "aria-label": list.title }, list.items.map((item, index) => choice(item, index, index === active))),
  );
}

function choice(item, index, isActive) {
  const take = (event) => {
    event.preventDefault();
    item.pick();
  };
  return h(
    "li",
    { key: item.key, id: `choice-${index}`, role: "option", class: isActive ? "active" : "", "aria-selected": String(isActive), onpointerdown: take },
    h("span", { class: "choicename" }, item.name),
    item.options?.length > 0 && h("span", { class: "choiceoptions" }, item.options.slice(0, 4).map((option) => h("span", { class: option.required ? "needed" : "" }, option.name)), item.options.length > 4 && `+${item.options.length - 4}`),
    item.note && h("span", { class: "choicenote" }, item.note),
  );
}
