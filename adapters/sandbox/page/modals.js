// The stack of modals. Law: one native dialog per view; only the top one is seen; a redraw keeps what was typed.

import { Surface } from "./blocks.js";
import { h, icon, swap } from "./dom.js";
import { isEmpty } from "./inputs.js";
import { avatar } from "./people.js";

const WRONG = {
  number_input: [/^-?\d+([.,]\d+)?$/, "Please enter a number."],
  email_text_input: [/^[^\s@]+@[^\s@]+\.[^\s@]+$/, "Please enter a valid email address."],
  url_text_input: [/^https?:\/\/\S+$/i, "Please enter a valid URL."],
};

export class Modals {
  #open = new Map();

  update(app) {
    const views = app.state.modals ?? [];
    const wanted = new Set(views.map((view) => view.id));
    for (const [id, modal] of this.#open) if (!wanted.has(id)) this.#drop(id, modal);
    for (const view of views) this.#show(app, view);
    views.forEach((view, index) => this.#open.get(view.id).box.classList.toggle("under", index < views.length - 1));
  }

  #drop(id, modal) {
    this.#open.delete(id);
    modal.box.close();
    modal.box.remove();
  }

  #show(app, view) {
    let modal = this.#open.get(view.id);
    if (!modal) this.#open.set(view.id, (modal = new Modal(app, view)));
    modal.update(view);
  }
}

class Modal {
  #drawn = "";

  constructor(app, view) {
    Object.assign(this, { app, view, as: app.me });
    this.form = h("form", { class: "modal-form", novalidate: true, onsubmit: (event) => this.submit(event) });
    this.box = h("dialog", { class: "sheet modal", testid: "modal", data: { view: view.id, callback: view.callback_id ?? "" }, oncancel: (event) => (event.preventDefault(), this.leave()) }, this.form);
    document.body.append(this.box);
    this.update(view);
    this.box.showModal();
    this.form.querySelector(".modal-body :is(input, textarea, select)")?.focus();
  }

  update(view) {
    this.view = view;
    const { id, hash, errors, state, ...looks } = view;
    const drawing = JSON.stringify(looks);
    if (drawing !== this.#drawn) this.#draw(view);
    this.#drawn = drawing;
    this.#mark(view.errors ?? {});
  }

  #draw(view) {
    const { app } = this;
    const kept = { ...view.state?.values, ...this.surface?.values() };
    this.surface = new Surface({
      ctx: app.ctx, where: { view_id: view.id }, kept,
      act: (order) => this.#tell(app.act({ as: this.as, ...order })), submit: (event) => this.submit(event),
    });
    const fresh = h("div", { class: "modal-inside" }, this.#head(view), h("div", { class: "modal-body", tabindex: "-1" }, this.surface.draw(view.blocks)), this.#foot(view));
    if (this.inside) swap(this.inside, fresh);
    else this.form.append(fresh);
    this.inside = fresh;
  }

  #head(view) {
    const title = view.title?.text ?? view.title ?? "";
    this.box.setAttribute("aria-label", title);
    return h("header", { class: "sheet-head" }, avatar(this.app.bot, "small"), h("h2", { testid: "modal-title" }, title),
      h("button", { type: "button", class: "icon-button", "aria-label": "Close", title: "Close", testid: "modal-x", onclick: () => this.leave() }, icon("close")));
  }

  #foot(view) {
    const word = (object, other) => object?.text ?? object ?? other;
    this.trouble = h("p", { class: "field-error modal-trouble", role: "alert", testid: "modal-error", hidden: true });
    const submit = view.submit && h("button", { type: "submit", class: "button primary", testid: "modal-submit" }, word(view.submit));
    const close = h("button", { type: "button", class: "button", testid: "modal-close", onclick: () => this.leave() }, word(view.close, submit ? "Cancel" : "Close"));
    return h("footer", { class: "sheet-foot" }, this.trouble, close, submit);
  }

  async #tell(promise) {
    const answer = await promise;
    this.trouble.hidden = answer.ok !== false;
    this.trouble.textContent = answer.error ?? "";
    return answer;
  }

  leave() {
    return this.app.act({ as: this.as, do: "close", view_id: this.view.id });
  }

  async submit(event) {
    event.preventDefault();
    const errors = this.#check();
    this.#mark(errors);
    const [first] = Object.keys(errors);
    if (first) return this.#block(first)?.querySelector("input, select, textarea")?.focus();
    const button = this.form.querySelector("[type=submit]");
    button?.classList.add("busy");
    await this.#tell(this.app.act({ as: this.as, do: "submit", view_id: this.view.id, values: this.surface.values() }));
    button?.classList.remove("busy");
    return undefined;
  }

  /** What the client itself refuses before anything is sent. */
  #check() {
    const errors = {};
    for (const { block, element, read } of this.surface.controls()) {
      const trouble = block.type === "input" && wrong(block, element, read());
      if (trouble) errors[block.block_id] = trouble;
    }
    return errors;
  }

  #block(id) {
    return this.form.querySelector(`.block[data-block="${CSS.escape(id)}"]`);
  }

  #mark(errors) {
    for (const line of this.form.querySelectorAll(".block > .field-error")) {
      const block = line.parentElement;
      const text = errors[block.dataset.block] ?? "";
      line.hidden = !text;
      if (line.textContent !== text) line.textContent = text;
      block.classList.toggle("wrong", Boolean(text));
      block.querySelector(".field")?.setAttribute("aria-invalid", String(Boolean(text)));
    }
  }
}

function wrong(block, element, value) {
  if (isEmpty(value)) return block.optional ? "" : "Please complete this required field.";
  const [pattern, sentence] = WRONG[element.type] ?? [];
  if (pattern && !pattern.test(value.value.trim())) return sentence;
  if (element.min_length && value.value?.length < element.min_length) return `Please write at least ${element.min_length} characters.`;
  return "";
}
