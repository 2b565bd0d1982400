// Wall-clock texts in the zone of the person the visitor plays. Law: nothing here reads the machine's own clock or zone.

const formats = new Map();

function format(zone, options) {
  const key = zone + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, make(zone, options));
  return formats.get(key);
}

function make(zone, options) {
  try {
    return new Intl.DateTimeFormat("en-GB", { timeZone: zone || "UTC", ...options });
  } catch {
    return new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...options });
  }
}

const HM = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const DAY = { year: "numeric", month: "2-digit", day: "2-digit" };

export const dateOf = (ts) => new Date(Number.parseFloat(ts) * 1000);
export const clock = (date, zone) => format(zone, HM).format(date);
export const clockSeconds = (date, zone) => format(zone, { ...HM, second: "2-digit" }).format(date);
export const dayKey = (date, zone) => format(zone, DAY).format(date).split("/").reverse().join("-");
export const weekdayDate = (date, zone) => format(zone, { weekday: "short", day: "numeric", month: "short" }).format(date);
export const city = (zone) => (zone || "UTC").split("/").pop().replaceAll("_", " ");
export const full = (date, zone) =>
  `${format(zone, { weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(date)} at ${clockSeconds(date, zone)} (${city(zone)})`;

/** "Today", "Yesterday" or a long date, as seen at `now` in `zone`. */
export function dayName(date, now, zone, style = {}) {
  const key = dayKey(date, zone);
  if (key === dayKey(now, zone)) return "Today";
  if (key === dayKey(new Date(now - 864e5), zone)) return "Yesterday";
  if (key === dayKey(new Date(+now + 864e5), zone)) return "Tomorrow";
  return format(zone, { weekday: "long", day: "numeric", month: "long", ...style }).format(date);
}

export function ago(date, now) {
  const minutes = Math.round((now - date) / 6e4);
  const size = Math.abs(minutes);
  const words = size < 1 ? "now" : size < 60 ? `${size} min` : size < 1440 ? `${Math.round(size / 60)} h` : `${Math.round(size / 1440)} d`;
  return size < 1 ? "just now" : minutes > 0 ? `${words} ago` : `in ${words}`;
}

/** Inside a sentence the near days are small. */
const within = (day) => (/^(Today|Yesterday|Tomorrow)$/.test(day) ? day.toLowerCase() : day);

/** The pieces a chat date token such as {date_short} may name. */
export function dateToken(name, date, now, zone) {
  const long = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
  const makers = {
    date_num: () => dayKey(date, zone),
    date: () => format(zone, { day: "numeric", month: "long", year: "numeric" }).format(date),
    date_short: () => format(zone, { day: "numeric", month: "short", year: "numeric" }).format(date),
    date_long: () => format(zone, long).format(date),
    day_divider_pretty: () => dayName(date, now, zone),
    date_pretty: () => within(dayName(date, now, zone, { weekday: undefined })),
    date_short_pretty: () => within(dayName(date, now, zone, { weekday: undefined, month: "short" })),
    date_long_pretty: () => within(dayName(date, now, zone)),
    time: () => clock(date, zone),
    time_secs: () => clockSeconds(date, zone),
    ago: () => ago(date, now),
  };
  return makers[name]?.() ?? `{${name}}`;
}

/** Epoch seconds of "2026-11-23T14:05" read in `zone` (two passes settle daylight saving). */
export function epochOf(local, zone) {
  const asUtc = Date.parse(`${local}Z`);
  let guess = asUtc;
  for (let pass = 0; pass < 2; pass += 1) guess = asUtc - (Date.parse(`${localOf(guess / 1000, zone)}Z`) - guess);
  return Math.round(guess / 1000);
}

/** "2026-11-23T14:05" of epoch seconds in `zone`. */
export function localOf(epoch, zone) {
  const date = new Date(epoch * 1000);
  return `${dayKey(date, zone)}T${clock(date, zone)}`;
}
