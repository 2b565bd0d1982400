// What the visitor sees and has chosen. Law: components read `app.state` (the server's) and `app.ui` (the visitor's), and change either only here.

import { Poll, postAct, postClock, postStory, refused } from "./api.js";
import { notice } from "./toasts.js";

const HOME = "home";

export class App {
  state = null;
  /** Which view `state` belongs to; the visitor may already have asked for another. */
  view = { as: "", channel: "" };
  ui = { as: "", channel: "", thread: null, inspector: false, drawer: false, editing: null, byHand: false, target: null };
  #parts = [];

  constructor() {
    this.poll = new Poll((state, asked) => this.#take(state, asked), (away) => document.body.classList.toggle("offline", away));
    this.#readAddress();
  }

  /** Adds a component: anything with update(app). */
  add(part) {
    this.#parts.push(part);
    return part;
  }

  start() {
    this.poll.look(this.ui.as, this.ui.channel);
    this.poll.run();
  }

  #readAddress() {
    const asked = new URLSearchParams(location.hash.slice(1));
    this.ui.as = asked.get("as") ?? "";
    this.ui.channel = asked.get("channel") ?? "";
    this.ui.byHand = Boolean(this.ui.channel);
  }

  #take(state, asked) {
    this.state = this.dressed(state);
    this.view = { as: state.me, channel: state.channel ?? asked.channel };
    this.ui.as = state.me;
    this.ui.channel ||= this.view.channel;
    if (!this.channel(this.ui.channel)) this.ui.channel = this.firstChannel();
    if (this.view.channel !== this.ui.channel) this.look({ channel: this.ui.channel });
    else this.update();
  }

  /** What the server told, with what the page adds to it. */
  dressed(state) {
    const channels = withHome(state.channels);
    return { ...state, channels, people: withOurs(state.people, channels) };
  }

  firstChannel() {
    return (this.state.channels.find((one) => one.kind !== "home" && one.member) ?? this.state.channels[0])?.id ?? "";
  }

  update() {
    if (!this.state) return;
    for (const part of this.#parts) part.update(this);
  }

  set(changes) {
    Object.assign(this.ui, changes);
    this.update();
  }

  /** Shows another person's view or another channel. */
  look(changes) {
    const moved = "as" in changes || "channel" in changes;
    if (moved && !("thread" in changes)) changes.thread = null;
    Object.assign(this.ui, changes, moved ? { editing: null, drawer: false } : {});
    if (moved) {
      this.poll.look(this.ui.as, this.ui.channel);
      history.replaceState(null, "", `#${new URLSearchParams({ as: this.ui.as, channel: this.ui.channel })}`);
      if (this.channel(this.ui.channel)?.kind === HOME) this.act({ do: "home" });
    }
    this.update();
  }

  /** The same, because the visitor said so: the story no longer moves the view. */
  visit(changes) {
    this.look({ ...changes, byHand: true });
  }

  openMessage(channel, ts = null) {
    const known = this.state.messages.find((one) => one.ts === ts);
    const root = known?.thread_ts && known.thread_ts !== ts ? known.thread_ts : this.ui.thread;
    this.ui.target = ts && { ts, until: Date.now() + 4000 };
    if (channel === this.ui.channel) this.set({ thread: root, byHand: true });
    else this.visit({ channel });
  }

  async act(order) {
    const answer = await postAct({ as: this.ui.as, ...order });
    if (!["submit", "options"].includes(order.do)) complain(answer);
    return answer;
  }

  async clock(step) {
    return complain(await postClock(step));
  }

  async story(order) {
    if (["play", "restart", "resume"].includes(order)) this.set({ byHand: false });
    return complain(await postStory(order));
  }

  get me() {
    return this.view.as;
  }

  /** Whether what is listed is this person's: of the person before, nothing can be opened any more. */
  get arrived() {
    return this.view.as === this.ui.as;
  }

  get now() {
    return new Date(this.state.now);
  }

  get zone() {
    return this.person(this.me)?.tz ?? "UTC";
  }

  person(id) {
    return this.state.people.find((one) => one.id === id);
  }

  channel(id) {
    return this.state?.channels.find((one) => one.id === id);
  }

  message(ts) {
    return this.state.messages.find((one) => one.ts === ts);
  }

  /** The bot's own account: where the app's name and picture come from. */
  get bot() {
    return this.state.people.find((one) => one.ours) ?? { id: "", name: "Debrief", real_name: "Debrief", is_bot: true, ours: true };
  }

  /** What markup needs to know to be drawn. */
  get ctx() {
    return {
      me: this.me, zone: this.zone, now: this.now,
      person: (id) => this.person(id), channel: (id) => this.channel(id),
      people: () => this.state.people, channels: () => this.state.channels,
      open: (channel, ts) => this.openMessage(channel, ts),
    };
  }
}

function complain(answer) {
  if (refused(answer)) notice(answer.error ?? "That did not work.", "error");
  return answer;
}

/** Other programs may have accounts too: ours is the one that the home belongs to. */
function withOurs(people, channels) {
  const [member] = channels.find((one) => one.kind === HOME).members ?? [];
  const id = member ?? people.find((one) => one.is_bot)?.id;
  return people.map((one) => (one.id === id ? { ...one, ours: true } : one));
}

function withHome(channels) {
  if (channels.some((one) => one.kind === HOME)) return channels;
  return [...channels, { id: HOME, name: "Debrief", kind: HOME, member: true, members: [], unread: 0, mentions: 0, pinned: [] }];
}
