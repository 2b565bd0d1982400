// Draws one message. Law: a drawing depends on the message, its neighbour and the reader alone, so that it can be compared and kept.

import { h, icon } from "../dom.js";
import { glyph } from "../emoji.js";
import { appBadge, avatar, nameOf } from "../people.js";
import { clock, dayName, full } from "../times.js";
import { dateOf } from "./app.js";
import { plainly, said } from "./said.js";

const SIGNS = { like: "👍", heart: "❤️", laugh: "😆", surprised: "😮", sad: "😢", angry: "😡" };
export const QUICK = ["like", "heart", "laugh", "surprised"];
export const signOf = (name) => SIGNS[name] ?? glyph(name) ?? name;

/** `row` = {message, kind: post | reply | line, compact, marked, editing}. */
export function drawMessage(row, app) {
  const { message } = row;
  const author = app.person(message.from) ?? { id: message.from, name: message.name };
  return h("article", {
    class: classes(row, app), role: "listitem", tabindex: "-1", testid: "message", data: { ts: message.ts, user: message.from },
    "aria-label": `${nameOf(author)}, ${clock(dateOf(message.ts), app.zone)}`,
  }, h("div", { class: "gutter" }, !row.compact && avatar(author, row.kind === "reply" ? "mid" : "")), h("div", { class: "message-body" }, body(row, author, app)));
}

function classes({ message, kind, compact, marked }, app) {
  const on = { message: true, [kind]: true, compact, marked, ephemeral: message.targeted_to, mine: message.from === app.me, carded: message.card, quiet: message.deleted };
  return Object.keys(on).filter((name) => on[name]).join(" ");
}

function body(row, author, app) {
  const { message, compact, editing } = row;
  return [
    !compact && head(message, author, app),
    message.targeted_to && h("div", { class: "only-you", testid: "only-you" }, icon("eye", 14), "Only you can see this message"),
    message.deleted ? tombstone(message, app) : editing ? editor(message, app) : content(message, app),
    message.files?.length > 0 && h("div", { class: "files" }, message.files.map(file)),
    Object.keys(message.reactions ?? {}).length > 0 && reactions(message, app),
  ];
}

function head(message, author, app) {
  const date = dateOf(message.ts);
  const day = dayName(date, app.now, app.zone, { weekday: undefined, month: "short" });
  const moment = day === "Today" ? clock(date, app.zone) : `${day} ${clock(date, app.zone)}`;
  return h("div", { class: "message-head" },
    h("span", { class: "author", title: author.title || null }, nameOf(author)), author.is_bot && appBadge(), author.guest && h("span", { class: "badge" }, "GUEST"),
    h("time", { class: "stamp", datetime: date.toISOString(), title: full(date, app.zone) }, moment),
    message.edited && h("span", { class: "edited", testid: "edited" }, "Edited"));
}

function content(message, app) {
  const bubble = [
    message.quote && quote(message.quote, app),
    message.text && h("div", { class: "rich said" }, said(message.text, message.entities, app.me)),
  ].filter(Boolean);
  return [bubble.length > 0 && h("div", { class: "bubble" }, bubble), message.card && app.cards.node(message)];
}

const quote = ({ name, text, ts }, app) =>
  h("button", { type: "button", class: "quote", testid: "quote", onclick: () => app.openMessage(app.view.channel, ts) }, h("strong", {}, name), h("span", {}, plainly(text)));

function tombstone(message, app) {
  const undo = () => app.act({ do: "undelete", channel: app.view.channel, ts: message.ts });
  return h("p", { class: "gone", testid: "deleted" }, "This message has been deleted. ", message.from === app.me && h("button", { type: "button", class: "text-button", testid: "undelete", onclick: undo }, "Undo"));
}

const file = ({ name }) => h("span", { class: "file", testid: "file" }, icon("file", 22), h("span", {}, h("strong", {}, name), h("small", {}, "File")));

function reactions(message, app) {
  const chips = Object.entries(message.reactions).map(([name, users]) => {
    const mine = users.includes(app.me);
    const who = users.map((id) => nameOf(app.person(id))).join(", ");
    const onclick = () => app.act({ do: mine ? "unreact" : "react", channel: app.view.channel, ts: message.ts, name });
    return h("button", { type: "button", class: "reaction", "aria-pressed": String(mine), title: `${who}: ${name}`, "aria-label": `${name}: ${users.length}`, testid: "reaction", data: { name }, onclick },
      h("span", { class: "emoji" }, signOf(name)), h("span", { class: "count" }, String(users.length)));
  });
  return h("div", { class: "reactions" }, chips);
}

function editor(message, app) {
  const field = h("textarea", { class: "field", rows: "3", "aria-label": "Edit message", testid: "edit-field", dir: "auto" });
  field.value = typed(message);
  const cancel = () => app.set({ editing: null });
  const save = async () => (await app.act({ do: "edit", channel: app.view.channel, ts: message.ts, text: field.value })).ok && cancel();
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") cancel();
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) event.preventDefault(), save();
  });
  queueMicrotask(() => field.focus());
  return h("div", { class: "editor" }, field, h("div", { class: "editor-foot" },
    h("button", { type: "button", class: "button", onclick: cancel }, "Cancel"),
    h("button", { type: "button", class: "button primary", testid: "edit-save", onclick: save }, "Done")));
}

/** A stored text as its author typed it. */
const typed = ({ text, entities }) => (entities ?? []).filter((one) => one.type === "mention").reduce((all, one) => all.replace(one.text, `@${one.mentioned.name}`), text);
