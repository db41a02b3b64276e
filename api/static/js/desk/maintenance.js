/** Sensors in maintenance: which now, and a form to add one. Its samples are doubtful until it ends by itself. */
import { plantNow } from "../core/clock.js";
import { el, redraw, replace } from "../core/dom.js";
import { dateTime, instant } from "../core/format.js";
import { get, post, remove } from "../core/http.js";
import { may } from "../core/page.js";
import { store } from "../core/store.js";
import { t } from "../core/words.js";
import { advice, say } from "./commands.js";

const HOURS = [1, 2, 4, 8, 24, 72, 168];
const PATH = "/api/v1/maintenance";

/** Made once, so that what is half written outlives a redraw of its surroundings. */
const standing = el("ul", { class: "members" });
const subject = /** @type {HTMLInputElement} */ (el("input", { id: "maintenance-of", list: "maintenance-subjects", autocomplete: "off", placeholder: t("maintenance.subject") }));
const subjects = el("datalist", { id: "maintenance-subjects" });
const hours = /** @type {HTMLSelectElement} */ (el("select", { id: "maintenance-hours", "aria-label": t("maintenance.hours") },
  ...HOURS.map((h) => el("option", { value: h, selected: h === 4 }, t("maintenance.h", { n: h })))));
const note = /** @type {HTMLInputElement} */ (el("input", { id: "maintenance-note", maxlength: 500, placeholder: t("maintenance.note"), "aria-label": t("maintenance.note") }));
const form = el("form", { class: "actions", onsubmit: begin },
  el("label", { class: "visually-hidden", for: "maintenance-of" }, t("maintenance.subject")),
  subject, subjects, hours, note, el("button", { class: "strong" }, t("maintenance.begin")));

export async function loadMaintenance() {
  const { items } = await get(PATH);
  redraw(standing, ...(items.length ? items.map(row) : [el("li", { class: "quiet" }, t("maintenance.none"))]));
}

/** @param {any} one */
const row = (one) => el("li", {},
  el("b", {}, one.subject), ` ${t("maintenance.until", { time: dateTime(instant(one.until)) })} · ${one.note} `,
  may("plan") && el("button", { type: "button", onclick: () => void send(remove(`${PATH}/${encodeURIComponent(one.id)}`)) }, t("maintenance.end")));

/** @param {Event} event */
function begin(event) {
  event.preventDefault();
  const stations = new Set([...store.tags.values()].map((tag) => tag.station));
  const wanted = subject.value.trim();
  if (!stations.has(wanted) && !store.tags.has(wanted)) return say(t("maintenance.unknown"), true);
  if (!note.value.trim()) return say(t("maintenance.why"), true);
  const until = new Date(plantNow() + Number(hours.value) * 3600e3).toISOString();
  const body = { scope: stations.has(wanted) ? "station" : "tag", subject: wanted, until, note: note.value.trim() };
  return void send(post(PATH, body).then(() => { subject.value = note.value = ""; }));
}

/** @param {Promise<any>} command */
async function send(command) {
  say(t("desk.sending"));
  try {
    await command;
    await loadMaintenance();
    say(t("desk.done"));
  } catch (error) {
    say(advice(/** @type {Error} */ (error)), true);
  }
}

export function maintenanceBlock() {
  if (!subjects.childElementCount && store.tags.size) {
    const tags = [...store.tags.values()].filter((tag) => tag.quantity !== "volume");
    const stations = new Set(tags.map((tag) => tag.station));
    replace(subjects, ...[...stations, ...tags.map((tag) => tag.id)].map((id) => el("option", { value: id })));
  }
  return [el("h2", {}, t("maintenance.title")), el("p", { class: "quiet" }, t("maintenance.what")), standing, may("plan") && form];
}
