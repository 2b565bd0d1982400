// The two places where people read and write: the conversation and the thread beside it.

import { Composer } from "./composer.js";
import { h, iconButton } from "./dom.js";
import { Header } from "./header.js";
import { Home } from "./home.js";
import { isReply, MessageList, repliesOf, topLevel } from "./messages.js";

export class Conversation {
  #seen = "";

  constructor(app, story) {
    this.app = app;
    this.story = story;
    this.header = new Header(app);
    this.messages = new MessageList(app, { label: "Messages" });
    this.composer = new Composer(app);
    this.home = new Home(app);
    this.el = h("main", { class: "conversation", testid: "conversation" }, this.header.el, this.messages.el, this.home.el, story.el, this.composer.el);
  }

  update(app) {
    const channel = app.channel(app.ui.channel);
    const isHome = channel?.kind === "home";
    this.header.update(app);
    this.messages.el.hidden = isHome;
    this.home.el.hidden = !isHome;
    this.composer.el.hidden = isHome;
    if (isHome) this.home.update(app);
    else if (app.view.channel === app.ui.channel) this.#fill(app, channel);
    this.composer.update();
  }

  #fill(app, channel) {
    this.messages.update(`${app.me} ${app.view.channel}`, topLevel(app.state.messages), this.story.marked(app));
    this.#aim(app);
    this.#read(app, channel);
  }

  /** Brings the message that a link or a pin named into view, and lights it up for a moment. */
  #aim(app) {
    const { target } = app.ui;
    if (!target || target.until < Date.now()) return;
    const known = app.message(target.ts);
    if (known && isReply(known) && !app.ui.thread) app.ui.thread = known.thread_ts;
    if (!this.messages.reveal(known && isReply(known) ? known.thread_ts : target.ts)) return;
    app.ui.target = null;
    flash(this.messages.find(known && isReply(known) ? known.thread_ts : target.ts));
  }

  /** Tells the server what was read, once for each newest message. */
  #read(app, channel) {
    const mark = `${app.me} ${channel?.id} ${app.state.messages.at(-1)?.ts}`;
    if (!channel?.unread || document.hidden || mark === this.#seen) return;
    this.#seen = mark;
    app.act({ do: "seen", channel: channel.id });
  }
}

function flash(row) {
  row.classList.add("flash");
  setTimeout(() => row.classList.remove("flash"), 2500);
}

export class Thread {
  constructor(app, story) {
    this.app = app;
    this.story = story;
    this.messages = new MessageList(app, { inThread: true, label: "Thread" });
    this.composer = new Composer(app, { thread: () => app.ui.thread ?? "", testid: "thread-composer" });
    this.place = h("span", { class: "thread-place" });
    const close = iconButton("close", "Close thread", () => app.set({ thread: null }), { testid: "thread-close" });
    this.el = h("aside", { class: "thread", "aria-label": "Thread", testid: "thread", hidden: true },
      h("header", { class: "side-head" }, h("h2", {}, "Thread"), this.place, close), this.messages.el, this.composer.el);
    this.el.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && app.set({ thread: null }));
  }

  update(app) {
    const root = app.ui.thread;
    this.el.hidden = !root;
    document.body.classList.toggle("with-thread", Boolean(root));
    if (!root || app.view.channel !== app.ui.channel) return;
    const first = app.message(root);
    const all = [first, ...repliesOf(app.state.messages, root)].filter(Boolean);
    const channel = app.channel(app.view.channel);
    this.place.textContent = channel?.kind === "dm" ? channel.name : `#${channel?.name ?? ""}`;
    this.messages.update(`${app.me} ${root}`, all, this.story.marked(app));
    this.composer.update();
  }
}
