// The conversation: in a channel posts with their threads below, in a chat one line of messages. Law: rows are compared, not redrawn.

import { h, icon, plural } from "../dom.js";
import { Pane } from "../pane.js";
import { nameOf } from "../people.js";
import { dayKey, dayName } from "../times.js";
import { Actions } from "./actions.js";
import { dateOf } from "./app.js";
import { drawMessage } from "./message.js";
import { plainly } from "./said.js";

const MANY = 40;
const KEPT = 12;
const NEAR = 5 * 60e3;

export class Posts extends Pane {
  /** `answer` is the composer that moves to the thread being answered. */
  constructor(app, answer) {
    super({ label: "Messages", testid: "messages" });
    this.app = app;
    this.answer = answer;
    this.actions = new Actions(app);
    this.actions.follow(this.list);
  }

  update(place, marked) {
    const { app } = this;
    const { messages } = app.state;
    const channel = app.channel(app.view.channel)?.kind === "channel";
    this.base = JSON.stringify([app.me, app.zone, app.view.channel, app.state.people.length]);
    this.list.classList.toggle("chat", !channel);
    const rows = channel ? this.#posts(messages, marked) : this.#chat(messages, marked);
    const newest = Math.max(0, ...messages.map((one) => Number(one.ts)));
    const held = this.actions.held();
    const since = this.fill(place, rows, (row) => row.draw(), newest);
    this.actions.keep(this.list, held);
    this.#announce(messages, since);
  }

  /** Threads in the order of their last message. */
  #posts(messages, marked) {
    const threads = new Map();
    for (const one of messages) {
      const root = one.root || one.ts;
      threads.set(root, [...(threads.get(root) ?? []), one]);
    }
    const last = (thread) => Number(thread.at(-1).ts);
    const ordered = [...threads].sort(([, one], [, other]) => last(one) - last(other));
    return ordered.flatMap(([root, thread]) => this.#thread(root, thread, marked));
  }

  #thread(root, thread, marked) {
    const { app } = this;
    const replies = thread.filter((one) => one.ts !== root);
    const short = replies.length > MANY && !app.ui.whole.has(root) && !replies.some((one) => one.ts === marked || one.ts === app.ui.target?.ts);
    const shown = short ? replies.slice(-KEPT) : replies;
    const first = thread.find((one) => one.ts === root);
    return [
      first && this.#row(first, "post", marked, null),
      short && this.#earlier(root, replies.length - KEPT),
      ...shown.map((one, index) => this.#row(one, first ? "reply" : "post", marked, shown[index - 1] ?? null)),
      this.#foot(root),
    ].filter(Boolean);
  }

  #earlier(root, count) {
    const run = () => this.app.set({ whole: new Set([...this.app.ui.whole, root]) });
    const draw = () => h("div", { class: "post-more" }, h("button", { type: "button", class: "see-more", testid: "earlier", onclick: run }, icon("reply", 15), `Show ${plural(count, "earlier reply", "earlier replies")}`));
    return { key: `earlier-${root}`, sign: String(count), draw };
  }

  #foot(root) {
    const open = this.app.ui.reply === root;
    const start = () => {
      this.app.set({ reply: root, byHand: true });
      this.answer.field.focus();
      this.answer.el.scrollIntoView({ block: "nearest" });
    };
    const draw = () => h("div", { class: "post-foot" }, open ? this.answer.el : h("button", { type: "button", class: "reply-button", testid: "reply", data: { root }, onclick: start }, icon("reply", 16), "Reply"));
    return { key: `foot-${root}`, sign: String(open), draw };
  }

  #chat(messages, marked) {
    const rows = [];
    let before = null;
    for (const one of messages) {
      const day = dayKey(dateOf(one.ts), this.app.zone);
      if (!before || day !== dayKey(dateOf(before.ts), this.app.zone)) {
        const text = dayName(dateOf(one.ts), this.app.now, this.app.zone);
        rows.push({ key: `day-${day}`, sign: text, draw: () => h("div", { class: "day", role: "separator", "aria-label": text }, h("span", {}, text)) });
        before = null;
      }
      rows.push(this.#row(one, "line", marked, before));
      before = one;
    }
    return rows;
  }

  #row(message, kind, marked, before) {
    const { app } = this;
    const editing = app.ui.editing === message.ts;
    const row = { message, kind, editing, marked: marked === message.ts, compact: Boolean(before) && joins(message, before) };
    const sign = editing ? `editing ${this.base}` : JSON.stringify([this.base, message, kind, row.marked, row.compact, dayKey(app.now, app.zone)]);
    return { key: message.ts, sign, draw: () => drawMessage(row, app) };
  }

  #announce(messages, since) {
    const { app } = this;
    const news = messages.filter((one) => Number(one.ts) > since && one.from !== app.me && !one.deleted).slice(-3);
    const words = news.map((one) => `${nameOf(app.person(one.from), one.name)}: ${plainly(one.text || one.summary)}`);
    if (words.length) document.getElementById("live").textContent = words.join(". ");
  }
}

const joins = (one, before) => one.from === before.from && !one.targeted_to && !before.targeted_to && !one.card && !before.card && !before.deleted && Number(one.ts) - Number(before.ts) < NEAR;
