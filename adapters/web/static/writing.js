/* What a browser adds to forms. Law: without this file everything works; with it, nothing typed goes without a question. */
"use strict";

const unsent = new Set();

const counted = (hint) => {
  const field = document.getElementById(hint.dataset.count);
  if (field) hint.textContent = `${[...field.value].length} of ${hint.dataset.most} characters`;
};

const counts = (within) => within.querySelectorAll("[data-count]").forEach(counted);

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-kept]");
  if (form) {
    unsent.add(form);
    counts(form);
  }
});

document.addEventListener("submit", (event) => {
  if (!event.target.hasAttribute("hx-post")) unsent.delete(event.target);
});

document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (event.detail.xhr.status === 204) unsent.delete(event.detail.elt);
});

document.addEventListener("htmx:load", (event) => counts(event.detail.elt));

document.addEventListener("htmx:sendError", () => {
  const notice = document.getElementById("notice");
  notice.replaceChildren(Object.assign(document.createElement("p"), { className: "problem", textContent: notice.dataset.away }));
});

/* A part that is asked for anew takes the place of a form in it. */
document.addEventListener("htmx:confirm", (event) => {
  const { target, verb } = event.detail;
  const lost = [...unsent].some((form) => form.isConnected && target.contains(form));
  if (verb === "get" && lost && !window.confirm(document.getElementById("notice").dataset.discard)) event.preventDefault();
});

window.addEventListener("beforeunload", (event) => {
  if ([...unsent].some((form) => form.isConnected)) event.preventDefault();
});
