// Completion while typing: slash commands, @people, #channels, :emoji:. Law: it offers; Enter sends unless an offer is being chosen.

import { h } from "./dom.js";
import { findEmoji, glyph } from "./emoji.js";
import { avatar } from "./people.js";

/** What may be offered at the caret of `field`: [{label, hint, lead, text}] with the whole new text, or []. */
export function suggest(field, app, { inThread }) {
  const before = field.value.slice(0, field.selectionStart);
  const after = field.value.slice(field.selectionStart);
  if (before.startsWith("/")) return inThread ? [] : commands(before, after, app);
  const [, sign, part] = before.match(/(?:^|[\s(])([@#:])([\p{L}\p{N}_+.-]*)$/u) ?? [];
  if (!sign) return [];
  const put = (word) => `${before.slice(0, before.length - part.length - 1)}${word} ${after}`;
  return OFFERS[sign](part.toLowerCase(), put, app).slice(0, 8);
}

function commands(before, after, app) {
  const [word, ...rest] = before.split(" ");
  const all = app.state.commands ?? [];
  if (rest.length) return all.filter((one) => one.command === word).map((one) => usage(one));
  return all.filter((one) => one.command.startsWith(word.toLowerCase())).map((one) => ({ ...usage(one), text: `${one.command} ${after}`, offer: true }));
}

const usage = ({ command, usage_hint: hint, description }) => ({ label: command, usage: hint ?? "", hint: description, lead: "/", offer: false });

const OFFERS = {
  "@": (part, put, app) =>
    [...app.state.people.filter((one) => !one.deleted), ...EVERYBODY]
      .filter((one) => `${one.name} ${one.real_name}`.toLowerCase().includes(part))
      .map((one) => ({ label: one.real_name || one.name, hint: `@${one.name}`, lead: one.id ? avatar(one, "small") : "@", text: put(`@${one.name}`), offer: true })),
  "#": (part, put, app) =>
    app.state.channels.filter((one) => ["channel", "private"].includes(one.kind) && one.name.includes(part))
      .map((one) => ({ label: one.name, hint: one.purpose, lead: "#", text: put(`#${one.name}`), offer: true })),
  ":": (part, put) =>
    (part.length < 2 ? [] : findEmoji(part, 8)).map((name) => ({ label: `:${name}:`, lead: glyph(name), text: put(`:${name}:`), offer: true })),
};

const EVERYBODY = [{ id: "", name: "here", real_name: "Everybody who is here" }, { id: "", name: "channel", real_name: "Everybody in the channel" }];

export class Suggestions {
  #items = [];
  #at = -1;

  /** `take(text)` gets the whole new text of the field. */
  constructor(field, host, take) {
    Object.assign(this, { field, take });
    this.list = h("ul", { class: "suggestions", role: "listbox", id: `suggestions-${field.dataset.testid}`, testid: "suggestions", "aria-label": "Suggestions", hidden: true });
    host.prepend(this.list);
    field.setAttribute("aria-controls", this.list.id);
    field.setAttribute("aria-autocomplete", "list");
  }

  show(items) {
    this.#items = items;
    this.#at = items[0]?.offer ? 0 : -1;
    this.#draw();
  }

  hide() {
    this.show([]);
  }

  #draw() {
    this.list.hidden = !this.#items.length;
    this.list.replaceChildren(...this.#items.map((item, index) => this.#row(item, index)));
    if (this.#at >= 0) this.field.setAttribute("aria-activedescendant", `${this.list.id}-${this.#at}`);
    else this.field.removeAttribute("aria-activedescendant");
  }

  #row(item, index) {
    const row = h("li", { role: "option", id: `${this.list.id}-${index}`, class: "suggestion", "aria-selected": String(index === this.#at), testid: "suggestion" },
      h("span", { class: "suggestion-lead" }, item.lead), h("strong", {}, item.label), item.usage && h("code", {}, item.usage), item.hint && h("span", { class: "suggestion-hint" }, item.hint));
    row.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      if (item.offer) this.take(item.text);
    });
    return row;
  }

  /** True if the key was meant for the list. */
  key(event) {
    const chosen = this.#items[this.#at];
    if (!this.#items.length) return false;
    if (event.key === "Escape") return this.#used(event, () => this.hide());
    if (!chosen) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) return this.#used(event, () => this.#step(step));
    const complete = this.field.value.trim() === chosen.text.trim();
    if (event.key === "Tab" || (event.key === "Enter" && !complete)) return this.#used(event, () => this.take(chosen.text));
    return false;
  }

  #step(by) {
    this.#at = (this.#at + by + this.#items.length) % this.#items.length;
    this.#draw();
  }

  #used(event, run) {
    event.preventDefault();
    event.stopPropagation();
    run();
    return true;
  }
}
