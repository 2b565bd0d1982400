// Builds and compares DOM nodes. Law: what came from outside enters the page as text or as an attribute, never as HTML.

const SVG = "http://www.w3.org/2000/svg";
const signatures = new WeakMap();

/** h("button", {class: "x", onclick: f, data: {ts: "1"}, style: {"--c": "red"}}, "text", [nodes]) */
export function h(tag, props = {}, ...children) {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) assign(el, name, value);
  el.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return el;
}

function assign(el, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name.startsWith("on")) el.addEventListener(name.slice(2), value);
  else if (name === "data") Object.assign(el.dataset, value);
  else if (name === "style") Object.entries(value).forEach(([key, text]) => el.style.setProperty(key, text));
  else if (name === "testid") el.dataset.testid = value;
  else el.setAttribute(name, value === true ? "" : value);
}

const STROKES = {
  hash: "M9 4 7 20M17 4l-2 16M4 9h17M3 15h17",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  at: "M16 8v5a2.5 2.5 0 0 0 5 0v-1a9 9 0 1 0-4 7.5M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0z",
  smile: "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0zM8.5 14.5a4.5 4.5 0 0 0 7 0M9 9.5v.01M15 9.5v.01",
  plus: "M12 5v14M5 12h14",
  send: "M4 12 3 4l18 8-18 8 1-8zm0 0h8",
  reply: "M20 12a7 7 0 0 1-7 7H4l2-3a7 7 0 0 1-2-5 7 7 0 0 1 7-7h2a7 7 0 0 1 7 8z",
  more: "M12 5.5v.01M12 12v.01M12 18.5v.01",
  pin: "M9 3h6l-1 7 4 4H6l4-4zM12 14v7",
  edit: "M4 20h4L19 9l-4-4L4 16z",
  trash: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13",
  link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
  close: "M6 6l12 12M18 6 6 18",
  menu: "M4 7h16M4 12h16M4 17h16",
  clock: "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0zM12 7v5l3.5 2",
  code: "M9 7l-5 5 5 5M15 7l5 5-5 5",
  sun: "M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1 1M17.4 17.4l1 1M18.4 5.6l-1 1M6.6 17.4l-1 1",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z",
  pause: "M9 6v12M15 6v12",
  play: "M8 5l11 7-11 7z",
  skip: "M6 5l9 7-9 7zM19 5v14",
  restart: "M5 5v5h5M5.5 10A7.5 7.5 0 1 1 4.6 14",
  people: "M12 8.5a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0zM2.5 20a6 6 0 0 1 12 0M16 5.3a3.5 3.5 0 0 1 0 6.4M18 14.6a6 6 0 0 1 3.5 5.4",
  check: "M5 12.5l4.5 4.5L19 7.5",
  down: "M6 9l6 6 6-6",
  right: "M9 6l6 6-6 6",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM14.5 12a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0z",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  image: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9v.01",
  home: "M4 11l8-7 8 7v9h-5v-6H9v6H4z",
  bolt: "M13 3 5 14h6l-1 7 8-11h-6z",
  target: "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0zM16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM12 12v.01",
  mark: "M5 5v14M5 7h8a5 5 0 0 1 0 10H9M9 12l3 0",
};

/** A line drawing from the table above; decoration only, so hidden from assistive technology. */
export function icon(name, size = 18) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  const attributes = { viewBox: "0 0 24 24", width: size, height: size, class: `icon icon-${name}`, "aria-hidden": "true" };
  Object.entries(attributes).forEach(([key, value]) => svg.setAttribute(key, value));
  path.setAttribute("d", STROKES[name] ?? STROKES.more);
  svg.append(path);
  return svg;
}

export function iconButton(name, label, onclick, props = {}) {
  return h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, onclick, ...props }, icon(name));
}

/**
 * Brings the children of `parent` in line with `items`, touching only those whose signature changed,
 * so that focus, open menus, half-typed inputs and the scroll position survive every poll.
 */
export function keyed(parent, items, { key, sign, build }) {
  const wanted = new Set(items.map(key));
  const old = new Map();
  for (const el of [...parent.children]) wanted.has(el.dataset.key) ? old.set(el.dataset.key, el) : el.remove();
  let cursor = parent.firstElementChild;
  for (const item of items) {
    const el = current(old.get(key(item)), item, { key, sign, build });
    if (cursor && cursor.dataset.key === el.dataset.key) cursor = el.nextElementSibling;
    else parent.insertBefore(el, cursor);
  }
}

function current(el, item, { key, sign, build }) {
  const signature = sign(item);
  if (el && signatures.get(el) === signature) return el;
  const fresh = build(item, el);
  fresh.dataset.key = key(item);
  signatures.set(fresh, signature);
  if (el && el !== fresh) swap(el, fresh);
  return fresh;
}

/** Replaces a node and puts the focus back on its counterpart. */
export function swap(el, fresh) {
  const focused = el.contains(document.activeElement) ? document.activeElement : null;
  const selector = focused && focused !== el ? pathOf(focused) : null;
  el.replaceWith(fresh);
  if (focused) (selector ? fresh.querySelector(selector) ?? fresh : fresh).focus?.({ preventScroll: true });
}

function pathOf(el) {
  const marks = ["testid", "name", "action", "block"].filter((mark) => el.dataset[mark] !== undefined);
  const tests = marks.map((mark) => `[data-${mark}=${CSS.escape(el.dataset[mark])}]`);
  return el.tagName.toLowerCase() + tests.join("");
}

/** Runs `write` only when `value` differs from what the node was last drawn from. */
export function when(el, value, write) {
  const signature = JSON.stringify(value) ?? "";
  if (signatures.get(el) === signature) return;
  signatures.set(el, signature);
  write(el);
}

export const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
