// How people and the app are pictured: coloured initials, and the app's own mark.

import { h, icon } from "./dom.js";

const PALETTE = ["#7a4cc2", "#b5476b", "#0f7a8a", "#a6591a", "#3f7d3a", "#3d62c4", "#8a5a2b", "#9c3fa0"];

export function avatar(person, size = "") {
  if (person?.ours) return h("span", { class: `avatar app ${size}`, "aria-hidden": "true" }, icon("mark", size === "small" ? 14 : 22));
  const color = colorOf(person);
  const style = { "--tint": color, "--ink-tint": inkOn(color) };
  return h("span", { class: `avatar ${size}`, style, "aria-hidden": "true" }, initials(person?.real_name || person?.name || "?"));
}

function initials(name) {
  const words = name.split(/[\s._-]+/).filter(Boolean);
  return ((words[0]?.[0] ?? "?") + (words.length > 1 ? words.at(-1)[0] : "")).toUpperCase();
}

function colorOf(person) {
  const given = (person?.color ?? "").replace(/^#/, "");
  if (/^[0-9a-f]{6}$/i.test(given)) return `#${given}`;
  const sum = [...(person?.id ?? "?")].reduce((total, letter) => total + letter.charCodeAt(0), 0);
  return PALETTE[sum % PALETTE.length];
}

/** Black or white, whichever is read better on `color`. */
function inkOn(color) {
  const [red, green, blue] = [1, 3, 5].map((at) => (Number.parseInt(color.slice(at, at + 2), 16) / 255) ** 2.2);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.2 ? "#111" : "#fff";
}

export const nameOf = (person, fallback = "Somebody") => person?.real_name || person?.name || fallback;

export const appBadge = () => h("span", { class: "badge" }, "APP");
