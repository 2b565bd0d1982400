// Completion while typing: @people and the app, what the app can be asked, /commands for it alone. Law: it offers; Enter sends unless an offer is being chosen.

import { avatar, nameOf } from "../people.js";

/** What may be offered at the caret of `field`: [{label, hint, lead, text, offer}] with the whole new text, or []. */
export function suggest(field, app) {
  const before = field.value.slice(0, field.selectionStart);
  const after = field.value.slice(field.selectionStart);
  const { installed, kind } = app.channel(app.ui.channel) ?? {};
  const { offers } = app.state;
  if (installed && kind !== "personal" && before.startsWith("/")) return words(offers.slash, before, "/", after);
  const call = `@${app.bot.name} `;
  if (installed && before.startsWith(call)) return words(offers.mention, before, call, after);
  if (installed && kind === "personal" && /^\w*$/.test(before) && before) return words(offers.mention, before, "", after);
  return people(before, after, app);
}

function words(commands, before, sign, after) {
  const part = before.slice(sign.length).toLowerCase();
  const fits = commands.filter(({ title }) => title.startsWith(part) && title !== part);
  return fits.slice(0, 8).map(({ title, description }) => ({ label: title, hint: description, lead: "›", text: `${sign}${title} ${after}`, offer: true }));
}

function people(before, after, app) {
  const [, part] = before.match(/(?:^|[\s(])@([\p{L}\p{N} .'-]{0,30})$/u) ?? [];
  if (part === undefined) return [];
  const wanted = part.toLowerCase();
  const place = app.channel(app.ui.channel);
  const inside = app.state.people.filter((one) => (one.ours ? place?.installed && place.kind !== "personal" : place?.members.includes(one.id)));
  const fits = inside.filter((one) => nameOf(one).toLowerCase().includes(wanted) || one.name.toLowerCase().startsWith(wanted));
  const ordered = fits.sort((one, other) => Boolean(other.ours) - Boolean(one.ours));
  const put = (one) => `${before.slice(0, before.length - part.length)}${nameOf(one)} ${after}`;
  return ordered.slice(0, 8).map((one) => ({ label: nameOf(one), hint: one.ours ? "app" : one.title, lead: avatar(one, "small"), text: put(one), offer: true }));
}
