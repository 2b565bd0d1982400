// A list of messages that is compared, not redrawn. Law: a reader at the end stays at the end; a reader elsewhere is not moved.

import { h, icon, keyed } from "./dom.js";
import { drawMessage, isQuiet } from "./message.js";
import { plain } from "./mrkdwn.js";
import { nameOf } from "./people.js";
import { dateOf, dayKey, dayName } from "./times.js";
import { Toolbar } from "./toolbar.js";

const NEAR = 5 * 60;

export class MessageList {
  #shown = "";
  #atEnd = true;
  #reached = 0;
  #top = 0;

  /** `inThread` lists show a thread with its root. */
  constructor(app, { inThread = false, label }) {
    this.app = app;
    this.inThread = inThread;
    this.list = h("div", { class: "messages", role: "list", "aria-label": label, testid: inThread ? "thread-messages" : "messages" });
    this.more = h("button", { type: "button", class: "jump-down", hidden: true, testid: "jump-down", onclick: () => this.toEnd() }, "New messages", icon("down", 14));
    this.scroller = h("div", { class: "scroller", tabindex: "-1" }, this.list);
    this.el = h("div", { class: "message-pane" }, this.scroller, this.more);
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.list.addEventListener("keydown", (event) => this.#move(event));
    this.toolbar = new Toolbar(app);
    this.toolbar.follow(this.list);
    new ResizeObserver(() => this.#atEnd && this.toEnd()).observe(this.scroller);
  }

  /** `place` names what is shown (a change of it starts at the end); `messages` are in order. */
  update(place, messages, marked) {
    const { app } = this;
    const fresh = place !== this.#shown;
    const rows = this.#rows(messages, marked);
    if (fresh) this.list.replaceChildren();
    keyed(this.list, rows, { key: (row) => row.key, sign: (row) => row.sign, build: (row) => (row.day ? separator(row.day) : drawMessage(row, app)) });
    this.toolbar.keep(this.list);
    this.#tabStop();
    this.#settle(fresh, place, messages);
  }

  #rows(messages, marked) {
    const { app } = this;
    const base = JSON.stringify([app.me, app.zone, app.view.channel, app.state.people.length, app.state.channels.length]);
    const rows = [];
    let before = null;
    for (const message of messages) {
      const day = dayKey(dateOf(message.ts), app.zone);
      if (!before || day !== dayKey(dateOf(before.ts), app.zone)) {
        const text = dayName(dateOf(message.ts), app.now, app.zone);
        rows.push({ key: `day-${day}`, sign: text, day: text });
        before = null;
      }
      rows.push(this.#row(message, before, marked, base));
      before = message;
    }
    return rows;
  }

  #row(message, before, marked, base) {
    const { app } = this;
    const compact = Boolean(before) && joins(message, before);
    const editing = app.ui.editing === message.ts;
    const replies = this.inThread || !message.reply_count ? [] : repliesOf(app.state.messages, message.ts);
    const row = { message, compact, editing, inThread: this.inThread, marked: marked === message.ts, replies };
    const minute = replies.length ? Math.floor(app.now / 6e4) : 0;
    const sign = editing ? `editing ${base}` : JSON.stringify([base, message, compact, row.marked, minute, replies.map((one) => one.ts)]);
    return { ...row, key: message.ts, sign };
  }

  #settle(fresh, place, messages) {
    const last = Number(messages.at(-1)?.ts ?? 0);
    if (fresh || (this.#atEnd && last > this.#reached)) this.toEnd();
    else if (this.#atEnd) this.toEnd();
    else if (last > this.#reached) this.more.hidden = false;
    if (!fresh) this.#announce(messages);
    this.#shown = place;
    this.#reached = Math.max(fresh ? 0 : this.#reached, last);
  }

  #announce(messages) {
    const { app } = this;
    const news = messages.filter((one) => Number(one.ts) > this.#reached && one.user !== app.me).slice(-3);
    const words = news.map((one) => `${nameOf(app.person(one.user) ?? app.bot)}: ${plain(one.text ?? "", app.ctx)}`);
    if (words.length) document.getElementById("live").textContent = words.join(". ");
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

const separator = (text) => h("div", { class: "day", role: "separator", "aria-label": text }, h("span", {}, text));

const joins = (message, before) =>
  message.user === before.user && message.bot === before.bot && !message.ephemeral && !before.ephemeral && !isQuiet(message) && !isQuiet(before) &&
  !message.pinned && Number(message.ts) - Number(before.ts) < NEAR;

export const isReply = (message) => Boolean(message.thread_ts) && message.thread_ts !== message.ts;
export const repliesOf = (messages, root) => messages.filter((one) => isReply(one) && one.thread_ts === root);
export const topLevel = (messages) => messages.filter((one) => !isReply(one) || one.subtype === "thread_broadcast");
