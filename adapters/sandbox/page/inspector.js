// What went to and came from the bot. Law: an entry is drawn once; its JSON only when it is opened.

import { h, iconButton, keyed } from "./dom.js";
import { clockSeconds } from "./times.js";

export class Inspector {
  constructor(app) {
    this.app = app;
    this.filter = h("input", { type: "search", class: "field", placeholder: "Filter by name or content", "aria-label": "Filter payloads", testid: "inspector-filter", oninput: () => this.update(app) });
    this.count = h("span", { class: "thread-place" });
    this.list = h("div", { class: "payloads", testid: "payloads" });
    const close = iconButton("close", "Close payloads", () => app.set({ inspector: false }), { testid: "inspector-close" });
    this.el = h("aside", { class: "inspector", "aria-label": "Payloads", testid: "inspector", hidden: true },
      h("header", { class: "side-head" }, h("h2", {}, "Payloads"), this.count, close), h("div", { class: "inspector-filter" }, this.filter), this.list);
  }

  update(app) {
    this.el.hidden = !app.ui.inspector;
    document.body.classList.toggle("with-inspector", app.ui.inspector);
    if (!app.ui.inspector) return;
    const wanted = this.filter.value.trim().toLowerCase();
    const all = app.state.payloads ?? [];
    const shown = all.filter((one) => !wanted || JSON.stringify(one).toLowerCase().includes(wanted));
    this.count.textContent = wanted ? `${shown.length} of ${all.length}` : String(all.length);
    keyed(this.list, [...shown].reverse(), { key: (one) => String(one.id), sign: (one) => `${one.status} ${one.ms} ${one.note} ${app.zone}`, build: (one, old) => this.#entry(one, old) });
    if (!shown.length) this.list.replaceChildren(h("p", { class: "empty", data: { key: "none" } }, "Nothing yet. Every event, command and answer will be listed here."));
  }

  #entry(one, old) {
    const inward = one.direction === "to bot";
    const body = h("div", { class: "payload-body" });
    const entry = h("details", { class: "payload", testid: "payload", data: { direction: one.direction, name: one.name }, open: Boolean(old?.open) },
      h("summary", {},
        h("span", { class: `direction ${inward ? "in" : "out"}`, title: one.direction }, inward ? "→ bot" : "bot →"),
        h("span", { class: "payload-name" }, one.name),
        h("span", { class: `status ${one.status === 0 || Number(one.status) >= 400 || /err|fail/i.test(one.status) ? "bad" : ""}` }, one.status === 0 ? "no answer" : String(one.status ?? "")),
        h("span", { class: "payload-time" }, `${one.ms ?? "–"} ms · ${one.at ? clockSeconds(new Date(one.at), this.app.zone) : ""}`)), body);
    const fill = () => entry.open && !body.childElementCount && body.append(...sections(one));
    entry.addEventListener("toggle", fill);
    fill();
    return entry;
  }
}

function sections(one) {
  const part = (title, value) => (value === null || value === undefined || value === "" ? [] : [h("h3", {}, title), h("div", { class: "json" }, tree(value))]);
  return [one.note && h("p", { class: "payload-note" }, one.note), ...part("Request", parsed(one.request)), ...part("Response", parsed(one.response))].filter(Boolean);
}

function parsed(value) {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** A JSON value as a tree that can be folded; deep levels start folded. */
function tree(value, depth = 0) {
  if (value === null || typeof value !== "object") return leaf(value);
  const entries = Object.entries(value);
  if (!entries.length) return h("span", { class: "json-plain" }, Array.isArray(value) ? "[]" : "{}");
  const summary = Array.isArray(value) ? `[ ${entries.length} ]` : `{ ${entries.slice(0, 3).map(([key]) => key).join(", ")}${entries.length > 3 ? ", …" : ""} }`;
  const rows = h("div", { class: "json-rows" });
  const node = h("details", { open: depth < 2 }, h("summary", {}, summary), rows);
  const fill = () => node.open && !rows.childElementCount && rows.append(...entries.map(([key, child]) => h("div", { class: "json-row" }, h("span", { class: "json-key" }, `${key}: `), tree(child, depth + 1))));
  node.addEventListener("toggle", fill);
  fill();
  return node;
}

function leaf(value) {
  return h("span", { class: `json-${value === null ? "null" : typeof value}` }, typeof value === "string" ? JSON.stringify(value) : String(value));
}
