// A place in the address (#learning) keeps browsers from focusing the form that was opened there, and takes the focus
// from whatever has it once they have scrolled to it: so only when everything has come.
window.addEventListener("load", () => {
  if (document.activeElement === document.body) document.querySelector("[autofocus]")?.focus();
});
