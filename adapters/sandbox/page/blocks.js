// Draws Block Kit. Law: one drawing per block type; a type that is not known is named, never hidden.

import { h, icon } from "./dom.js";
import { buildInput, isInput } from "./inputs.js";
import { confirmDialog, menu } from "./menus.js";
import { inline, mrkdwn, plain } from "./mrkdwn.js";
import { richText } from "./richtext.js";

/** A text object drawn: mrkdwn as markup, plain_text with emoji only. */
function textObject(text, ctx) {
  if (!text) return [];
  if (text.type === "mrkdwn") return mrkdwn(text.text, ctx);
  return plainText(text.text ?? "", ctx);
}

/** plain_text knows emoji and nothing else. */
function plainText(text, ctx) {
  return text.split(/(:[a-z0-9_+'-]+:)/).flatMap((part) => (/^:[^:]+:$/.test(part) ? inline(part, ctx) : [part]));
}

/**
 * A surface is a set of blocks with the values typed into it.
 * `where` = {channel, ts} | {view_id} | {container: "home", view_id}; `act(order)` posts an action; `kept` = values before a redraw.
 */
export class Surface {
  #controls = [];

  constructor({ ctx, where, act, kept = {}, submit = () => {} }) {
    Object.assign(this, { ctx, where, act, kept, submit });
  }

  draw(blocks) {
    return (blocks ?? []).map((block, index) => {
      const drawn = h("div", { class: `block block-${block.type}`, data: { block: block.block_id ?? String(index) } });
      drawn.append(...[(DRAWERS[block.type] ?? unknown)(block, this)].flat(Infinity).filter(Boolean));
      return drawn;
    });
  }

  /** The present values as in view.state.values. */
  values() {
    const all = {};
    for (const { block, element, read } of this.#controls) (all[block.block_id] ??= {})[element.action_id] = read();
    return all;
  }

  controls() {
    return this.#controls;
  }

  /** An input element with its reader registered. */
  input(element, block, label) {
    const send = () => this.click(element, block, built.read());
    const acts = block.type !== "input" || block.dispatch_action;
    const built = buildInput(element, {
      ...this.#environment(element, block), label,
      kept: this.kept?.[block.block_id]?.[element.action_id],
      changed: () => acts && send(),
      edited: () => {},
      enter: (event) => (acts ? (event.preventDefault(), send()) : this.submit(event)),
    });
    this.#controls.push({ block, element, ...built });
    return built;
  }

  #environment(element, block) {
    const { ctx } = this;
    const order = { ...this.where, do: "options", block_id: block.block_id, action_id: element.action_id };
    return {
      zone: ctx.zone, people: ctx.people, channels: ctx.channels,
      text: (text) => textObject(text, ctx), plain: (text) => plain(text, ctx),
      options: async (value) => (await this.act({ ...order, value })).options ?? [],
    };
  }

  /** Posts the action of `element`, after its confirm dialog where it has one. */
  async click(element, block, selected, value) {
    if (element.confirm && !(await this.#confirmed(element.confirm))) return;
    await this.act({
      ...this.where, do: "click", type: element.type, action_id: element.action_id, block_id: block.block_id,
      value, selected, state: this.values(),
    });
  }

  #confirmed({ title, text, confirm, deny, style }) {
    const word = (object) => plain(object?.text ?? "", this.ctx) || undefined;
    return confirmDialog({ title: word(title) ?? "Are you sure?", text: textObject(text, this.ctx), confirm: word(confirm), deny: word(deny), style });
  }
}

/** Any element that may stand in actions, in a section's accessory or in an input block. */
function element(item, block, surface) {
  if (item.type === "button" || item.type === "workflow_button") return button(item, block, surface);
  if (item.type === "overflow") return overflow(item, block, surface);
  if (item.type === "image") return image(item);
  if (isInput(item)) return surface.input(item, block, item.placeholder?.text ?? item.action_id).node;
  return unknown(item);
}

function button(item, block, surface) {
  const props = { class: `button ${item.style ?? ""}`, testid: "block-button", data: { action: item.action_id ?? "" }, "aria-label": item.accessibility_label };
  const text = textObject(item.text, surface.ctx);
  const press = async (event) => {
    const pressed = event.currentTarget;
    pressed.classList.add("busy");
    await surface.click(item, block, undefined, item.value);
    pressed.classList.remove("busy");
  };
  if (item.url) return h("a", { ...props, href: safe(item.url), target: "_blank", rel: "noopener noreferrer", onclick: press }, text);
  return h("button", { type: "button", ...props, onclick: press }, text);
}

const safe = (url) => (/^https?:/i.test(url) ? url : null);

function overflow(item, block, surface) {
  const choose = (option) => ({
    label: plain(option.text.text, surface.ctx), data: { value: option.value },
    run: () => surface.click(item, block, { type: "overflow", selected_option: option }),
  });
  return h("button", {
    type: "button", class: "button square", "aria-label": "More actions", "aria-haspopup": "menu", testid: "overflow", data: { action: item.action_id ?? "" },
    onclick: (event) => menu(event.currentTarget, item.options.map(choose), { label: "More actions" }),
  }, icon("more", 16));
}

/** Pictures are named, not loaded: the page asks nothing of the outside. */
function image(block) {
  return h("figure", { class: "image-label" }, icon("image"), h("figcaption", {}, block.title?.text ?? block.alt_text ?? "Image"));
}

function section(block, surface) {
  const fields = (block.fields ?? []).map((field) => h("div", { class: "section-field" }, textObject(field, surface.ctx)));
  const side = block.accessory && h("div", { class: "accessory" }, element(block.accessory, block, surface));
  const main = h("div", { class: "section-main" }, h("div", { class: "rich" }, textObject(block.text, surface.ctx)), fields.length > 0 && h("div", { class: "section-fields" }, fields));
  return [main, side];
}

function context(block, surface) {
  return (block.elements ?? []).map((item) => (item.type === "image" ? h("span", { class: "context-image", title: item.alt_text }, icon("image", 14)) : h("span", { class: "rich" }, textObject(item, surface.ctx))));
}

function inputBlock(block, surface) {
  const name = plain(block.label?.text ?? "", surface.ctx);
  const built = surface.input(block.element, block, name);
  return [
    h("label", { class: "input-label", for: built.id }, textObject(block.label, surface.ctx), block.optional && h("span", { class: "optional" }, " (optional)")),
    built.node,
    block.hint && h("p", { class: "hint" }, textObject(block.hint, surface.ctx)),
    h("p", { class: "field-error", role: "alert", testid: "field-error", hidden: true }),
  ];
}

const unknown = (block) => [h("p", { class: "hint" }, `A block of the type “${block.type}”, which this page does not draw.`)];
const standardMarkup = (text) => text.replace(/^#+\s*(.*)$/gm, "*$1*").replace(/\*\*(.+?)\*\*/g, "*$1*").replace(/\[([^\]]+)\]\(([^)\s]+)\)/g, "<$2|$1>");

const DRAWERS = {
  section,
  context,
  image,
  input: inputBlock,
  header: (block, surface) => [h("h3", { class: "block-title" }, textObject(block.text, surface.ctx))],
  divider: () => [h("hr")],
  actions: (block, surface) => (block.elements ?? []).map((item) => element(item, block, surface)),
  rich_text: (block, surface) => [h("div", { class: "rich" }, richText(block, surface.ctx))],
  markdown: (block, surface) => [h("div", { class: "rich" }, mrkdwn(standardMarkup(block.text ?? ""), surface.ctx))],
};
