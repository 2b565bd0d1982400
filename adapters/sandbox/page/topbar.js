// The bar on top: whom the visitor plays, the simulated clock, the inspector, the looks.

import { h, icon, iconButton, when } from "./dom.js";
import { menu } from "./menus.js";
import { avatar, nameOf } from "./people.js";
import { city, clock, weekdayDate } from "./times.js";

export class Topbar {
  constructor(app) {
    this.app = app;
    this.switch = h("button", { type: "button", class: "as-switch", testid: "as-switch", "aria-haspopup": "menu", onclick: (event) => choosePerson(event.currentTarget, app) });
    this.time = h("span", { class: "clock-time", testid: "clock-now" });
    this.platforms = h("div", { class: "platforms", testid: "platform-switch", hidden: true });
    this.inspector = h("button", { type: "button", class: "bar-button", testid: "inspector-toggle", "aria-pressed": "false", title: "What goes to and from the bot", onclick: () => app.set({ inspector: !app.ui.inspector }) }, icon("code"), h("span", { class: "wide-only" }, "Payloads"));
    this.el = h("header", { class: "topbar" },
      h("div", { class: "brand" }, h("span", { class: "brand-mark" }, icon("mark", 18)), h("span", { class: "brand-name wide-only" }, "Debrief"), h("span", { class: "brand-tag wide-only" }, "sandbox")),
      this.platforms, this.#clock(), h("div", { class: "bar-end" }, this.inspector, themeButton(), this.switch));
  }

  #clock() {
    const { app } = this;
    const jump = (text, title, step, testid) => h("button", { type: "button", class: "clock-step", title, "aria-label": title, testid, onclick: (event) => this.#forward(event.currentTarget, step) }, text);
    return h("div", { class: "clock", role: "group", "aria-label": "Simulated clock" }, icon("clock", 16), this.time,
      jump("+1 h", "One hour forward", { hours: 1 }, "clock-hour"), jump("+1 day", "One day forward", { days: 1 }, "clock-day"), jump("+1 week", "One week forward", { days: 7 }, "clock-week"));
  }

  async #forward(button, step) {
    button.classList.add("busy");
    await this.app.clock(step);
    button.classList.remove("busy");
  }

  update(app) {
    const me = app.person(app.ui.as) ?? app.person(app.me);
    this.time.textContent = `${weekdayDate(app.now, app.zone)}, ${clock(app.now, app.zone)}`;
    this.time.title = `Simulated time in ${city(app.zone)}`;
    this.inspector.setAttribute("aria-pressed", String(app.ui.inspector));
    when(this.switch, me, () => this.switch.replaceChildren(avatar(me, "small"),
      h("span", { class: "as-words" }, h("small", {}, "Acting as"), h("span", { class: "as-name" }, nameOf(me))), icon("down", 14)));
    this.#drawPlatforms(app.state.platforms ?? []);
  }

  #drawPlatforms(all) {
    this.platforms.hidden = !all.length;
    when(this.platforms, all, () => this.platforms.replaceChildren(...all.map((one) => h("a", { href: one.href, class: "platform", "aria-current": one.current ? "page" : null, data: { platform: one.id } }, one.name))));
  }
}

function choosePerson(anchor, app) {
  const people = app.state.people.filter((one) => !one.is_bot && !one.deleted);
  const items = people.map((one) => ({
    label: nameOf(one), hint: [one.title, city(one.tz)].filter(Boolean).join(" · "), lead: avatar(one, "small"), checked: one.id === app.ui.as, testid: "as-option", data: { user: one.id },
    run: () => app.visit({ as: one.id }),
  }));
  menu(anchor, [{ heading: "Act as" }, ...items], { label: "Act as", testid: "as-menu" });
}

/** Light and dark: the system's choice until the visitor makes one. */
function themeButton() {
  const button = iconButton("moon", "Light or dark", () => apply(isDark() ? "light" : "dark"), { testid: "theme", class: "icon-button bar-icon" });
  const apply = (theme) => {
    document.documentElement.dataset.theme = theme;
    remember(theme);
    button.replaceChildren(icon(isDark() ? "sun" : "moon"));
  };
  const kept = remembered();
  if (kept) apply(kept);
  else button.replaceChildren(icon(isDark() ? "sun" : "moon"));
  return button;
}

const isDark = () => (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";

function remember(theme) {
  try {
    localStorage.setItem("theme", theme);
  } catch {
    // Private browsing may forbid storage: the choice then lasts as long as the page.
  }
}

function remembered() {
  try {
    return localStorage.getItem("theme");
  } catch {
    return null;
  }
}
