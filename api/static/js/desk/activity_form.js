/** Entering planned work: what it would withhold is shown before it is saved. */
import { plantNow } from "../core/clock.js";
import { el, replace } from "../core/dom.js";
import { consult, post, Refused } from "../core/http.js";
import { may } from "../core/page.js";
import { store } from "../core/store.js";
import { t } from "../core/words.js";
import { explained } from "./activities.js";
import { zoneNames } from "./columns.js";
import { advice, say } from "./commands.js";
import { hasMade } from "./follow.js";
import { go } from "./route.js";

const KINDS = ["flushing", "valve_work", "calibration", "test"];
const HOURS = [0.5, 1, 2, 4, 8, 24, 72, 168];
const GRACES = [0, 10, 30, 60, 240];
const PATH = "/api/v1/activities";
/** What the hub says of a field is all there is to say. */
const INVALID = 422;
/** Which places a kind of work names. */
const PLACES = /** @type {Record<string, string[]>} */ ({
  flushing: ["zones"], valve_work: ["zones", "tags"], calibration: ["tags"], test: ["rows", "zones", "tags"],
});

/** @param {string} id @param {HTMLElement} field */
const labelled = (id, field) => el("p", { class: "field", "data-of": id }, el("label", { for: `activity-${id}` }, t(`activity.${id}`), field.hasAttribute("multiple") && el("span", { class: "by-keys" }, t("activity.by_keys"))), field);
/** @param {string} id @param {Record<string, any>} [more] */
const input = (id, more = {}) => /** @type {HTMLInputElement} */ (el("input", { id: `activity-${id}`, autocomplete: "off", ...more }));
/** @param {string} id @param {[string|number, string][]} options @param {string|number} chosen */
const select = (id, options, chosen) => /** @type {HTMLSelectElement} */ (el("select", { id: `activity-${id}` },
  ...options.map(([value, name]) => el("option", { value, selected: value === chosen }, name))));

/** Made once, so that what is half written outlives a redraw of its surroundings. */
const kind = select("kind", KINDS.map((id) => [id, t(`activity.kind.${id}`)]), "flushing");
const zones = /** @type {HTMLSelectElement} */ (el("select", { id: "activity-zones", multiple: true, size: 5 }));
const tags = input("tags", { list: "activity-known", placeholder: t("activity.several") });
const known = el("datalist", { id: "activity-known" });
const rows = input("rows", { placeholder: t("activity.several") });
const start = input("start", { type: "datetime-local" });
const hours = select("end", HOURS.map((h) => [h, h < 1 ? t("desk.minutes", { n: h * 60 }) : t("maintenance.h", { n: h })]), 2);
const grace = select("grace", GRACES.map((m) => [m, t("desk.minutes", { n: m })]), 10);
const who = input("who", { required: true, maxlength: 200 });
const work = input("work", { required: true, maxlength: 200 });
const note = input("note", { maxlength: 500 });
const explains = el("p", { class: "quiet" });
const outcome = el("div", { class: "activity", "aria-live": "polite" });
const save = el("button", { type: "button", class: "strong", hidden: true, onclick: () => void send("") }, t("activity.save"));
const fields = [labelled("kind", kind), labelled("zones", zones), labelled("tags", tags), labelled("rows", rows), labelled("start", start),
  labelled("end", hours), labelled("grace", grace), labelled("work", work), labelled("who", who), labelled("note", note)];
const form = el("form", { class: "activity", oninput: changed, onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); void send("/preview"); } },
  fields[0], explains, ...fields.slice(1), known, el("p", { class: "actions" }, el("button", {}, t("activity.preview")), save), outcome);

/** Only what the kind names is asked for. */
function places() {
  for (const field of fields) {
    const of = field.dataset.of ?? "";
    if (["zones", "tags", "rows"].includes(of)) field.hidden = !PLACES[kind.value].includes(of);
  }
  replace(explains, t(`activity.explains.${kind.value}`));
}

function changed() {
  places();
  if (!save.hidden) replace(outcome, el("p", { class: "quiet" }, t("activity.changed")));
  save.hidden = true;
}

/** @param {string} text */
const several = (text) => text.split(/[\s,，、;；]+/).filter(Boolean);

/** Shanghai's time, as all times on the desk. @param {string} local */
const inShanghai = (local) => Date.parse(`${local}:00+08:00`);

function wish() {
  const named = PLACES[kind.value];
  const from = start.value ? inShanghai(start.value) : plantNow();
  return {
    kind: kind.value,
    zones: named.includes("zones") ? [...zones.selectedOptions].map((option) => option.value) : [],
    tags: named.includes("tags") ? several(tags.value) : [],
    rows: named.includes("rows") ? several(rows.value) : [],
    ...(start.value ? { start: new Date(from).toISOString() } : {}),
    end: new Date(from + Number(hours.value) * 3600e3).toISOString(),
    grace_s: Number(grace.value) * 60,
    who: who.value.trim(),
    work: work.value.trim(),
    note: note.value.trim(),
  };
}

/** @param {"/preview"|""} how */
async function send(how) {
  say(t("desk.sending"));
  try {
    const answer = await (how ? consult : post)(`${PATH}${how}`, wish());
    say(t("desk.done"));
    if (how) {
      replace(outcome, ...explained(answer));
      save.hidden = false;
    } else {
      for (const field of [tags, rows, start, who, work, note]) field.value = "";
      zones.selectedIndex = -1;
      save.hidden = true;
      replace(outcome);
      hasMade(answer.id);
      go("alarms", answer.id, { more: { tab: "activities" } });
    }
  } catch (error) {
    const told = error instanceof Refused && error.status === INVALID ? error.message : advice(/** @type {Error} */ (error));
    replace(outcome, el("p", { class: "bad" }, told));
    say(told, true);
  }
}

/** @returns {Node[]} */
export function activityForm() {
  if (!may("plan")) return [el("p", { class: "hint quiet" }, t("desk.choose"))];
  if (!zones.childElementCount && zoneNames.size) replace(zones, ...[...zoneNames].map(([id, name]) => el("option", { value: id }, `${name} (${id})`)));
  if (!known.childElementCount && store.tags.size) replace(known, ...[...store.tags.values()].filter((tag) => tag.quantity !== "volume").map((tag) => el("option", { value: tag.id })));
  places();
  return [el("h2", {}, t("activity.new")), form];
}
