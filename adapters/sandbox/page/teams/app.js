// What the visitor sees of the simulated Teams. Law: a card that has a version for its reader asks for it once, when it comes into view.

import { App } from "../app.js";
import { Cards } from "./card.js";

export class TeamsApp extends App {
  #asked = new Set();
  #passing = new Set();

  constructor() {
    super();
    this.cards = new Cards(this);
    /** `reply`: the thread that is being written into; `whole`: threads whose every reply is shown. */
    Object.assign(this.ui, { reply: null, quote: null, whole: new Set() });
  }

  dressed(state) {
    return state;
  }

  firstChannel() {
    const { channels } = this.state;
    return (channels.find((one) => one.name === "incidents") ?? channels[0])?.id ?? "";
  }

  update() {
    super.update();
    for (const one of this.state?.toasts ?? []) this.#pass(one);
    if (this.state && this.view.channel === this.ui.channel) this.#refresh();
  }

  look(changes) {
    const moved = "as" in changes || "channel" in changes;
    super.look(moved ? { reply: null, quote: null, ...changes } : changes);
  }

  /** What went well is said for a moment; what did not stays until it is dismissed. */
  #pass({ id, kind }) {
    if (kind !== "notice" || this.#passing.has(id)) return;
    this.#passing.add(id);
    setTimeout(() => this.act({ as: this.me, do: "dismiss", toast: id }), 7000);
  }

  #refresh() {
    for (const { ts, card } of this.state.messages.filter((one) => one.refreshes)) {
      const mark = `${this.me} ${ts} ${JSON.stringify(card)}`;
      if (this.#asked.has(mark)) continue;
      this.#asked.add(mark);
      this.act({ do: "view", channel: this.view.channel, ts });
    }
  }

  /** The conversation's id as a reply into a thread names it. */
  thread(root) {
    return root ? `${this.ui.channel};messageid=${root}` : this.ui.channel;
  }

  team(id) {
    return this.state.teams.find((one) => one.id === id);
  }
}

export const dateOf = (ts) => new Date(Number(ts));
