// Turns chat markup into DOM nodes. Law: every leaf is a text node; a link is kept only with a known, harmless scheme.

import { h } from "./dom.js";
import { glyph } from "./emoji.js";
import { dateOf, dateToken } from "./times.js";

const SAFE = /^(https?:|mailto:|tel:)/i;
const WORD = "\\p{L}\\p{N}";
const INLINE = new RegExp(
  [
    "<(?<angle>[^<>\\n]+)>",
    "`(?<code>[^`\\n]+)`",
    ":(?<emoji>[a-z0-9_+'\\-]+)(?:::skin-tone-\\d)?:",
    emphasis("bold", "\\*"),
    emphasis("italic", "_"),
    emphasis("strike", "~"),
    "(?<bare>https?://[^\\s<>]+[^\\s<>.,;:!?)\\]'\"])",
  ].join("|"),
  "gu",
);

function emphasis(name, mark) {
  const inner = `(?:[^${mark}\\n]|(?<=[${WORD}])${mark}(?=[${WORD}]))*`;
  return `(?<![${WORD}${mark}])${mark}(?<${name}>(?=\\S)${inner}(?<=\\S))${mark}(?![${WORD}${mark}])`;
}

const unescape = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** Block level: code fences, quotes, lists, plain lines. `ctx` = {person, channel, me, zone, now, open}. */
export function mrkdwn(text, ctx) {
  const parts = String(text ?? "").split(/```\n?/);
  if (parts.length % 2 === 0) parts.push("```" + parts.pop(), "");
  return parts.flatMap((part, index) => (index % 2 ? codeBlock(part) : paragraphs(trimAround(part, index, parts), ctx)));
}

function trimAround(part, index, parts) {
  const after = index > 0 ? part.replace(/^\n/, "") : part;
  return index < parts.length - 1 ? after.replace(/\n$/, "") : after;
}

const codeBlock = (text) => [h("pre", { class: "code-block", tabindex: "0" }, h("code", {}, unescape(text.replace(/\n$/, ""))))];

const KINDS = [
  ["quote", /^(?:>|&gt;)\s?(.*)$/],
  ["bullet", /^\s*[•◦▪*-]\s+(.*)$/],
  ["number", /^\s*\d{1,3}[.)]\s+(.*)$/],
];

function paragraphs(text, ctx) {
  if (text === "") return [];
  return runs(text.split("\n")).map(({ kind, lines }) => drawRun(kind, lines, ctx));
}

function runs(lines) {
  const found = [];
  for (const line of lines) {
    const [kind, pattern] = KINDS.find(([, test]) => test.test(line)) ?? ["plain", null];
    const last = found.at(-1);
    const content = pattern ? line.match(pattern)[1] : line;
    if (last?.kind === kind) last.lines.push(content);
    else found.push({ kind, lines: [content], first: line });
  }
  return found;
}

function drawRun(kind, lines, ctx) {
  if (kind === "bullet") return h("ul", {}, lines.map((line) => h("li", {}, inline(line, ctx))));
  if (kind === "number") return h("ol", {}, lines.map((line) => h("li", {}, inline(line, ctx))));
  return h(kind === "quote" ? "blockquote" : "p", { dir: "auto" }, joined(lines, ctx));
}

const joined = (lines, ctx) => lines.flatMap((line, index) => (index ? [h("br"), ...inline(line, ctx)] : inline(line, ctx)));

/** Inline level: links, mentions, dates, code, emoji, emphasis. */
export function inline(text, ctx) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > from) nodes.push(unescape(text.slice(from, match.index)));
    nodes.push(drawToken(match, ctx));
    from = match.index + match[0].length;
  }
  if (from < text.length) nodes.push(unescape(text.slice(from)));
  return nodes;
}

function drawToken({ 0: whole, groups }, ctx) {
  if (groups.angle) return angle(groups.angle, ctx);
  if (groups.code) return h("code", {}, unescape(groups.code));
  if (groups.emoji) return emoji(groups.emoji, whole);
  if (groups.bold) return h("strong", {}, inline(groups.bold, ctx));
  if (groups.italic) return h("em", {}, inline(groups.italic, ctx));
  if (groups.strike) return h("s", {}, inline(groups.strike, ctx));
  return link(unescape(groups.bare), unescape(groups.bare), ctx);
}

export function emoji(name, fallback = `:${name}:`) {
  const character = glyph(name);
  if (!character) return fallback;
  return h("span", { class: "emoji", role: "img", "aria-label": name.replaceAll("_", " "), title: `:${name}:` }, character);
}

function angle(body, ctx) {
  const [target, ...rest] = body.split("|");
  const label = rest.join("|");
  if (target.startsWith("@")) return mention(target.slice(1), label, ctx);
  if (target.startsWith("#")) return channelLink(target.slice(1), label, ctx);
  if (target.startsWith("!date^")) return dateNode(target, label, ctx);
  if (target.startsWith("!")) return special(target.slice(1), label);
  return link(unescape(target), label ? inline(label, ctx) : unescape(target), ctx);
}

export function mention(id, label, ctx) {
  const name = ctx.person(id)?.name ?? label ?? id;
  return h("span", { class: id === ctx.me ? "mention mine" : "mention", title: ctx.person(id)?.real_name ?? id }, `@${name}`);
}

export function channelLink(id, label, ctx) {
  const name = ctx.channel(id)?.name ?? label ?? "";
  if (!ctx.channel(id)) return h("span", { class: "mention" }, name ? `#${name}` : "a private channel");
  return h("button", { type: "button", class: "mention channel-link", onclick: () => ctx.open(id) }, `#${name}`);
}

function special(name, label) {
  if (name.startsWith("subteam^")) return h("span", { class: "mention" }, label || "@team");
  return h("span", { class: "mention mine" }, `@${(label || name).replace(/^@/, "")}`);
}

export function dateNode(target, fallback, ctx) {
  const [, seconds, pattern = "", href] = target.split("^");
  const date = dateOf(seconds);
  if (Number.isNaN(+date)) return fallback;
  const text = unescape(pattern).replace(/\{(\w+)\}/g, (_, name) => dateToken(name, date, ctx.now, ctx.zone));
  const node = h("time", { datetime: date.toISOString(), title: fallback || text }, text);
  return href ? link(href, [node], ctx) : node;
}

/** A link opens beside this page; one that names a message of this workspace opens inside it. */
export function link(href, label, ctx) {
  if (!SAFE.test(href)) return h("span", { class: "dead-link", title: href }, label);
  const inside = href.match(/\/archives\/([A-Z0-9]+)(?:\/p(\d{10})(\d{6}))?/);
  const onclick = inside && ctx.channel(inside[1]) ? jump(ctx, inside) : undefined;
  return h("a", { href, target: "_blank", rel: "noopener noreferrer", onclick }, label);
}

const jump = (ctx, [, channel, seconds, micros]) => (event) => {
  event.preventDefault();
  ctx.open(channel, seconds ? `${seconds}.${micros}` : null);
};

/** The text without its markup, for previews, labels and the live region. */
export function plain(text, ctx) {
  const box = h("div", {}, mrkdwn(text, ctx).flatMap((node) => [node, " "]));
  return box.textContent.replace(/\s+/g, " ").trim();
}
