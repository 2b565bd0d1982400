// Draws one message. Law: a drawing depends on the message, its neighbour and the reader alone, so that it can be compared and kept.

import { Surface } from "./blocks.js";
import { h, icon, plural } from "./dom.js";
import { emoji, mrkdwn } from "./mrkdwn.js";
import { appBadge, avatar, nameOf } from "./people.js";
import { clock, dateOf, full, ago } from "./times.js";

const QUIET = new Set(["channel_join", "channel_leave", "channel_topic", "channel_purpose", "channel_name", "channel_archive", "channel_unarchive", "pinned_item",
  "group_join", "group_leave", "group_topic", "group_purpose", "group_name", "group_archive", "bot_add", "reminder_add", "tombstone", "channel_convert_to_private"]);

export const isQuiet = (message) => QUIET.has(message.subtype);

/** `row` = {message, compact, inThread, marked, editing}. */
export function drawMessage(row, app) {
  const { message } = row;
  const author = authorOf(message, app);
  return h("article", {
    class: classes(row), role: "listitem", tabindex: "-1", testid: "message", data: { ts: message.ts, user: message.user ?? "" },
    "aria-label": `${nameOf(author)}, ${clock(dateOf(message.ts), app.zone)}`,
  }, gutter(row, author, app), h("div", { class: "message-body" }, body(row, author, app)));
}

function classes({ message, compact, marked }) {
  const on = { message: true, compact, marked, ephemeral: message.ephemeral, quiet: isQuiet(message), pinned: message.pinned };
  return Object.keys(on).filter((name) => on[name]).join(" ");
}

function authorOf(message, app) {
  const known = app.person(message.user);
  if (known) return known;
  if (message.user === "USLACKBOT") return { id: message.user, name: "Slackbot", is_bot: true };
  return message.bot ? app.bot : { id: message.user, name: message.username ?? message.user };
}

function gutter({ message, compact }, author, app) {
  if (compact) return h("div", { class: "gutter" }, stamp(message, app, "short"));
  return h("div", { class: "gutter" }, isQuiet(message) ? avatar(author, "small") : avatar(author));
}

function stamp(message, app, style = "") {
  const date = dateOf(message.ts);
  return h("time", { class: `stamp ${style}`, datetime: date.toISOString(), title: full(date, app.zone) }, clock(date, app.zone));
}

function body(row, author, app) {
  const { message, compact, editing } = row;
  return [
    message.ephemeral && h("div", { class: "only-you", testid: "only-you" }, icon("eye", 14), "Only visible to you"),
    message.pinned && h("div", { class: "pin-mark" }, icon("pin", 13), "Pinned"),
    !compact && head(message, author, app),
    editing ? editor(message, app) : content(message, app),
    message.files?.length > 0 && h("div", { class: "files" }, message.files.map(file)),
    message.reactions?.length > 0 && reactions(message, app),
    !row.inThread && message.reply_count > 0 && threadLink(row, app),
  ];
}

function head(message, author, app) {
  return h("div", { class: "message-head" },
    h("span", { class: "author", title: author.title || null }, nameOf(author)), (message.bot || author.is_bot) && appBadge(),
    author.guest && h("span", { class: "badge" }, "GUEST"), stamp(message, app));
}

function content(message, app) {
  // Slack marks no message of an app as edited whose blocks it changed.
  const edited = message.edited && !(message.bot && message.blocks?.length) && h("span", { class: "edited", testid: "edited" }, "(edited)");
  if (!message.blocks?.length) return h("div", { class: sizeOf(message.text) }, mrkdwn(spoken(message), app.ctx), edited);
  const surface = new Surface({ ctx: app.ctx, where: { channel: app.view.channel, ts: message.ts }, act: (order) => app.act(order) });
  return h("div", { class: "blocks" }, surface.draw(message.blocks), edited);
}

/** A quiet line begins with its author, whose name stands before it already. */
const spoken = ({ subtype, user, text }) => (QUIET.has(subtype) && text.startsWith(`<@${user}>`) ? text.slice(text.indexOf(">") + 1).trimStart() : text);

const sizeOf = (text) => (/^(:[a-z0-9_+-]+:\s*){1,5}$/.test(text ?? "") ? "rich jumbo" : "rich");

const file = (one) => h("a", { class: "file", href: /^https?:/i.test(one.permalink ?? "") ? one.permalink : null, target: "_blank", rel: "noopener noreferrer" },
  icon(one.mimetype?.startsWith("image/") ? "image" : "file", 22),
  h("span", {}, h("strong", {}, one.name), h("small", {}, one.mimetype ?? "file")));

function reactions(message, app) {
  const who = (users) => users.map((id) => nameOf(app.person(id))).join(", ");
  const chips = message.reactions.map(({ name, users }) => {
    const mine = users.includes(app.me);
    const onclick = () => app.act({ do: mine ? "unreact" : "react", channel: app.view.channel, ts: message.ts, name });
    return h("button", { type: "button", class: "reaction", "aria-pressed": String(mine), title: `${who(users)} reacted with :${name}:`, testid: "reaction", data: { name }, onclick },
      emoji(name), h("span", { class: "count" }, String(users.length)));
  });
  return h("div", { class: "reactions" }, chips);
}

function threadLink({ message, replies }, app) {
  const faces = [...new Set((replies ?? []).map((reply) => reply.user))].slice(0, 4);
  const last = replies?.at(-1);
  return h("button", { type: "button", class: "thread-link", testid: "open-thread", onclick: () => app.set({ thread: message.ts, byHand: true }) },
    faces.map((id) => avatar(app.person(id), "small")), h("span", { class: "thread-count" }, plural(message.reply_count, "reply", "replies")),
    last && h("span", { class: "thread-last" }, `Last reply ${ago(dateOf(last.ts), app.now)}`));
}

function editor(message, app) {
  const field = h("textarea", { class: "field", rows: "3", "aria-label": "Edit message", testid: "edit-field", dir: "auto" });
  field.value = decode(message.text, app);
  const cancel = () => app.set({ editing: null });
  const save = async () => (await app.act({ do: "edit", channel: app.view.channel, ts: message.ts, text: field.value })).ok && cancel();
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") cancel();
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) event.preventDefault(), save();
  });
  queueMicrotask(() => field.focus());
  return h("div", { class: "editor" }, field, h("div", { class: "editor-foot" },
    h("button", { type: "button", class: "button", onclick: cancel }, "Cancel"),
    h("button", { type: "button", class: "button primary", testid: "edit-save", onclick: save }, "Save")));
}

/** A stored text as its author typed it, for editing; the server stores it anew. */
function decode(text, app) {
  return text
    .replace(/<@(\w+)(?:\|[^>]*)?>/g, (whole, id) => (app.person(id) ? `@${app.person(id).name}` : whole))
    .replace(/<#(\w+)(?:\|[^>]*)?>/g, (whole, id) => (app.channel(id) ? `#${app.channel(id).name}` : whole))
    .replace(/<!(here|channel|everyone)>/g, "@$1")
    .replace(/<(https?:[^|>]+)>/g, "$1")
    .replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
