// The small bar on a message under the pointer or the focus, and the menu behind it. Law: there is one bar, moved from message to message.

import { h, icon } from "../dom.js";
import { emojiPicker, menu } from "../menus.js";
import { QUICK, signOf } from "./message.js";
import { notice } from "../toasts.js";
import { plainly } from "./said.js";

export class Actions {
  #row = null;

  constructor(app) {
    this.app = app;
    this.el = h("div", { class: "toolbar", role: "toolbar", "aria-label": "Message actions", testid: "message-toolbar" });
  }

  follow(list) {
    const at = (event) => this.show(event.target.closest?.(".message"));
    // Not "pointerover": it comes too when messages move below a pointer at rest, and would take the bar from the keyboard.
    list.addEventListener("pointermove", (event) => event.pointerType !== "touch" && at(event));
    list.addEventListener("focusin", at);
    list.addEventListener("click", at);
  }

  show(row) {
    if (!row || (row === this.#row?.el && this.el.parentElement === row)) return;
    const message = this.app.message(row.dataset.ts);
    if (!message || message.deleted) return;
    this.#row = { el: row, message };
    this.el.replaceChildren(...this.#buttons(message));
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

  #buttons(message) {
    const react = (name) => this.#order("react", { name });
    const button = (face, label, testid, onclick) => h("button", { type: "button", class: "icon-button", title: label, "aria-label": label, testid, onclick }, face);
    const more = button(icon("more"), "More options", "message-more", (event) => this.#more(event.currentTarget, message));
    if (message.targeted_to) return [more];
    return [
      ...QUICK.map((name) => button(signOf(name), `React: ${name}`, `quick-${name}`, () => react(name))),
      button(icon("smile"), "More reactions", "react", (event) => emojiPicker(event.currentTarget, react)), more,
    ];
  }

  #order(what, extra = {}) {
    return this.app.act({ do: what, channel: this.app.view.channel, ts: this.#row.message.ts, ...extra });
  }

  #more(anchor, message) {
    const { app } = this;
    const mine = message.from === app.me && !message.targeted_to;
    const shared = !message.targeted_to;
    const offers = shared && app.channel(app.view.channel)?.installed ? app.state.offers.message : [];
    menu(anchor, [
      shared && { label: "Reply with a quote", icon: "reply", testid: "menu-quote", run: () => this.#quote(message) },
      mine && { label: "Edit", icon: "edit", testid: "menu-edit", run: () => app.set({ editing: message.ts }) },
      mine && { label: "Delete", icon: "trash", danger: true, testid: "menu-delete", run: () => this.#order("delete") },
      { label: "Copy text", icon: "file", testid: "menu-copy", run: () => copy(plainly(message.text || message.summary)) },
      offers.length > 0 && { heading: `${app.bot.name}: more actions` },
      ...offers.map((one) => ({ label: one.title, icon: "bolt", testid: "message-action", data: { command: one.id }, run: () => this.#order("message_action", { command: one.id }) })),
    ], { label: "More options", testid: "message-menu" });
  }

  #quote(message) {
    const channel = this.app.channel(this.app.ui.channel)?.kind === "channel";
    this.app.set({ quote: message, ...(channel ? { reply: message.root || message.ts } : {}), byHand: true });
    requestAnimationFrame(() => document.querySelector(`[data-testid=${channel ? "reply-composer" : "composer"}]`)?.focus());
  }
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    notice("Copied.");
  } catch {
    notice("The browser does not let this page copy.", "error");
  }
}
