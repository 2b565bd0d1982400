// Where the visitor writes: a new post, a reply, a chat message. Law: what is half typed stays, per person and place.

import { refused } from "../api.js";
import { Suggestions } from "../complete.js";
import { h, icon, iconButton, when } from "../dom.js";
import { emojiPicker, menu } from "../menus.js";
import { glyph } from "../emoji.js";
import { suggest } from "./complete.js";
import { plainly } from "./said.js";

const drafts = new Map();

export class Composer {
  #place = "";
  #sent = Promise.resolve();

  /** `root()` answers the thread's first message where this composer writes into a thread. */
  constructor(app, { root = () => null, testid = "composer" } = {}) {
    this.app = app;
    this.root = root;
    this.inThread = testid !== "composer";
    this.field = h("textarea", { class: "composer-field", rows: "1", testid, dir: "auto", autocomplete: "off", spellcheck: "true" });
    this.sendButton = h("button", { type: "button", class: "send", "aria-label": "Send", title: "Send (Enter)", testid: this.inThread ? "reply-send" : "send", onclick: () => this.send() }, icon("send"));
    this.quote = h("div", { class: "composer-quote", testid: "composer-quote", hidden: true });
    this.box = h("div", { class: "composer" }, this.quote, this.field, this.#bar());
    this.el = h("div", { class: this.inThread ? "composer-wrap answer" : "composer-wrap" }, this.box);
    this.suggestions = new Suggestions(this.field, this.box, (text) => this.put(text));
    this.field.addEventListener("input", () => this.#typed());
    this.field.addEventListener("blur", () => setTimeout(() => this.suggestions.hide(), 150));
    this.field.addEventListener("keydown", (event) => this.#key(event));
  }

  #bar() {
    this.file = h("input", { type: "file", hidden: true, testid: this.inThread ? "reply-file" : "file-input", "aria-label": "File", onchange: () => this.#upload() });
    return h("div", { class: "composer-bar" },
      iconButton("plus", "Actions and apps", (event) => this.#apps(event.currentTarget), { testid: this.inThread ? "reply-apps" : "apps" }), this.file,
      iconButton("smile", "Emoji", (event) => emojiPicker(event.currentTarget, (name) => this.insert(`${glyph(name)} `))),
      iconButton("at", "Mention somebody", () => this.insert("@")),
      this.hint = h("span", { class: "composer-hint" }),
      this.inThread && iconButton("close", "Close the reply", () => this.app.set({ reply: null, quote: null }), { testid: "reply-close" }), this.sendButton);
  }

  #apps(anchor) {
    const { app } = this;
    const offers = app.channel(app.ui.channel)?.installed ? app.state.offers.compose : [];
    menu(anchor, [
      { label: "Attach a file", icon: "file", testid: "attach", run: () => this.file.click() },
      offers.length > 0 && { heading: app.bot.name },
      ...offers.map((one) => ({ label: one.title, icon: "bolt", testid: "compose-command", data: { command: one.id }, run: () => app.act({ do: "compose", command: one.id, channel: app.thread(this.root()) }) })),
    ], { label: "Actions and apps", testid: "apps-menu" });
  }

  #key(event) {
    if (event.isComposing || this.suggestions.key(event)) return;
    if (event.key === "Escape" && this.inThread && !this.field.value) this.app.set({ reply: null, quote: null });
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    this.send();
  }

  #typed() {
    if (this.field.value) this.app.ui.byHand = true;
    drafts.set(this.#place, this.field.value);
    this.#fit();
    this.suggestions.show(suggest(this.field, this.app));
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

  async send() {
    const typed = this.field.value.trim();
    if (!typed) return;
    const { app } = this;
    const place = this.#place;
    const order = { as: app.ui.as, do: "say", channel: app.thread(this.root()), text: typed, quote: this.#quoted()?.ts };
    this.#clear(place);
    if (app.ui.quote) app.set({ quote: null });
    this.#sent = this.#sent.then(() => app.act(order));
    const answer = await this.#sent;
    if (refused(answer) && place === this.#place && !this.field.value) this.put(typed);
  }

  #clear(place) {
    drafts.delete(place);
    this.field.value = "";
    this.suggestions.hide();
    this.#fit();
  }

  async #upload() {
    const [chosen] = this.file.files;
    if (!chosen) return;
    const order = { do: "upload", channel: this.app.thread(this.root()), name: chosen.name, text: this.field.value.trim() };
    this.file.value = "";
    if ((await this.app.act(order)).ok) this.#clear(this.#place);
  }

  /** A quotation goes with the composer of the thread, or of the chat. */
  #quoted() {
    const { quote, reply } = this.app.ui;
    return quote && this.inThread === Boolean(reply) ? quote : null;
  }

  update() {
    const { app } = this;
    const channel = app.channel(app.ui.channel);
    const place = `${app.ui.as} ${app.ui.channel} ${this.root() ?? ""}`;
    if (place !== this.#place) {
      this.#place = place;
      this.field.value = drafts.get(place) ?? "";
      this.suggestions.hide();
      this.#fit();
    }
    const label = this.inThread ? "Reply" : channel?.kind === "channel" ? `Start a post in ${channel.name}` : `Message ${channel?.name ?? ""}`;
    this.field.placeholder = label;
    this.field.setAttribute("aria-label", label);
    when(this.hint, [channel?.kind, app.bot.name], () => this.hint.replaceChildren(...hint(channel?.kind, app.bot.name)));
    const quoted = this.#quoted();
    this.quote.hidden = !quoted;
    when(this.quote, quoted?.ts ?? "", () => this.quote.replaceChildren(...(quoted ? [h("span", {}, h("strong", {}, quoted.name), " ", plainly(quoted.text || quoted.summary).slice(0, 90)), iconButton("close", "Without the quote", () => app.set({ quote: null }))] : [])));
  }
}

const hint = (kind, bot) =>
  kind === "personal" ? [h("kbd", {}, "help"), " says what the app can do"] : [h("kbd", {}, `@${bot}`), " to ask the app, ", h("kbd", {}, "/"), " to ask it privately"];
