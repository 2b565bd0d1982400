// The app's own page. Law: it is redrawn only when its blocks changed, and keeps what was typed.

import { Surface } from "./blocks.js";
import { h, when } from "./dom.js";

export class Home {
  constructor(app) {
    this.app = app;
    this.body = h("div", { class: "home-body" });
    this.el = h("div", { class: "home", testid: "home", hidden: true }, this.body);
  }

  update(app) {
    const { home } = app.state;
    when(this.body, [home?.blocks ?? null, app.me, app.zone], () => this.#draw(app, home));
  }

  #draw(app, home) {
    if (!home) return this.body.replaceChildren(h("p", { class: "empty" }, "The app has not drawn its home yet."));
    const kept = this.surface?.values();
    this.surface = new Surface({ ctx: app.ctx, where: { container: "home", view_id: home.id }, act: (order) => app.act(order), kept });
    return this.body.replaceChildren(...this.surface.draw(home.blocks));
  }
}
