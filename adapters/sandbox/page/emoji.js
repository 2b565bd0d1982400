// The common shortcodes and their characters, from the table that the bot's adapters read. One that is not listed is shown as it was typed.

const listed = await fetch(new URL("emoji.json", import.meta.url));

export const EMOJI = new Map(Object.entries(await listed.json()));

/** What the picker offers first: the gestures an incident needs. */
export const FREQUENT = ["pushpin", "eyes", "white_check_mark", "+1", "tada", "raised_hands", "rotating_light", "fire", "bulb", "four_leaf_clover", "question", "pray"];

export const glyph = (name) => EMOJI.get(name.split("::")[0]) ?? null;

export function findEmoji(part, limit = 60) {
  const wanted = part.toLowerCase().replaceAll(" ", "_");
  const names = [...EMOJI.keys()];
  const starts = names.filter((name) => name.startsWith(wanted));
  const inside = names.filter((name) => !name.startsWith(wanted) && name.includes(wanted));
  return [...starts, ...inside].slice(0, limit);
}
