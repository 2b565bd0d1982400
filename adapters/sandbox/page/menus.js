// Things that float: menus, pickers, small dialogs. Law: one popover at a time; Esc or a click elsewhere closes it; focus returns.

import { h, icon } from "./dom.js";
import { EMOJI, FREQUENT, findEmoji, glyph } from "./emoji.js";

let open = null;

export function closePopover() {
  if (!open) return;
  const { box, back } = open;
  open = null;
  const held = box.contains(document.activeElement);
  box.remove();
  if (held && back?.isConnected) back.focus({ preventScroll: true });
}

/** Shows `content` beside `anchor`; lives inside the anchor's dialog where there is one, so that it can be clicked. */
export function popover(anchor, content, { testid, label, role = "dialog", focus = true } = {}) {
  const again = open?.anchor === anchor;
  closePopover();
  if (again) return null;
  const box = h("div", { class: "popover", role, "aria-label": label, testid, tabindex: "-1" }, content);
  (anchor.closest("dialog") ?? document.body).append(box);
  place(box, anchor.getBoundingClientRect());
  open = { box, anchor, back: anchor };
  if (focus) (box.querySelector("input, button, [tabindex]") ?? box).focus({ preventScroll: true });
  return box;
}

function place(box, at) {
  const { offsetWidth: width, offsetHeight: height } = box;
  const left = Math.max(8, Math.min(at.left, innerWidth - width - 8));
  const below = at.bottom + 4 + height < innerHeight;
  const top = below ? at.bottom + 4 : Math.max(8, at.top - height - 4);
  box.style.left = `${left}px`;
  box.style.top = `${top}px`;
}

export function watchPopovers() {
  document.addEventListener("pointerdown", (event) => {
    if (open && !open.box.contains(event.target) && !open.anchor.contains(event.target)) closePopover();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !open) return;
    event.preventDefault();
    event.stopPropagation();
    closePopover();
  }, true);
  addEventListener("resize", closePopover);
}

/** A menu of {label, hint?, icon?, lead?, checked?, danger?, testid?, run} or {heading}. Arrow keys move, Enter runs. */
export function menu(anchor, items, options = {}) {
  const nodes = items.filter(Boolean).map((item) => (item.heading ? heading(item) : menuItem(item)));
  const list = h("div", { class: "menu", onkeydown: arrows }, nodes);
  return popover(anchor, list, { role: "menu", ...options });
}

const heading = ({ heading: text }) => h("div", { class: "menu-heading", role: "presentation" }, text);

function menuItem({ label, hint, icon: name, lead, checked, danger, testid, data, run }) {
  const onclick = () => {
    closePopover();
    run();
  };
  return h("button", { type: "button", role: "menuitem", class: danger ? "menu-item danger" : "menu-item", testid, data, onclick },
    lead, name && icon(name, 16), h("span", { class: "menu-label" }, label), hint && h("span", { class: "menu-hint" }, hint), checked && icon("check", 16));
}

function arrows(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const all = [...event.currentTarget.querySelectorAll("button")];
  const at = all.indexOf(document.activeElement);
  all.at((at + step + all.length) % all.length)?.focus();
}

export function emojiPicker(anchor, choose) {
  const grid = h("div", { class: "emoji-grid" });
  const draw = (names) => grid.replaceChildren(...names.map((name) => emojiButton(name, choose)));
  const input = h("input", {
    type: "search", class: "field", placeholder: "Find an emoji", "aria-label": "Find an emoji", testid: "emoji-search",
    oninput: () => draw(input.value ? findEmoji(input.value) : starters()),
    onkeydown: (event) => event.key === "Enter" && (event.preventDefault(), grid.querySelector("button")?.click()),
  });
  draw(starters());
  popover(anchor, h("div", { class: "emoji-picker" }, input, grid), { testid: "emoji-picker", label: "Choose an emoji" });
}

const starters = () => [...new Set([...FREQUENT, ...EMOJI.keys()])].slice(0, 96);

function emojiButton(name, choose) {
  const onclick = () => {
    closePopover();
    choose(name);
  };
  return h("button", { type: "button", class: "emoji-button", title: `:${name}:`, "aria-label": name.replaceAll("_", " "), data: { name }, onclick }, glyph(name));
}

/** A native dialog traps focus and dims the page; `content(close)` gives its inside. Resolves with what close() was given. */
export function dialog(title, content, { testid, wide = false } = {}) {
  return new Promise((resolve) => {
    const close = (value) => {
      box.close();
      box.remove();
      resolve(value);
    };
    const box = h("dialog", { class: wide ? "sheet wide" : "sheet", "aria-label": title, testid, oncancel: (event) => (event.preventDefault(), close()) },
      h("header", { class: "sheet-head" }, h("h2", {}, title), closeButton(() => close())), content(close));
    document.body.append(box);
    box.showModal();
  });
}

const closeButton = (onclick) =>
  h("button", { type: "button", class: "icon-button", "aria-label": "Close", title: "Close", testid: "dialog-close", onclick }, icon("close"));

/** Asks before something is done; `texts` = {title, text, confirm, deny, style}, each a plain string or nodes. */
export function confirmDialog({ title, text, confirm = "Yes", deny = "Cancel", style }) {
  return dialog(title, (close) => h("div", {},
    h("div", { class: "sheet-body" }, text),
    h("footer", { class: "sheet-foot" },
      h("button", { type: "button", class: "button", testid: "confirm-deny", onclick: () => close(false) }, deny),
      h("button", { type: "button", class: `button ${style === "danger" ? "danger" : "primary"}`, testid: "confirm-ok", autofocus: true, onclick: () => close(true) }, confirm))),
  { testid: "confirm" });
}
