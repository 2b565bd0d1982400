// Puts the page of the simulated Teams together. What it has in common with the other page stands one folder up.

import { h } from "../dom.js";
import { Inspector } from "../inspector.js";
import { watchPopovers } from "../menus.js";
import { Story } from "../story.js";
import { toasts } from "../toasts.js";
import { Topbar } from "../topbar.js";
import { TeamsApp } from "./app.js";
import { Place } from "./place.js";
import { Places } from "./places.js";
import { Task } from "./task.js";
import { guide } from "./tries.js";

function build() {
  const app = new TeamsApp();
  const story = new Story(app, guide);
  const [top, side, main, inspector] = [new Topbar(app), new Places(app), new Place(app, story), new Inspector(app)];
  story.reach(() => main.composer, [main.posts]);
  for (const part of [top, side, main, inspector, story, new Task(app), toasts]) app.add(part);
  document.getElementById("page").replaceChildren(top.el, h("div", { class: "frame" }, side.el, main.el, inspector.el), story.line);
  watchPopovers();
  return app;
}

build().start();
