// The small bar on a message under the pointer or the focus. Law: there is one bar, moved from message to message.

import { h, icon } from "./dom.js";
import { confirmDialog, emojiPicker, menu } from "./menus.js";
import { glyph } from "./emoji.js";
import { notice } from "./toasts.js";

const QUICK = ["pushpin", "eyes", "white_check_mark"];

export class Toolbar {
  #row = null;

  constructor(app) {
    this.app = app;
    this.el = h("div", { class: "toolbar", role: "toolbar", "aria-label": "Message actions", testid: "message-toolbar" });
  }

  /** Lets the bar follow pointer and focus inside `list`. */
  follow(list) {
    const at = (event) => this.show(event.target.closest?.(".message"));
    // Not "pointerover": it comes too when messages move below a pointer at rest, and would take the bar from the keyboard.
    list.addEventListener("pointermove", (event) => event.pointerType !== "touch" && at(event));
    list.addEventListener("focusin", at);
  }

  show(row) {
    if (!row || row === this.#row?.el && this.el.parentElement === row) return;
    const message = this.app.message(row.dataset.ts);
    if (!message) return;
    this.#row = { el: row, message };
    this.el.replaceChildren(...this.#buttons(message, Boolean(row.closest(".thread"))));
    row.append(this.el);
  }

  /** After a redraw the bar goes on to the successor of its row, and the focus to the button that `held` it. */
  keep(list, held) {
    if (!this.#row) return;
    if (!this.#row.el.isConnected) this.#succeed(list, held);
    if (held && !this.held()) this.el.querySelector(`[data-testid=${held}]`)?.focus({ preventScroll: true });
  }

  #succeed(list, held) {
    const next = list.querySelector(`.message[data-ts="${CSS.escape(this.#row.message.ts)}"]`);
    if (next && (held || next.matches(":hover") || next.contains(document.activeElement))) this.show(next);
  }

  /** Which of the bar's buttons has the focus. */
  held() {
    return this.el.contains(document.activeElement) ? document.activeElement.dataset.testid : null;
  }

  #buttons(message, inThread) {
    const { app } = this;
    const react = (name) => this.#order("react", { name });
    if (message.ephemeral) return [this.#button("more", "More actions", "message-more", (event) => this.#more(event, message))];
    return [
      ...QUICK.map((name) => h("button", { type: "button", class: "icon-button", title: `React with :${name}:`, "aria-label": `React with ${name.replaceAll("_", " ")}`, testid: `quick-${name}`, onclick: () => react(name) }, glyph(name))),
      this.#button("smile", "Find another reaction", "react", (event) => emojiPicker(event.currentTarget, react)),
      !inThread && this.#button("reply", "Reply in thread", "reply-in-thread", () => app.set({ thread: message.thread_ts || message.ts, byHand: true })),
      this.#button("more", "More actions", "message-more", (event) => this.#more(event, message)),
    ].filter(Boolean);
  }

  #button(name, label, testid, onclick) {
    return h("button", { type: "button", class: "icon-button", title: label, "aria-label": label, testid, onclick }, icon(name));
  }

  #order(what, extra = {}) {
    return this.app.act({ do: what, channel: this.app.view.channel, ts: this.#row.message.ts, ...extra });
  }

  #more(event, message) {
    const { app } = this;
    const mine = message.user === app.me && !message.bot && !message.ephemeral;
    const shared = !message.ephemeral;
    menu(event.currentTarget, [
      mine && { label: "Edit message", icon: "edit", testid: "menu-edit", run: () => app.set({ editing: message.ts }) },
      shared && { label: message.pinned ? "Un-pin from channel" : "Pin to channel", icon: "pin", testid: "menu-pin", run: () => this.#order(message.pinned ? "unpin" : "pin") },
      shared && { label: "Copy link", icon: "link", testid: "menu-copy-link", run: () => copyLink(message) },
      ...(shared ? this.#shortcuts(message) : []),
      mine && { label: "Delete message…", icon: "trash", danger: true, testid: "menu-delete", run: () => this.#delete() },
      message.ephemeral && { label: "Nothing else can be done with a message only you can see", run: () => {} },
    ], { label: "More actions", testid: "message-menu" });
  }

  #shortcuts(message) {
    const { app } = this;
    const all = app.state.shortcuts?.message ?? [];
    const run = (callback_id) => () => app.act({ do: "shortcut", callback_id, channel: app.view.channel, ts: message.ts });
    const items = all.map(({ callback_id, name }) => ({ label: name, hint: app.bot.real_name || app.bot.name, icon: "bolt", testid: "message-shortcut", data: { callback: callback_id }, run: run(callback_id) }));
    return items.length ? [{ heading: "More message shortcuts" }, ...items] : [];
  }

  async #delete() {
    const sure = await confirmDialog({ title: "Delete message", text: "Are you sure? This cannot be undone.", confirm: "Delete", style: "danger" });
    if (sure) this.#order("delete");
  }
}

async function copyLink(message) {
  try {
    await navigator.clipboard.writeText(message.permalink);
    notice("Link copied.");
  } catch {
    notice(message.permalink);
  }
}
