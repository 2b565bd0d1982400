// The head of a conversation: its name, topic, pins and members. Law: a button shows a count only where there is something to count.

import { h, icon, when } from "./dom.js";
import { closePopover, menu, popover } from "./menus.js";
import { inline, plain } from "./mrkdwn.js";
import { appBadge, avatar, nameOf } from "./people.js";
import { partner } from "./sidebar.js";
import { clock, dateOf, weekdayDate } from "./times.js";

export class Header {
  constructor(app) {
    this.el = h("header", { class: "channel-head", testid: "channel-head" });
    this.app = app;
  }

  update(app) {
    const channel = app.channel(app.ui.channel);
    const seen = channel && [channel, app.me, app.state.people.length, app.state.channels.map((one) => one.id)];
    when(this.el, seen ?? "none", () => this.el.replaceChildren(...(channel ? draw(channel, app) : [])));
  }
}

function draw(channel, app) {
  const person = partner(channel, app);
  return [
    h("button", { type: "button", class: "icon-button drawer-button", "aria-label": "Show channels", testid: "drawer", onclick: () => app.set({ drawer: true }) }, icon("menu")),
    h("div", { class: "channel-title" },
      h("h1", { testid: "channel-name" }, mark(channel, person), h("span", {}, person ? nameOf(person) : channel.name), person?.is_bot && appBadge()),
      channel.topic && h("p", { class: "topic", title: plain(channel.topic, app.ctx) }, inline(channel.topic, app.ctx))),
    tabs(channel, person, app),
    channel.pinned?.length > 0 && countButton("pin", channel.pinned.length, "Pinned messages", "pins", (event) => showPins(event.currentTarget, channel, app)),
    ["channel", "private"].includes(channel.kind) && countButton("people", channel.members?.length ?? 0, "Members", "members", (event) => showMembers(event.currentTarget, channel, app)),
  ].filter(Boolean);
}

function mark(channel, person) {
  if (channel.kind === "private") return icon("lock");
  if (channel.kind === "channel") return icon("hash");
  return avatar(person ?? { name: channel.name }, "small");
}

/** The app has two faces: its home and the conversation with it. */
function tabs(channel, person, app) {
  if (!person?.ours) return null;
  const all = app.state.channels;
  const home = all.find((one) => one.kind === "home");
  const direct = all.find((one) => one.kind === "dm" && partner(one, app)?.ours);
  const tab = (label, target, testid) => target && h("button", {
    type: "button", class: "tab", "aria-current": target.id === channel.id ? "page" : null, testid, onclick: () => app.visit({ channel: target.id }),
  }, label);
  return h("div", { class: "tabs" }, tab("Home", home, "tab-home"), tab("Messages", direct, "tab-messages"));
}

const countButton = (name, count, label, testid, onclick) =>
  h("button", { type: "button", class: "count-button", "aria-label": `${label}: ${count}`, title: label, testid, onclick }, icon(name, 16), String(count));

function showPins(anchor, channel, app) {
  const rows = channel.pinned.map((ts) => pinRow(app.message(ts), ts, channel, app));
  popover(anchor, h("div", { class: "pins" }, h("h2", { class: "menu-heading" }, "Pinned messages"), rows), { label: "Pinned messages", testid: "pin-list" });
}

function pinRow(message, ts, channel, app) {
  const go = () => {
    closePopover();
    app.openMessage(channel.id, ts);
  };
  const author = message && (app.person(message.user) ?? (message.bot ? app.bot : null));
  const moment = `${weekdayDate(dateOf(ts), app.zone)}, ${clock(dateOf(ts), app.zone)}`;
  return h("button", { type: "button", class: "pin-row", data: { ts }, onclick: go },
    h("span", { class: "pin-row-head" }, h("strong", {}, nameOf(author)), h("time", {}, moment)),
    h("span", { class: "pin-row-text" }, message ? plain(message.text ?? "", app.ctx) : "A message further up"));
}

function showMembers(anchor, channel, app) {
  const inside = new Set(channel.members);
  const invite = app.state.people.filter((one) => !inside.has(one.id) && !one.deleted).map((one) => ({
    label: nameOf(one), hint: "invite", icon: "plus", testid: "invite", data: { user: one.id }, run: () => app.act({ do: "invite", channel: channel.id, user: one.id }),
  }));
  const members = channel.members.map((id) => ({ label: nameOf(app.person(id), id), hint: app.person(id)?.title, lead: avatar(app.person(id), "small"), run: () => {} }));
  const leave = channel.member && { label: "Leave channel", icon: "close", danger: true, testid: "leave", run: () => app.act({ do: "leave", channel: channel.id }) };
  menu(anchor, [{ heading: "Members" }, ...members, channel.member && invite.length > 0 && { heading: "Invite" }, ...(channel.member ? invite : []), leave], { label: "Members", testid: "member-list" });
}
