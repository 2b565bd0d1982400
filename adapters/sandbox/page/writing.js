// A field in which something is written and sent, on either platform. Law: what is half typed stays, per person and place.

import { refused } from "./api.js";
import { Suggestions } from "./complete.js";
import { h, icon } from "./dom.js";

const drafts = new Map();

/** What a composer adds: `suggested()` answers what could be completed, `order(text)` what is asked of the server. */
export class Writing {
  #sent = Promise.resolve();
  place = "";

  constructor(app, testid, sendTestid) {
    this.app = app;
    this.field = h("textarea", { class: "composer-field", rows: "1", testid, dir: "auto", autocomplete: "off", spellcheck: "true" });
    this.sendButton = h("button", { type: "button", class: "send", "aria-label": "Send", title: "Send (Enter)", testid: sendTestid, onclick: () => this.send() }, icon("send"));
  }

  /** Once `this.box` is there. */
  listen() {
    this.suggestions = new Suggestions(this.field, this.box, (text) => this.put(text));
    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("blur", () => setTimeout(() => this.suggestions.hide(), 150));
    this.field.addEventListener("keydown", (event) => this.key(event));
  }

  key(event) {
    if (event.isComposing || this.suggestions.key(event) || this.keyed(event)) return;
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    this.send();
  }

  typed() {
    if (this.field.value) this.app.ui.byHand = true;
    drafts.set(this.place, this.field.value);
    this.#fit();
    this.suggestions.show(this.suggested());
  }

  #fit() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, 180)}px`;
    this.sendButton.disabled = !this.field.value.trim();
  }

  /** Writes a text into the field and puts the caret behind it. */
  put(text) {
    this.field.value = text;
    this.field.focus();
    this.field.setSelectionRange(text.length, text.length);
    this.typed();
  }

  insert(text) {
    this.field.focus();
    this.field.setRangeText(text, this.field.selectionStart, this.field.selectionEnd, "end");
    this.typed();
  }

  /** Sends what is written; what is written meanwhile goes out after it, in its turn. */
  async send() {
    const text = this.field.value.trim();
    if (!text) return;
    const { place } = this;
    const order = this.order(text);
    this.clear(place);
    this.#sent = this.#sent.then(() => this.app.act(order));
    const answer = await this.#sent;
    if (refused(answer) && place === this.place && !this.field.value) this.put(text);
  }

  clear(place) {
    drafts.delete(place);
    this.field.value = "";
    this.suggestions.hide();
    this.#fit();
  }

  /** Shows what was half typed at a place, where it is another one than before. */
  goTo(place) {
    if (place === this.place) return;
    this.place = place;
    this.field.value = drafts.get(place) ?? "";
    this.suggestions.hide();
    this.#fit();
  }

  call(label) {
    this.field.placeholder = label;
    this.field.setAttribute("aria-label", label);
  }
}
