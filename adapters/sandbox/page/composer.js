// Where the visitor writes. Law: what is half typed stays, per person and channel, whatever the server says meanwhile.

import { suggest } from "./complete.js";
import { h, iconButton, when } from "./dom.js";
import { emojiPicker } from "./menus.js";
import { Writing } from "./writing.js";

export class Composer extends Writing {
  /** `thread()` answers the root's ts where this composer writes into a thread. */
  constructor(app, { thread = () => null, testid = "composer" } = {}) {
    super(app, testid, thread() === null ? "send" : "thread-send");
    this.thread = thread;
    this.box = h("div", { class: "composer" }, this.field, this.#bar());
    this.closed = h("div", { class: "composer-closed", testid: "composer-closed", hidden: true });
    this.el = h("div", { class: "composer-wrap" }, this.box, this.closed);
    this.listen();
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

  /** True: the key is used up. */
  keyed(event) {
    if (event.key !== "ArrowUp" || this.field.value) return false;
    this.#editLast(event);
    return true;
  }

  #editLast(event) {
    const { app } = this;
    const root = this.thread();
    const mine = app.state.messages.filter((one) => one.user === app.me && !one.bot && !one.ephemeral && (root ? one.thread_ts === root : !one.thread_ts)).at(-1);
    if (!mine) return;
    event.preventDefault();
    app.set({ editing: mine.ts });
  }

  suggested() {
    return suggest(this.field, this.app, { inThread: Boolean(this.thread()) });
  }

  order(text) {
    return { as: this.app.ui.as, do: "say", channel: this.app.ui.channel, text, ...this.#inThread() };
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
    if ((await this.app.act(order)).ok) this.clear(this.place);
  }

  update() {
    const { app } = this;
    const channel = app.channel(app.ui.channel);
    this.goTo(`${app.ui.as} ${app.ui.channel} ${this.thread() ?? ""}`);
    this.call(this.thread() ? "Reply…" : `Message ${channel?.kind === "dm" ? "" : "#"}${channel?.name ?? ""}`);
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
