// A list of what was said, with its scrolling and its arrow keys. Law: a reader at the end stays at the end; a reader elsewhere is not moved.

import { h, icon, keyed } from "./dom.js";

export class Pane {
  #shown = "";
  #atEnd = true;
  #reached = 0;
  #top = 0;

  constructor({ label, testid }) {
    this.list = h("div", { class: "messages", role: "list", "aria-label": label, testid });
    this.more = h("button", { type: "button", class: "jump-down", hidden: true, testid: "jump-down", onclick: () => this.toEnd() }, "New messages", icon("down", 14));
    this.scroller = h("div", { class: "scroller", tabindex: "-1" }, this.list);
    this.el = h("div", { class: "message-pane" }, this.scroller, this.more);
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.list.addEventListener("keydown", (event) => this.#move(event));
    new ResizeObserver(() => this.#atEnd && this.toEnd()).observe(this.scroller);
  }

  /** Draws rows ({key, sign}); `newest` is the moment of the last one. Answers from which moment on something is news. */
  fill(place, rows, build, newest) {
    const fresh = place !== this.#shown;
    const reached = this.#reached;
    if (fresh) this.list.replaceChildren();
    keyed(this.list, rows, { key: (row) => row.key, sign: (row) => row.sign, build });
    this.#tabStop();
    if (fresh || this.#atEnd) this.toEnd();
    else if (newest > reached) this.more.hidden = false;
    this.#shown = place;
    this.#reached = Math.max(fresh ? 0 : reached, newest);
    return fresh ? Infinity : reached;
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.more.hidden = true;
    this.#atEnd = true;
  }

  /** Brings a message into view; true if it is in this list. */
  reveal(ts) {
    const row = this.find(ts);
    if (!row) return false;
    row.scrollIntoView({ block: "center", behavior: "instant" });
    this.#scrolled();
    return true;
  }

  find(ts) {
    return this.list.querySelector(`.message[data-ts="${CSS.escape(ts)}"]`);
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    const near = scrollHeight - scrollTop - clientHeight < 48;
    this.#atEnd = near || (this.#atEnd && scrollTop >= this.#top); // only scrolling up leaves the end, a pane that shrinks does not
    this.#top = scrollTop;
    if (this.#atEnd) this.more.hidden = true;
  }

  #tabStop() {
    const rows = [...this.list.querySelectorAll(".message")];
    const focused = rows.find((row) => row.contains(document.activeElement));
    for (const row of rows) row.tabIndex = row === (focused ?? rows.at(-1)) ? 0 : -1;
  }

  #move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !event.target.classList.contains("message")) return;
    event.preventDefault();
    const rows = [...this.list.querySelectorAll(".message")];
    rows[rows.indexOf(event.target) + step]?.focus();
    this.#tabStop();
  }
}
