// The list of places at the left; a drawer on narrow screens. Law: what is unread is bold, what calls for the person has a number.

import { h, icon, iconButton, keyed } from "./dom.js";
import { dialog, menu } from "./menus.js";
import { appBadge, avatar } from "./people.js";

export class Sidebar {
  constructor(app) {
    this.app = app;
    this.name = h("span", { class: "workspace-name" });
    this.lists = { channels: group("Channels"), direct: group("Direct messages"), apps: group("Apps") };
    const add = iconButton("plus", "Create a channel", () => createChannel(app), { testid: "create-channel" });
    this.lists.channels.head.append(add);
    this.shortcuts = iconButton("bolt", "Shortcuts of the app", (event) => globalShortcuts(event.currentTarget, app), { testid: "global-shortcuts" });
    this.nav = h("nav", { class: "sidebar", "aria-label": "Channels and direct messages", testid: "sidebar" },
      h("div", { class: "workspace" }, this.name, this.shortcuts), Object.values(this.lists).map((one) => one.el));
    this.veil = h("div", { class: "veil", onclick: () => app.set({ drawer: false }) });
    this.el = h("div", { class: "sidebar-wrap" }, this.nav, this.veil);
    this.nav.addEventListener("keydown", (event) => event.key === "Escape" && app.set({ drawer: false }));
  }

  update(app) {
    const { channels, workspace, shortcuts } = app.state;
    this.name.textContent = workspace?.name ?? "Workspace";
    this.shortcuts.hidden = !shortcuts?.global?.length;
    this.el.classList.toggle("open", app.ui.drawer);
    this.nav.inert = !app.arrived;
    this.#fill("channels", channels.filter((one) => ["channel", "private"].includes(one.kind) && (!one.archived || one.id === app.ui.channel)));
    this.#fill("direct", channels.filter((one) => one.kind === "dm"));
    this.#fill("apps", channels.filter((one) => one.kind === "home"));
  }

  #fill(name, channels) {
    const { app } = this;
    const seen = (one) => [one.id, one.name, one.kind, one.unread, one.mentions, one.member, one.archived, one.id === app.ui.channel, app.me];
    keyed(this.lists[name].list, channels, { key: (one) => one.id, sign: (one) => JSON.stringify(seen(one)), build: (one) => item(one, app) });
    this.lists[name].el.hidden = !channels.length && name !== "channels";
  }
}

function group(title) {
  const head = h("div", { class: "group-head" }, h("h2", {}, title));
  const list = h("div", { class: "group-list", role: "list" });
  return { head, list, el: h("section", { class: "group" }, head, list) };
}

function item(one, app) {
  const here = one.id === app.ui.channel;
  const unread = one.unread > 0 && !here;
  const calls = one.mentions || (one.kind === "dm" && unread ? one.unread : 0);
  const person = partner(one, app);
  return h("div", { role: "listitem" }, h("button", {
    type: "button", class: `place ${unread ? "unread" : ""} ${one.member === false ? "outside" : ""}`, "aria-current": here ? "page" : null,
    testid: "sidebar-item", data: { channel: one.id, kind: one.kind, name: one.name }, onclick: () => app.visit({ channel: one.id }),
  }, lead(one, person), h("span", { class: "place-name" }, person?.real_name || one.name), person?.is_bot && one.kind === "dm" && appBadge(),
  calls > 0 && !here && h("span", { class: "count", "aria-label": `${calls} unread` }, String(calls))));
}

/** Whom a direct conversation is with. */
export function partner(channel, app) {
  if (channel.kind === "home") return app.bot;
  if (channel.kind !== "dm") return null;
  const other = (channel.members ?? []).find((id) => id !== app.me);
  return app.person(other) ?? app.state.people.find((one) => one.name === channel.name);
}

function lead(one, person) {
  if (one.kind === "private") return icon("lock", 15);
  if (one.kind === "channel") return icon("hash", 15);
  return avatar(person ?? { name: one.name }, "small");
}

function globalShortcuts(anchor, app) {
  const items = app.state.shortcuts.global.map(({ callback_id, name }) => ({
    label: name, icon: "bolt", testid: "global-shortcut", data: { callback: callback_id }, run: () => app.act({ do: "global_shortcut", callback_id }),
  }));
  menu(anchor, [{ heading: `Shortcuts of ${app.bot.real_name || app.bot.name}` }, ...items], { label: "Shortcuts" });
}

async function createChannel(app) {
  const made = await dialog("Create a channel", (close) => {
    const name = h("input", { class: "field", id: "new-channel", maxlength: "80", placeholder: "for example launch-week", testid: "new-channel-name", autocomplete: "off" });
    const secret = h("input", { type: "checkbox", testid: "new-channel-private" });
    const submit = (event) => {
      event.preventDefault();
      close({ name: name.value.trim().replace(/^#/, ""), private: secret.checked });
    };
    return h("form", { onsubmit: submit },
      h("div", { class: "sheet-body" }, h("label", { class: "input-label", for: "new-channel" }, "Name"), name,
        h("label", { class: "choice" }, secret, h("span", {}, "Private", h("small", {}, "Only people who are invited can find it.")))),
      h("footer", { class: "sheet-foot" }, h("button", { type: "submit", class: "button primary", testid: "new-channel-submit" }, "Create")));
  }, { testid: "create-channel-dialog" });
  if (!made?.name) return;
  const answer = await app.act({ do: "create_channel", ...made });
  if (answer.ok && answer.channel) app.visit({ channel: answer.channel.id ?? answer.channel });
}
