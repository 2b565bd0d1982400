// The middle of the page: the head of a conversation, what was said, and where the visitor writes.

import { h, icon, when } from "../dom.js";
import { menu } from "../menus.js";
import { appBadge, avatar, nameOf } from "../people.js";
import { Composer } from "./composer.js";
import { faceOf } from "./places.js";
import { Posts } from "./posts.js";

export class Place {
  #seen = "";

  constructor(app, story) {
    this.app = app;
    this.story = story;
    this.head = h("header", { class: "channel-head", testid: "channel-head" });
    this.answer = new Composer(app, { root: () => app.ui.reply, testid: "reply-composer" });
    this.composer = new Composer(app);
    this.posts = new Posts(app, this.answer);
    this.el = h("main", { class: "conversation", testid: "conversation" }, this.head, this.posts.el, story.el, this.composer.el);
  }

  update(app) {
    const place = app.channel(app.ui.channel);
    when(this.head, place ? [place, app.me, app.state.teams, app.state.people.length] : "none", () => this.head.replaceChildren(...(place ? head(place, app) : [])));
    if (app.view.channel === app.ui.channel) {
      this.posts.update(`${app.me} ${app.view.channel}`, this.story.marked(app));
      this.#aim(app);
      this.#read(app, place);
    }
    this.composer.update();
    this.answer.update();
  }

  /** Brings the message that a quote named into view, and lights it up for a moment. */
  #aim(app) {
    const { target } = app.ui;
    if (!target || target.until < Date.now() || !this.posts.reveal(target.ts)) return;
    app.ui.target = null;
    const row = this.posts.find(target.ts);
    row.classList.add("flash");
    setTimeout(() => row.classList.remove("flash"), 2500);
  }

  /** Tells the server what was read, once for each newest message. */
  #read(app, place) {
    const mark = `${app.me} ${place?.id} ${app.state.messages.at(-1)?.ts}`;
    if (!place?.unread || document.hidden || mark === this.#seen) return;
    this.#seen = mark;
    app.act({ do: "seen", channel: place.id });
  }
}

function head(place, app) {
  const team = app.team(place.team);
  const button = (name, count, label, testid, onclick) => h("button", { type: "button", class: "count-button", "aria-label": count ? `${label}: ${count}` : label, title: label, testid, onclick: (event) => onclick(event.currentTarget) }, icon(name, 16), count ? String(count) : h("span", { class: "wide-only" }, label));
  return [
    h("button", { type: "button", class: "icon-button drawer-button", "aria-label": "Show teams and chats", testid: "drawer", onclick: () => app.set({ drawer: true }) }, icon("menu")),
    h("div", { class: "channel-title" },
      h("h1", { testid: "channel-name" }, faceOf(place, app), h("span", {}, place.name || "Only you"), place.kind === "personal" && appBadge()),
      h("p", { class: "topic" }, team ? team.name : place.kind === "personal" ? "Chat with the app" : "Group chat")),
    place.kind !== "personal" && button("people", place.members.length, "Members", "members", (anchor) => showMembers(anchor, place, app)),
    button("bolt", 0, "App", "app-menu", (anchor) => showApp(anchor, place, app)),
  ].filter(Boolean);
}

function showMembers(anchor, place, app) {
  const members = place.members.map((id) => app.person(id)).filter(Boolean);
  menu(anchor, [{ heading: "Members" }, ...members.map((one) => ({ label: nameOf(one), hint: one.title, lead: avatar(one, "small"), run: () => {} }))], { label: "Members", testid: "member-list" });
}

/** Where the app is, and what it may read: in Teams the matter of owners and admins, here of the visitor. */
function showApp(anchor, place, app) {
  const here = { channel: "this team", groupChat: "this chat", personal: "your chats" }[place.kind];
  const { name } = app.bot;
  const installed = { label: place.installed ? `Remove ${name} from ${here}` : `Add ${name} to ${here}`, icon: place.installed ? "trash" : "plus", danger: place.installed, testid: "install", run: () => app.act({ do: "install", on: !place.installed, channel: place.kind === "personal" ? "" : place.id }) };
  const consent = { label: `${name} reads every message here`, hint: place.consent ? "on" : "off: mentions only", checked: place.consent, testid: "consent", data: { on: String(place.consent) }, run: () => app.act({ do: "consent", channel: place.id, on: !place.consent }) };
  menu(anchor, [{ heading: `${name} in ${here}` }, place.kind !== "personal" && place.installed && consent, installed], { label: "App", testid: "app-options" });
}
