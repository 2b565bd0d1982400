// Adaptive Cards, drawn by the library of that name. Law: a card is drawn once; what is typed into it stays until the bot changes it.

import { h } from "../dom.js";
import { look } from "./look.js";
import { marked } from "./said.js";

const { AdaptiveCards } = globalThis;

// Markdown becomes nodes of our own making, whose text nodes are serialised: nothing that was typed is ever read as HTML.
AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = h("div", {}, h("p", {}, marked(text))).innerHTML;
  result.didProcess = true;
};
AdaptiveCards.GlobalSettings.setTabIndexAtCardRoot = false;
AdaptiveCards.GlobalSettings.useMarkdownInRadioButtonAndCheckbox = false;

/** A card as an element; `press({number, values})` hears of its buttons. */
export function drawCard(content, press) {
  const card = new AdaptiveCards.AdaptiveCard();
  card.hostConfig = new AdaptiveCards.HostConfig(look);
  card.parse(structuredClone(content));
  card.onExecuteAction = (action) => {
    if (action instanceof AdaptiveCards.OpenUrlAction) open(action.url);
    else press({ number: action.id, values: entered(card) });
  };
  const el = h("div", { class: "card", testid: "card" }, card.render());
  for (const button of el.querySelectorAll("button")) button.dataset.testid = "card-button";
  for (const field of card.getAllInputs(true)) (field.renderedInputControlElement ?? field.renderedElement)?.setAttribute("data-field", field.id);
  return el;
}

function open(url) {
  if (/^https?:\/\//i.test(url ?? "")) window.open(url, "_blank", "noopener,noreferrer");
}

/** What stands in the fields; one that was emptied says so. */
function entered(card) {
  const fields = card.getAllInputs(true).filter((field) => field.id);
  return Object.fromEntries(fields.filter((field) => field.isSet() || field.defaultValue).map((field) => [field.id, field.isSet() ? String(field.value) : ""]));
}

/** Keeps each message's card as long as it says the same to the same person. */
export class Cards {
  #kept = new Map();

  constructor(app) {
    this.app = app;
  }

  node(message) {
    const key = `${this.app.me} ${this.app.view.channel} ${message.ts}`;
    const sign = JSON.stringify(message.card);
    const kept = this.#kept.get(key);
    if (kept?.sign === sign) return kept.el;
    const where = { as: this.app.me, channel: this.app.view.channel, ts: message.ts };
    const el = drawCard(message.card, async (pressed) => {
      el.classList.add("busy");
      await this.app.act({ do: "press", ...where, ...pressed });
      el.classList.remove("busy");
    });
    this.#kept.set(key, { sign, el });
    return el;
  }
}
