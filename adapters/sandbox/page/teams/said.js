// Texts as nodes: mentions, addresses, and the little Markdown that cards have. Law: everything else stays as it was typed.

import { h } from "../dom.js";

const ADDRESS = /https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]]/g;
const INLINE = /\\([^\w\s])|\*\*(.+?)\*\*|(?<![\w*])[*_](?=\S)(.+?)(?<=\S)[*_](?![\w*])|\[([^\]]+)\]\((https?:[^)\s]+)\)|<at>(.*?)<\/at>/g;

/** What somebody wrote: `entities` say which of its words are mentions. */
export function said(text, entities, me) {
  const nodes = [];
  let rest = text ?? "";
  for (const { text: words, mentioned } of (entities ?? []).filter((one) => one.type === "mention")) {
    const at = rest.indexOf(words);
    if (at < 0) continue;
    nodes.push(...linked(rest.slice(0, at)), mention(mentioned.name, mentioned.id === me));
    rest = rest.slice(at + words.length);
  }
  return [...nodes, ...linked(rest)];
}

/** The same as one line of plain text. */
export const plainly = (text) => (text ?? "").replace(/<at>(.*?)<\/at>/g, "$1").replace(/\s+/g, " ");

export const mention = (name, mine) => h("span", { class: mine ? "mention mine" : "mention" }, name);

function linked(text) {
  const nodes = [];
  let last = 0;
  for (const found of text.matchAll(ADDRESS)) {
    nodes.push(text.slice(last, found.index), link(found[0], found[0]));
    last = found.index + found[0].length;
  }
  return [...nodes, text.slice(last)].filter((one) => one !== "");
}

const link = (href, text) => h("a", { href, target: "_blank", rel: "noopener noreferrer" }, text);

/** A card's line of text. */
export function marked(text) {
  const nodes = [];
  let last = 0;
  for (const found of text.matchAll(INLINE)) {
    nodes.push(text.slice(last, found.index), node(found));
    last = found.index + found[0].length;
  }
  return [...nodes, text.slice(last)].filter((one) => one !== "");
}

function node([, escaped, strong, stressed, label, href, name]) {
  if (escaped !== undefined) return escaped;
  if (strong !== undefined) return h("strong", {}, marked(strong));
  if (stressed !== undefined) return h("em", {}, marked(stressed));
  return name === undefined ? link(href, label) : mention(name, false);
}
