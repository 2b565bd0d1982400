// The list of places at the left: the team with its channels, and the chats; a drawer on narrow screens.

import { h, icon, iconButton, keyed } from "../dom.js";
import { dialog } from "../menus.js";
import { appBadge, avatar, nameOf } from "../people.js";

export class Places {
  constructor(app) {
    this.app = app;
    this.team = group("Team", iconButton("plus", "Create a channel", () => createChannel(app), { testid: "create-channel" }));
    this.chats = group("Chats", iconButton("plus", "New group chat", () => newChat(app), { testid: "new-chat" }));
    this.add = h("button", { type: "button", class: "place add-app", testid: "add-app", onclick: () => app.act({ do: "install", on: true }) }, icon("plus", 15), "Add Debrief for yourself");
    this.nav = h("nav", { class: "sidebar", "aria-label": "Teams and chats", testid: "sidebar" },
      h("div", { class: "workspace" }, h("span", { class: "workspace-name" }, "Microsoft Teams ", h("small", {}, "(simulated)"))), this.team.el, this.chats.el, this.add);
    this.veil = h("div", { class: "veil", onclick: () => app.set({ drawer: false }) });
    this.el = h("div", { class: "sidebar-wrap" }, this.nav, this.veil);
    this.nav.addEventListener("keydown", (event) => event.key === "Escape" && app.set({ drawer: false }));
  }

  update(app) {
    const { channels, teams } = app.state;
    this.el.classList.toggle("open", app.ui.drawer);
    this.nav.inert = !app.arrived;
    this.team.name.textContent = teams.find((one) => one.member)?.name ?? "No team";
    this.#fill(this.team.list, channels.filter((one) => one.kind === "channel"));
    this.#fill(this.chats.list, channels.filter((one) => one.kind !== "channel").sort((one, other) => (other.kind === "personal") - (one.kind === "personal")));
    this.add.hidden = channels.some((one) => one.kind === "personal" && one.installed);
  }

  #fill(list, channels) {
    const { app } = this;
    const seen = (one) => [one.id, one.name, one.unread, one.mentions, one.id === app.ui.channel, app.me, one.members.length];
    keyed(list, channels, { key: (one) => one.id, sign: (one) => JSON.stringify(seen(one)), build: (one) => item(one, app) });
  }
}

function group(title, ...buttons) {
  const name = h("h2", {}, title);
  const list = h("div", { class: "group-list", role: "list" });
  return { name, list, el: h("section", { class: "group" }, h("div", { class: "group-head" }, name, buttons), list) };
}

function item(one, app) {
  const here = one.id === app.ui.channel;
  const unread = one.unread > 0 && !here;
  return h("div", { role: "listitem" }, h("button", {
    type: "button", class: `place ${unread ? "unread" : ""}`, "aria-current": here ? "page" : null, testid: "sidebar-item",
    data: { channel: one.id, kind: one.kind, name: one.name }, onclick: () => app.visit({ channel: one.id }),
  }, faceOf(one, app), h("span", { class: "place-name" }, one.name || "Only you"), one.kind === "personal" && appBadge(),
  one.mentions > 0 && !here && h("span", { class: "count", "aria-label": `${one.mentions} unread` }, String(one.mentions))));
}

export function faceOf(one, app) {
  if (one.kind === "channel") return icon("hash", 15);
  if (one.kind === "personal") return avatar(app.bot, "small");
  return h("span", { class: "avatar small group-face", "aria-hidden": "true" }, icon("people", 13));
}

const textField = (label, props) => [h("label", { class: "input-label", for: props.id }, label), h("input", { class: "field", autocomplete: "off", ...props })];

async function createChannel(app) {
  const name = await dialog("Create a channel", (close) => {
    const [label, field] = textField("Name", { id: "new-channel", maxlength: "50", placeholder: "for example launch week", testid: "new-channel-name" });
    return h("form", { onsubmit: (event) => (event.preventDefault(), close(field.value.trim())) },
      h("div", { class: "sheet-body" }, label, field),
      h("footer", { class: "sheet-foot" }, h("button", { type: "submit", class: "button primary", testid: "new-channel-submit" }, "Create")));
  }, { testid: "create-channel-dialog" });
  if (name) await opened(app, { do: "create_channel", name });
}

async function newChat(app) {
  const others = app.state.people.filter((one) => !one.is_bot && one.id !== app.me);
  const made = await dialog("New group chat", (close) => {
    const [label, field] = textField("Name (optional)", { id: "chat-name", maxlength: "60", testid: "new-chat-name" });
    const choice = (text, hint, props) => h("label", { class: "choice" }, h("input", { type: "checkbox", ...props }), h("span", {}, text, h("small", {}, hint)));
    const people = others.map((one) => choice(nameOf(one), one.title ?? "", { value: one.id, testid: "new-chat-person" }));
    const bot = choice(app.bot.name, "Without it nobody can declare a private incident here.", { checked: true, testid: "new-chat-app" });
    const chosen = () => people.map((one) => one.querySelector("input")).filter((one) => one.checked).map((one) => one.value);
    const submit = (event) => (event.preventDefault(), close({ people: chosen(), name: field.value.trim(), app: bot.querySelector("input").checked }));
    return h("form", { onsubmit: submit },
      h("div", { class: "sheet-body" }, label, field, h("fieldset", { class: "choices plain" }, h("legend", { class: "input-label" }, "With"), people), h("fieldset", { class: "choices plain" }, h("legend", { class: "input-label" }, "App"), bot)),
      h("footer", { class: "sheet-foot" }, h("button", { type: "submit", class: "button primary", testid: "new-chat-submit" }, "Create chat")));
  }, { testid: "new-chat-dialog" });
  if (made) await opened(app, { do: "group_chat", ...made });
}

async function opened(app, order) {
  const answer = await app.act(order);
  if (answer.ok && answer.conversation) app.visit({ channel: answer.conversation });
}
