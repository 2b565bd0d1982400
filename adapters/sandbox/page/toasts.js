// Short notes in a corner: the server's and the page's own. Law: the server's stay until dismissed, the page's leave by themselves.

import { h, icon, keyed } from "./dom.js";

const host = h("div", { class: "toasts", role: "status", "aria-live": "polite" });
let server = [];
let own = [];
let serial = 0;
let send = () => {};

/** A note of the page itself. */
export function notice(text, kind = "notice") {
  const id = `own-${++serial}`;
  own = [...own, { id, text, kind }];
  setTimeout(() => drop(id), 6000);
  draw();
}

function drop(id) {
  own = own.filter((one) => one.id !== id);
  draw();
}

function dismiss(id) {
  if (String(id).startsWith("own-")) return drop(id);
  server = server.filter((one) => one.id !== id);
  draw();
  return send({ do: "dismiss", toast: id });
}

function draw() {
  const dialogs = [...document.querySelectorAll("dialog[open]:not(.under)")];
  const home = dialogs.at(-1) ?? document.body;
  if (host.parentElement !== home) home.append(host);
  keyed(host, [...server, ...own], { key: (one) => String(one.id), sign: (one) => one.kind + one.text, build });
}

function build({ id, text, kind }) {
  return h("div", { class: `toast ${kind}`, testid: "toast", data: { kind } }, h("span", {}, text),
    h("button", { type: "button", "aria-label": "Dismiss", testid: "toast-dismiss", onclick: () => dismiss(id) }, icon("close", 14)));
}

export const toasts = {
  update(app) {
    send = (order) => app.act(order);
    server = app.state.toasts ?? [];
    draw();
  },
};
