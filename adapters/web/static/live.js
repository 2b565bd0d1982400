// A page that brings itself up to date says so when it cannot.
document.addEventListener("htmx:afterRequest", (event) => {
  const lost = document.getElementById("lost");
  if (!lost || event.detail.requestConfig?.elt?.id !== "live") return;
  const status = event.detail.xhr?.status ?? 0;
  lost.textContent = status >= 200 && status < 400 ? "" : lost.dataset.text;
});
