// What the closing card of the story offers to try in Slack. Law: each of them only shows the way; the visitor does it.

import { attempt } from "./story.js";

export const guide = {
  start: "Watch a short incident, from its first message to the reminder weeks later. It takes about two minutes, and you can look around at any time.",
  end: "You have seen an incident from declare to reminder. Everything here works: play any of the people, and try one of these.",
  tries: (story) => [
    attempt("bolt", "Declare an incident", "Type /incident declare and what is wrong", () => tryDeclare(story), "try-declare"),
    attempt("pin", "Add a message to the timeline", "React to any message with the pushpin", () => tryPin(story), "try-pin"),
    attempt("clock", "Let a week go by", "And read the reminder that arrives", () => tryWeek(story.app), "try-week"),
  ],
};

function tryDeclare({ app, composer }) {
  const here = app.channel(app.ui.channel);
  const general = app.state.channels.find((one) => one.kind === "channel" && one.member && !one.archived);
  if ((here?.kind === "home" || here?.member === false) && general) app.visit({ channel: general.id });
  composer().put("/incident declare ");
}

function tryPin({ app, lists }) {
  const place = app.state.caption?.channel && ["channel", "private"].includes(app.channel(app.state.caption.channel)?.kind) ? app.state.caption.channel : null;
  const incident = place ?? app.state.channels.filter((one) => one.name?.startsWith("inc-") && one.member).at(-1)?.id;
  if (incident && incident !== app.ui.channel) app.visit({ channel: incident });
  setTimeout(() => showPushpin(app, lists[0]), 400);
}

function showPushpin(app, list) {
  const rows = [...list.list.querySelectorAll(".message:not(.quiet, .ephemeral)")];
  const said = rows.filter((row) => !app.message(row.dataset.ts)?.bot).at(-1) ?? rows.at(-1);
  said?.scrollIntoView({ block: "center" });
  said?.focus();
  said?.querySelector("[data-testid=quick-pushpin]")?.classList.add("beckon");
}

async function tryWeek(app) {
  await app.clock({ days: 7 });
  const direct = app.state.channels.find((one) => one.kind === "dm" && one.members?.includes(app.bot.id));
  if (direct) app.visit({ channel: direct.id });
}
