// Fields in which one or several options are looked up by typing. Law: a picker's value is the list of options shown in it.

import { h, icon } from "./dom.js";

/**
 * `find(text)` answers [{value, label, …}], at once or as a promise. `chosen` is the start; `changed` hears each change.
 * Returns {node, chosen()}.
 */
export function picker({ id, find, chosen = [], multiple, placeholder, label, changed = () => {} }) {
  const own = { chosen: [...chosen], options: [], at: 0, asked: 0 };
  const chips = h("span", { class: "chips" });
  const list = h("ul", { class: "picker-list", role: "listbox", id: `${id}-list`, hidden: true });
  const input = h("input", {
    id, type: "text", class: "picker-input", role: "combobox", autocomplete: "off", "aria-expanded": "false", "aria-controls": `${id}-list`,
    "aria-label": label, placeholder: placeholder || "Type to search",
  });
  const node = h("div", { class: "picker field" }, chips, input, list);
  const parts = { own, chips, list, input, find, multiple, changed };
  input.addEventListener("input", () => search(parts));
  input.addEventListener("focus", () => search(parts));
  input.addEventListener("blur", () => setTimeout(() => shut(parts), 120));
  input.addEventListener("keydown", (event) => key(event, parts));
  node.addEventListener("click", (event) => event.target === node && input.focus());
  drawChips(parts);
  return { node, chosen: () => own.chosen };
}

async function search(parts) {
  const { own, input, find } = parts;
  const turn = ++own.asked;
  const found = await find(input.value.trim());
  if (turn !== own.asked || document.activeElement !== input) return;
  const taken = new Set(own.chosen.map((option) => option.value));
  own.options = found.filter((option) => !taken.has(option.value)).slice(0, 50);
  own.at = 0;
  drawList(parts);
}

function drawList(parts) {
  const { own, list, input } = parts;
  list.replaceChildren(...own.options.map((option, index) => row(parts, option, index)));
  if (!own.options.length) list.append(h("li", { class: "picker-none" }, "No matches"));
  list.hidden = false;
  input.setAttribute("aria-expanded", "true");
}

function row(parts, option, index) {
  const active = index === parts.own.at;
  const el = h("li", { role: "option", class: "picker-option", "aria-selected": String(active), testid: "picker-option", data: { value: option.value } },
    option.label, option.hint && h("small", {}, option.hint));
  el.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    take(parts, option);
  });
  if (active) queueMicrotask(() => el.scrollIntoView({ block: "nearest" }));
  return el;
}

function take(parts, option) {
  const { own, input, multiple, changed } = parts;
  own.chosen = multiple ? [...own.chosen, option] : [option];
  input.value = "";
  drawChips(parts);
  shut(parts);
  changed();
}

function drop(parts, option) {
  parts.own.chosen = parts.own.chosen.filter((other) => other !== option);
  drawChips(parts);
  parts.input.focus();
  parts.changed();
}

function drawChips(parts) {
  parts.chips.replaceChildren(...parts.own.chosen.map((option) =>
    h("span", { class: "chip" }, option.label,
      h("button", { type: "button", "aria-label": `Remove ${option.label}`, onclick: () => drop(parts, option) }, icon("close", 12)))));
}

function shut({ list, input }) {
  list.hidden = true;
  input.setAttribute("aria-expanded", "false");
}

function key(event, parts) {
  const { own, list, input } = parts;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && own.options.length) {
    event.preventDefault();
    own.at = (own.at + step + own.options.length) % own.options.length;
    drawList(parts);
  } else if (event.key === "Enter") {
    event.preventDefault();
    if (!list.hidden && own.options[own.at]) take(parts, own.options[own.at]);
  } else if (event.key === "Escape" && !list.hidden) {
    event.preventDefault();
    event.stopPropagation();
    shut(parts);
  } else if (event.key === "Backspace" && !input.value && own.chosen.length) drop(parts, own.chosen.at(-1));
}
