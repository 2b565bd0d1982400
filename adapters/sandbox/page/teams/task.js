// Dialogs, which Teams also calls task modules: a card above the chat. Law: what is typed stays while the bot shows the same card.

import { h, icon } from "../dom.js";
import { avatar } from "../people.js";
import { drawCard } from "./card.js";

const WIDE = { small: "small", medium: "medium", large: "large" };

export class Task {
  #drawn = "";
  #box = null;

  constructor(app) {
    this.app = app;
  }

  update(app) {
    const { dialog } = app.state;
    const drawing = dialog ? JSON.stringify([app.me, dialog]) : "";
    if (drawing === this.#drawn) return;
    this.#drawn = drawing;
    if (!dialog) return this.#drop();
    return this.#draw(dialog);
  }

  #drop() {
    this.#box?.close();
    this.#box?.remove();
    this.#box = null;
  }

  #draw({ title, width, card }) {
    const size = typeof width === "number" ? (width > 600 ? "large" : "medium") : WIDE[width] ?? "medium";
    const inside = h("div", { class: "task-inside" },
      h("header", { class: "sheet-head" }, avatar(this.app.bot, "small"), h("h2", { testid: "task-title" }, title),
        h("button", { type: "button", class: "icon-button", "aria-label": "Close", title: "Close", testid: "task-close", onclick: () => this.#leave() }, icon("close"))),
      h("div", { class: "task-body", tabindex: "-1" }, card ? drawCard(card, (pressed) => this.#submit(pressed)) : h("p", { class: "empty" }, "This dialog has no card.")));
    if (!this.#box) {
      this.#box = h("dialog", { testid: "task", oncancel: (event) => (event.preventDefault(), this.#leave()) });
      document.body.append(this.#box);
      this.#box.showModal();
    }
    this.#box.className = `sheet task ${size}`;
    this.#box.setAttribute("aria-label", title);
    this.#box.replaceChildren(inside);
    (inside.querySelector(":is(input, textarea, select)") ?? inside.querySelector(".task-body")).focus();
  }

  async #submit(pressed) {
    const as = this.app.me;
    this.#box.classList.add("busy");
    await this.app.act({ as, do: "submit", ...pressed });
    this.#box?.classList.remove("busy");
  }

  #leave() {
    return this.app.act({ as: this.app.me, do: "close" });
  }
}
