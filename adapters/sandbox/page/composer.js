// Where the visitor writes. Law: what is half typed stays, per person and channel, whatever the server says meanwhile.

import { refused } from "./api.js";
import { suggest, Suggestions } from "./complete.js";
import { h, icon, iconButton, when } from "./dom.js";
import { emojiPicker } from "./menus.js";

const drafts = new Map();

export class Composer {
  #place = "";
  #sent = Promise.resolve();

  /** `thread()` answers the root's ts where this composer writes into a thread. */
  constructor(app, { thread = () => null, testid = "composer" } = {}) {
    this.app = app;
    this.thread = thread;
    this.field = h("textarea", { class: "composer-field", rows: "1", testid, dir: "auto", autocomplete: "off", spellcheck: "true" });
    this.sendButton = h("button", { type: "button", class: "send", "aria-label": "Send", title: "Send (Enter)", testid: thread() === null ? "send" : "thread-send", onclick: () => this.send() }, icon("send"));
    this.box = h("div", { class: "composer" }, this.field, this.#bar());
    this.closed = h("div", { class: "composer-closed", testid: "composer-closed", hidden: true });
    this.el = h("div", { class: "composer-wrap" }, this.box, this.closed);
    this.suggestions = new Suggestions(this.field, this.box, (text) => this.put(text));
    this.#listen();
  }

  #bar() {
    const add = (text) => () => this.insert(text);
    this.file = h("input", { type: "file", hidden: true, testid: "file-input", "aria-label": "File", onchange: () => this.#upload() });
    return h("div", { class: "composer-bar" },
      iconButton("plus", "Attach a file", () => this.file.click(), { testid: "attach" }), this.file,
      iconButton("smile", "Emoji", (event) => emojiPicker(event.currentTarget, (name) => this.insert(`:${name}: `)), { testid: "composer-emoji" }),
      iconButton("at", "Mention somebody", add("@")),
      this.slash = h("button", { type: "button", class: "icon-button slash", title: "Slash commands", "aria-label": "Slash commands", testid: "slash", onclick: () => this.put("/", true) }, "/"),
      h("span", { class: "composer-hint" }, h("kbd", {}, "Enter"), " to send, ", h("kbd", {}, "Shift Enter"), " for a new line"), this.sendButton);
  }

  #listen() {
    this.field.addEventListener("input", () => this.#typed());
    this.field.addEventListener("blur", () => setTimeout(() => this.suggestions.hide(), 150));
    this.field.addEventListener("keydown", (event) => this.#key(event));
  }

  #key(event) {
    if (event.isComposing || this.suggestions.key(event)) return;
    if (event.key === "ArrowUp" && !this.field.value) return this.#editLast(event);
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    this.send();
  }

  #editLast(event) {
    const { app } = this;
    const root = this.thread();
    const mine = app.state.messages.filter((one) => one.user === app.me && !one.bot && !one.ephemeral && (root ? one.thread_ts === root : !one.thread_ts)).at(-1);
    if (!mine) return;
    event.preventDefault();
    app.set({ editing: mine.ts });
  }

  #typed() {
    if (this.field.value) this.app.ui.byHand = true;
    drafts.set(this.#place, this.field.value);
    this.#fit();
    this.suggestions.show(suggest(this.field, this.app, { inThread: Boolean(this.thread()) }));
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
    this.#typed();
  }

  insert(text) {
    this.field.focus();
    this.field.setRangeText(text, this.field.selectionStart, this.field.selectionEnd, "end");
    this.#typed();
  }

  /** Sends what is written; what is written meanwhile goes out after it, in its turn. */
  async send() {
    const typed = this.field.value.trim();
    if (!typed) return;
    const place = this.#place;
    const order = { as: this.app.ui.as, do: "say", channel: this.app.ui.channel, text: typed, ...this.#inThread() };
    this.#clear(place);
    this.#sent = this.#sent.then(() => this.app.act(order));
    const answer = await this.#sent;
    if (refused(answer) && place === this.#place && !this.field.value) this.put(typed);
  }

  #clear(place) {
    drafts.delete(place);
    this.field.value = "";
    this.suggestions.hide();
    this.#fit();
  }

  #inThread() {
    const root = this.thread();
    return root ? { thread_ts: root } : {};
  }

  async #upload() {
    const [chosen] = this.file.files;
    if (!chosen) return;
    const text = this.field.value.trim();
    const order = { do: "upload", channel: this.app.ui.channel, name: chosen.name, mimetype: chosen.type, size: chosen.size, text, ...this.#inThread() };
    this.file.value = "";
    if ((await this.app.act(order)).ok) this.#clear(this.#place);
  }

  update() {
    const { app } = this;
    const channel = app.channel(app.ui.channel);
    const place = `${app.ui.as} ${app.ui.channel} ${this.thread() ?? ""}`;
    if (place !== this.#place) {
      this.#place = place;
      this.field.value = drafts.get(place) ?? "";
      this.suggestions.hide();
      this.#fit();
    }
    const label = this.thread() ? "Reply…" : `Message ${channel?.kind === "dm" ? "" : "#"}${channel?.name ?? ""}`;
    this.field.placeholder = label;
    this.field.setAttribute("aria-label", label);
    this.slash.hidden = Boolean(this.thread());
    this.#openOrClosed(channel);
  }

  #openOrClosed(channel) {
    const reason = !channel ? "none" : channel.archived ? "archived" : channel.member === false ? "outside" : "";
    this.box.hidden = Boolean(reason);
    this.closed.hidden = !reason || Boolean(this.thread());
    when(this.closed, [reason, channel?.id], (el) => el.replaceChildren(...closedNotice(reason, channel, this.app)));
  }
}

function closedNotice(reason, channel, app) {
  if (reason === "archived") return [h("span", {}, `#${channel.name} is archived: it can be read, not written to.`)];
  if (reason !== "outside") return [];
  const join = () => app.act({ do: "join", channel: channel.id });
  return [h("span", {}, "You are looking at ", h("strong", {}, `#${channel.name}`)), h("button", { type: "button", class: "button primary", testid: "join", onclick: join }, "Join channel")];
}
