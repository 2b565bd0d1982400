// Draws a rich_text block: the tree that chat clients make of what a person typed.

import { h } from "./dom.js";
import { channelLink, emoji, link, mention, dateNode } from "./mrkdwn.js";

const LEAVES = {
  text: (leaf) => lines(leaf.text),
  emoji: (leaf) => [emoji(leaf.name)],
  link: (leaf, ctx) => [link(leaf.url, leaf.text || leaf.url, ctx)],
  user: (leaf, ctx) => [mention(leaf.user_id, "", ctx)],
  channel: (leaf, ctx) => [channelLink(leaf.channel_id, "", ctx)],
  usergroup: () => [h("span", { class: "mention" }, "@team")],
  broadcast: (leaf) => [h("span", { class: "mention mine" }, `@${leaf.range}`)],
  color: (leaf) => [h("code", {}, leaf.value)],
  date: (leaf, ctx) => [dateNode(`!date^${leaf.timestamp}^${leaf.format ?? "{date_short} {time}"}`, leaf.fallback ?? "", ctx)],
};

const MARKS = [["code", "code"], ["bold", "strong"], ["italic", "em"], ["strike", "s"], ["underline", "u"]];

function lines(text = "") {
  return text.split("\n").flatMap((line, index) => (index ? [h("br"), line] : [line]));
}

function leaf(element, ctx) {
  const nodes = (LEAVES[element.type] ?? ((other) => [other.text ?? ""]))(element, ctx);
  return MARKS.filter(([mark]) => element.style?.[mark]).reduce((inner, [, tag]) => [h(tag, {}, inner)], nodes);
}

const leaves = (element, ctx) => (element.elements ?? []).flatMap((child) => leaf(child, ctx));

const BRANCHES = {
  rich_text_section: (element, ctx) => h("p", { dir: "auto" }, leaves(element, ctx)),
  rich_text_quote: (element, ctx) => h("blockquote", { dir: "auto" }, leaves(element, ctx)),
  rich_text_preformatted: (element, ctx) => h("pre", { class: "code-block", tabindex: "0" }, h("code", {}, leaves(element, ctx))),
  rich_text_list: (element, ctx) =>
    h(element.style === "ordered" ? "ol" : "ul", { class: `indent-${element.indent ?? 0}`, start: element.offset ? element.offset + 1 : null },
      (element.elements ?? []).map((item) => h("li", {}, leaves(item, ctx)))),
};

export function richText(block, ctx) {
  return (block.elements ?? []).map((element) => BRANCHES[element.type]?.(element, ctx)).filter(Boolean);
}
