// The story player's callout and its line to the message in question. Law: it leads the view only while the visitor lets it.

import { h, icon, when } from "./dom.js";
import { inline } from "./mrkdwn.js";

export class Story {
  #followed = null;
  #put = false;
  /** The visitor closed the closing card; a new play brings it back. */
  #dismissed = false;

  /** `guide` = {start, end, tries(story)}: the words before and after, and what the closing card offers to try. */
  constructor(app, guide) {
    this.app = app;
    this.guide = guide;
    this.number = h("span", { class: "caption-number", "aria-hidden": "true" });
    this.step = h("span", { class: "caption-step", testid: "caption-step" });
    this.text = h("p", { class: "caption-text", testid: "caption-text", "aria-live": "polite" });
    this.bar = h("progress", { class: "caption-progress", "aria-label": "Story" });
    this.controls = h("div", { class: "caption-controls" });
    this.el = h("section", { class: "caption", "aria-label": "Guided story", testid: "caption", hidden: true },
      this.bar, this.number, h("div", { class: "caption-main" }, this.step, this.text), this.controls, this.tries = h("div", { class: "tries", hidden: true }));
    this.line = h("div", { class: "caption-line", "aria-hidden": "true", hidden: true });
    addEventListener("scroll", () => this.#drawLine(), { capture: true, passive: true });
    addEventListener("resize", () => this.#drawLine());
  }

  /** `composer` and `panes` are handed in once they exist: the closing card writes into the one, the line points into the others. */
  reach(composer, lists) {
    this.composer = composer;
    this.lists = lists;
  }

  marked(app) {
    const { caption, finished } = app.state;
    return finished || !caption?.ts || (caption.channel && caption.channel !== app.view.channel) ? null : caption.ts;
  }

  update(app) {
    const { caption, playing, paused, finished } = app.state;
    if (playing && !paused) this.#dismissed = false;
    this.el.hidden = !(playing || caption || finished || this.#offers(app)) || ((finished || paused) && this.#dismissed);
    this.el.classList.toggle("finished", Boolean(finished));
    this.#follow(app);
    this.#drawWords(app);
    this.#drawControls(app);
    this.#pointOut(app);
  }

  #offers(app) {
    return !app.state.playing && !app.state.finished && !this.#dismissed;
  }

  #drawWords(app) {
    const { caption, finished, playing } = app.state;
    const words = finished ? "end" : caption ?? "start";
    when(this.text, [words, app.me], () => {
      const text = finished ? this.guide.end : caption ? inline(caption.text, app.ctx) : this.guide.start;
      this.text.replaceChildren(...[text].flat());
      this.step.textContent = finished ? "Now it is your turn" : caption ? `Step ${caption.step} of ${caption.steps}` : "A guided story";
      this.number.replaceChildren(finished || !caption ? icon(finished ? "target" : "play", 16) : String(caption.step));
      this.bar.max = caption?.steps ?? 1;
      this.bar.value = finished ? this.bar.max : caption?.step ?? 0;
    });
    this.bar.hidden = !playing && !finished;
    this.tries.hidden = !finished;
    when(this.tries, Boolean(finished), () => this.tries.replaceChildren(...(finished ? this.guide.tries(this) : [])));
  }

  #drawControls(app) {
    const { playing, paused, finished } = app.state;
    const away = playing && !finished && app.ui.byHand && this.#elsewhere(app);
    when(this.controls, [playing, paused, finished, away], () => {
      const order = (name, label, what) => control(name, label, () => app.story(what), what);
      this.controls.replaceChildren(...[
        away && h("button", { type: "button", class: "button follow", testid: "follow", onclick: () => this.#return() }, icon("target", 15), "Follow"),
        playing && !finished && (paused ? order("play", "Go on", "resume") : order("pause", "Pause", "pause")),
        playing && !finished && order("skip", "Skip", "skip"),
        playing || finished ? order("restart", "Restart", "restart") : order("play", "Play", "play"),
        (finished || paused || !playing) && control("close", "Close", () => this.#close(), "close"),
      ].filter(Boolean));
    });
  }

  #close() {
    this.#dismissed = true;
    this.app.update();
  }

  #return() {
    this.#followed = null;
    this.app.set({ byHand: false });
  }

  #elsewhere(app) {
    const { caption } = app.state;
    return Boolean(caption?.channel && caption.channel !== app.ui.channel);
  }

  #follow(app) {
    const { caption, playing, finished } = app.state;
    if (!caption || !playing || finished || app.ui.byHand || this.#followed === caption.id) return;
    const as = this.#hidden(app) ? caption.as || app.ui.as : app.ui.as;
    const channel = caption.channel ?? app.ui.channel;
    if (as !== app.ui.as || channel !== app.ui.channel) queueMicrotask(() => app.look({ as, channel }));
    else if (app.view.channel === channel && app.view.as === as) {
      this.#followed = caption.id;
      this.#put = true;
    }
  }

  /** The view changes hands only for what the present person cannot see: another's conversation or private answer. */
  #hidden(app) {
    const { channel, ts } = app.state.caption;
    if (channel && !app.channel(channel)) return true;
    return Boolean(ts) && app.view.channel === channel && app.view.as === app.ui.as && !app.message(ts);
  }

  /** Once per caption, as soon as the message is there: opens its thread and scrolls to it. */
  #pointOut(app) {
    const ts = this.marked(app);
    const message = ts && app.message(ts);
    if (this.#put && message && !app.ui.byHand) {
      this.#put = false;
      const root = message.thread_ts && message.thread_ts !== ts ? message.thread_ts : null;
      if (app.ui.thread !== root) queueMicrotask(() => app.set({ thread: root }));
      requestAnimationFrame(() => this.lists.forEach((list) => list.reveal(ts)));
    }
    requestAnimationFrame(() => this.#drawLine());
  }

  #drawLine() {
    const ts = this.app.state && !this.el.hidden && this.marked(this.app);
    const row = ts ? this.lists[0].find(ts) : null;
    const pane = this.lists[0].scroller.getBoundingClientRect();
    const at = row?.getBoundingClientRect();
    const from = this.number.getBoundingClientRect();
    const seen = at && at.bottom > pane.top + 8 && at.bottom <= pane.bottom + 2;
    this.line.hidden = !seen;
    if (!seen) return;
    const middle = from.top + from.height / 2;
    this.line.style.left = `${pane.left}px`;
    this.line.style.top = `${at.bottom - 8}px`;
    this.line.style.width = `${from.left - pane.left}px`;
    this.line.style.height = `${Math.max(0, middle - at.bottom + 9)}px`;
  }
}

const control = (name, label, onclick, what) => h("button", { type: "button", class: `caption-control ${what}`, testid: `story-${what}`, title: label, onclick }, icon(name, 15), h("span", {}, label));

/** A thing to try, on the closing card. */
export const attempt = (name, title, hint, run, testid) =>
  h("button", { type: "button", class: "try", testid, onclick: run }, icon(name), h("span", {}, h("strong", {}, title), h("small", {}, hint)));
