// The elements a person fills in. Law: each builder returns {node, read()}, and read() gives what Slack puts in view.state.values.

import { h } from "./dom.js";
import { picker } from "./pickers.js";
import { epochOf, localOf } from "./times.js";

let serial = 0;
const label = (text) => text?.text ?? "";

/** What an element starts with: what was typed before a redraw, else its initial_* fields, as a state value. */
function startOf(element, kept) {
  if (kept) return kept;
  const { initial_value: value = null, initial_option: option = null, initial_options: options = [] } = element;
  return {
    value, selected_option: option, selected_options: options,
    selected_user: element.initial_user ?? null, selected_users: element.initial_users ?? [],
    selected_conversation: element.initial_conversation ?? null, selected_conversations: element.initial_conversations ?? [],
    selected_channel: element.initial_channel ?? null, selected_channels: element.initial_channels ?? [],
    selected_date: element.initial_date ?? null, selected_time: element.initial_time ?? null,
    selected_date_time: element.initial_date_time ?? null,
  };
}

function textual(type, attributes) {
  return (element, start, env) => {
    const multiline = element.multiline || type === "rich_text_input";
    const shared = {
      class: "field", id: env.id, placeholder: label(element.placeholder) || null, maxlength: element.max_length, dir: "auto",
      "aria-label": env.label, oninput: env.edited, ...attributes,
      onkeydown: (event) => event.key === "Enter" && !multiline && env.enter(event),
    };
    const node = multiline ? h("textarea", { ...shared, rows: "4" }) : h("input", { type: "text", ...shared });
    node.value = start.value ?? (type === "rich_text_input" ? plainOf(start.rich_text_value ?? element.initial_value) : "");
    return { node, read: () => (type === "rich_text_input" ? richValue(node.value) : { type, value: node.value === "" ? null : node.value }) };
  };
}

function richValue(text) {
  const elements = [{ type: "rich_text_section", elements: [{ type: "text", text }] }];
  return { type: "rich_text_input", rich_text_value: text ? { type: "rich_text", elements } : null };
}

const plainOf = (value) => (value?.elements ?? []).flatMap((part) => part.elements ?? []).map((leaf) => leaf.text ?? "").join("");

function dated(type, inputType, key) {
  return (element, start, env) => {
    const node = h("input", { class: "field", type: inputType, id: env.id, "aria-label": env.label, onchange: env.changed });
    const far = type === "datetimepicker" && start[key];
    node.value = far ? localOf(start[key], env.zone) : start[key] ?? "";
    const value = () => (type === "datetimepicker" && node.value ? epochOf(node.value, env.zone) : node.value || null);
    return { node, read: () => ({ type, [key]: value() }) };
  };
}

/** Options of an element as [{label, value, group, raw}], whatever they are made of. */
function optionsOf(element, env) {
  const grouped = (element.option_groups ?? []).flatMap((group) => group.options.map((raw) => ({ raw, group: label(group.label) })));
  const flat = (element.options ?? []).map((raw) => ({ raw, group: "" }));
  return [...flat, ...grouped].map(({ raw, group }) => ({ raw, group, label: env.plain(label(raw.text)), value: raw.value }));
}

const people = (env) => env.people().filter((one) => !one.deleted && !one.is_bot).map((one) => ({ label: one.real_name || one.name, hint: `@${one.name}`, value: one.id, raw: one.id }));
const channels = (env, kinds) => env.channels().filter((one) => kinds.includes(one.kind)).map((one) => ({ label: one.kind === "dm" ? one.name : `#${one.name}`, value: one.id, raw: one.id }));
const PUBLIC = ["channel"];
const ANY = ["channel", "private", "dm"];

function single(type, key, list) {
  return (element, start, env) => {
    const options = list(env, element);
    const node = h("select", { class: "field", id: env.id, "aria-label": env.label, onchange: env.changed },
      h("option", { value: "" }, label(element.placeholder) || "Choose one"), grouped(options));
    node.value = start[key]?.value ?? start[key] ?? "";
    return { node, read: () => ({ type, [key]: options.find((option) => option.value === node.value)?.raw ?? null }) };
  };
}

function grouped(options) {
  const names = [...new Set(options.map((option) => option.group ?? ""))];
  const drawn = (name) => options.filter((option) => (option.group ?? "") === name).map((option) => h("option", { value: option.value }, option.label));
  return names.map((name) => (name ? h("optgroup", { label: name }, drawn(name)) : drawn(name)));
}

function several(type, key, list) {
  return (element, start, env) => {
    const options = list(env, element);
    const chosen = (start[key] ?? []).map((one) => options.find((option) => option.value === (one?.value ?? one))).filter(Boolean);
    const find = (text) => options.filter((option) => `${option.label} ${option.hint ?? ""}`.toLowerCase().includes(text.toLowerCase()));
    const field = picker({ id: env.id, find, chosen, multiple: true, placeholder: label(element.placeholder), label: env.label, changed: env.changed });
    return { node: field.node, read: () => ({ type, [key]: field.chosen().map((option) => option.raw) }) };
  };
}

function external(type, key, multiple) {
  return (element, start, env) => {
    const shape = (raw) => ({ raw, value: raw.value, label: label(raw.text) });
    const find = async (text) => (text.length < (element.min_query_length ?? 3) ? [] : (await env.options(text)).map(shape));
    const chosen = [start[key] ?? []].flat().map(shape);
    const field = picker({ id: env.id, find, chosen, multiple, placeholder: label(element.placeholder), label: env.label, changed: env.changed });
    const raws = () => field.chosen().map((option) => option.raw);
    return { node: field.node, read: () => ({ type, [key]: multiple ? raws() : raws()[0] ?? null }) };
  };
}

function ticked(type, inputType, read) {
  return (element, start, env) => {
    const name = `choice-${++serial}`;
    const picked = new Set([start.selected_option, ...(start.selected_options ?? [])].filter(Boolean).map((option) => option.value));
    const boxes = optionsOf(element, env).map((option) => ({
      option, box: h("input", { type: inputType, name, value: option.value, checked: picked.has(option.value), onchange: env.changed }),
    }));
    const rows = boxes.map(({ option, box }) => h("label", { class: "choice" }, box,
      h("span", {}, env.text(option.raw.text), option.raw.description && h("small", {}, env.text(option.raw.description)))));
    const chosen = () => boxes.filter(({ box }) => box.checked).map(({ option }) => option.raw);
    return { node: h("div", { class: "choices", role: inputType === "radio" ? "radiogroup" : "group", "aria-label": env.label }, rows), read: () => read(type, chosen()) };
  };
}

const offered = (env, element) => optionsOf(element, env);

const BUILDERS = {
  plain_text_input: textual("plain_text_input", {}),
  rich_text_input: textual("rich_text_input", {}),
  url_text_input: textual("url_text_input", { type: "url", inputmode: "url" }),
  email_text_input: textual("email_text_input", { type: "email", inputmode: "email" }),
  number_input: textual("number_input", { inputmode: "decimal" }),
  datepicker: dated("datepicker", "date", "selected_date"),
  timepicker: dated("timepicker", "time", "selected_time"),
  datetimepicker: dated("datetimepicker", "datetime-local", "selected_date_time"),
  static_select: single("static_select", "selected_option", offered),
  users_select: single("users_select", "selected_user", people),
  channels_select: single("channels_select", "selected_channel", (env) => channels(env, PUBLIC)),
  conversations_select: single("conversations_select", "selected_conversation", (env) => channels(env, ANY)),
  multi_static_select: several("multi_static_select", "selected_options", offered),
  multi_users_select: several("multi_users_select", "selected_users", people),
  multi_channels_select: several("multi_channels_select", "selected_channels", (env) => channels(env, PUBLIC)),
  multi_conversations_select: several("multi_conversations_select", "selected_conversations", (env) => channels(env, ANY)),
  external_select: external("external_select", "selected_option", false),
  multi_external_select: external("multi_external_select", "selected_options", true),
  checkboxes: ticked("checkboxes", "checkbox", (type, all) => ({ type, selected_options: all })),
  radio_buttons: ticked("radio_buttons", "radio", (type, all) => ({ type, selected_option: all[0] ?? null })),
};

export const isInput = (element) => element?.type in BUILDERS;

/** `env` = {label, zone, people(), channels(), options(text), text(object), plain(text), kept, changed(), edited(), enter()}. */
export function buildInput(element, env) {
  const id = `field-${++serial}`;
  const built = BUILDERS[element.type](element, startOf(element, env.kept), { ...env, id });
  built.node.dataset.action = element.action_id ?? "";
  return { ...built, id };
}

/** Whether a state value counts as left empty. */
export function isEmpty(value) {
  const { type, ...rest } = value;
  return Object.values(rest).every((one) => one === null || one === "" || (Array.isArray(one) && one.length === 0));
}
