// A list of messages that is compared, not redrawn: days, neighbours that belong together, threads.

import { h } from "./dom.js";
import { drawMessage, isQuiet } from "./message.js";
import { plain } from "./mrkdwn.js";
import { Pane } from "./pane.js";
import { nameOf } from "./people.js";
import { dateOf, dayKey, dayName } from "./times.js";
import { Toolbar } from "./toolbar.js";

const NEAR = 5 * 60;

export class MessageList extends Pane {
  /** `inThread` lists show a thread with its root. */
  constructor(app, { inThread = false, label }) {
    super({ label, testid: inThread ? "thread-messages" : "messages" });
    this.app = app;
    this.inThread = inThread;
    this.toolbar = new Toolbar(app);
    this.toolbar.follow(this.list);
  }

  /** `place` names what is shown (a change of it starts at the end); `messages` are in order. */
  update(place, messages, marked) {
    const { app } = this;
    const build = (row) => (row.day ? separator(row.day) : drawMessage(row, app));
    const held = this.toolbar.held();
    const since = this.fill(place, this.#rows(messages, marked), build, Number(messages.at(-1)?.ts ?? 0));
    this.toolbar.keep(this.list, held);
    this.#announce(messages, since);
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

  #announce(messages, since) {
    const { app } = this;
    const news = messages.filter((one) => Number(one.ts) > since && one.user !== app.me).slice(-3);
    const words = news.map((one) => `${nameOf(app.person(one.user) ?? app.bot)}: ${plain(one.text ?? "", app.ctx)}`);
    if (words.length) document.getElementById("live").textContent = words.join(". ");
  }
}

const separator = (text) => h("div", { class: "day", role: "separator", "aria-label": text }, h("span", {}, text));

const joins = (message, before) =>
  message.user === before.user && message.bot === before.bot && !message.ephemeral && !before.ephemeral && !isQuiet(message) && !isQuiet(before) &&
  !message.pinned && Number(message.ts) - Number(before.ts) < NEAR;

export const isReply = (message) => Boolean(message.thread_ts) && message.thread_ts !== message.ts;
export const repliesOf = (messages, root) => messages.filter((one) => isReply(one) && one.thread_ts === root);
export const topLevel = (messages) => messages.filter((one) => !isReply(one) || one.subtype === "thread_broadcast");
