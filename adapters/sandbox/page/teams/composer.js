// Where the visitor writes: a new post, a reply, a chat message. Law: what is half typed stays, per person and place.

import { h, iconButton, when } from "../dom.js";
import { emojiPicker, menu } from "../menus.js";
import { glyph } from "../emoji.js";
import { Writing } from "../writing.js";
import { suggest } from "./complete.js";
import { plainly } from "./said.js";

export class Composer extends Writing {
  /** `root()` answers the thread's first message where this composer writes into a thread. */
  constructor(app, { root = () => null, testid = "composer" } = {}) {
    super(app, testid, testid === "composer" ? "send" : "reply-send");
    this.root = root;
    this.inThread = testid !== "composer";
    this.quote = h("div", { class: "composer-quote", testid: "composer-quote", hidden: true });
    this.box = h("div", { class: "composer" }, this.quote, this.field, this.#bar());
    this.el = h("div", { class: this.inThread ? "composer-wrap answer" : "composer-wrap" }, this.box);
    this.listen();
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

  keyed(event) {
    if (event.key === "Escape" && this.inThread && !this.field.value) this.app.set({ reply: null, quote: null });
    return false;
  }

  suggested() {
    return suggest(this.field, this.app);
  }

  order(text) {
    return { as: this.app.ui.as, do: "say", channel: this.app.thread(this.root()), text, quote: this.#quoted()?.ts };
  }

  clear(place) {
    super.clear(place);
    if (this.app.ui.quote) this.app.set({ quote: null });
  }

  async #upload() {
    const [chosen] = this.file.files;
    if (!chosen) return;
    const order = { do: "upload", channel: this.app.thread(this.root()), name: chosen.name, text: this.field.value.trim() };
    this.file.value = "";
    if ((await this.app.act(order)).ok) super.clear(this.place); // the quotation is not part of it
  }

  /** A quotation goes with the composer of the thread, or of the chat. */
  #quoted() {
    const { quote, reply } = this.app.ui;
    return quote && this.inThread === Boolean(reply) ? quote : null;
  }

  update() {
    const { app } = this;
    const channel = app.channel(app.ui.channel);
    this.goTo(`${app.ui.as} ${app.ui.channel} ${this.root() ?? ""}`);
    this.call(this.inThread ? "Reply" : channel?.kind === "channel" ? `Start a post in ${channel.name}` : `Message ${channel?.name ?? ""}`);
    when(this.hint, [channel?.kind, app.bot.name], () => this.hint.replaceChildren(...hint(channel?.kind, app.bot.name)));
    const quoted = this.#quoted();
    this.quote.hidden = !quoted;
    when(this.quote, quoted?.ts ?? "", () => this.quote.replaceChildren(...(quoted ? [h("span", {}, h("strong", {}, quoted.name), " ", plainly(quoted.text || quoted.summary).slice(0, 90)), iconButton("close", "Without the quote", () => app.set({ quote: null }))] : [])));
  }
}

const hint = (kind, bot) =>
  kind === "personal" ? [h("kbd", {}, "help"), " says what the app can do"] : [h("kbd", {}, `@${bot}`), " to ask the app, ", h("kbd", {}, "/"), " to ask it privately"];
