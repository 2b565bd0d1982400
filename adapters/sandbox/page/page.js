// Puts the page together. The rest: api (server), app (what is seen), one module per part of the page.

import { App } from "./app.js";
import { h } from "./dom.js";
import { Inspector } from "./inspector.js";
import { watchPopovers } from "./menus.js";
import { Modals } from "./modals.js";
import { Conversation, Thread } from "./panes.js";
import { Sidebar } from "./sidebar.js";
import { Story } from "./story.js";
import { toasts } from "./toasts.js";
import { Topbar } from "./topbar.js";
import { guide } from "./tries.js";

function build() {
  const app = new App();
  const story = new Story(app, guide);
  const parts = { top: new Topbar(app), side: new Sidebar(app), main: new Conversation(app, story), thread: new Thread(app, story), inspector: new Inspector(app) };
  story.reach(() => parts.main.composer, [parts.main.messages, parts.thread.messages]);
  const { top, side, main, thread, inspector } = parts;
  for (const part of [top, side, main, thread, inspector, story, new Modals(), toasts]) app.add(part);
  const frame = h("div", { class: "frame" }, side.el, main.el, thread.el, inspector.el);
  document.getElementById("page").replaceChildren(top.el, frame, story.line);
  watchPopovers();
  return app;
}

build().start();
