/** Writing: a new notice, an edit of a draft, or the next version. What is left empty is made from the facts. */
import { byId, el } from "../core/dom.js";
import { instant } from "../core/format.js";
import { get } from "../core/http.js";
import { local, t } from "../core/words.js";
import { pair, pairOf, select, time, timeOf } from "./fields.js";
import { point, pointsOf } from "./points.js";
import { beside, valuesOf } from "./conflict.js";
import { keeping } from "./kept.js";
import { path, say, send } from "./send.js";
import { whoDid } from "./standing.js";
import { streetPicker } from "./streets.js";

const KINDS = ["planned_outage", "emergency_outage", "low_pressure", "discoloured", "boil", "do_not_drink", "do_not_use"];
const HEALTH = new Set(["boil", "do_not_drink", "do_not_use"]);
const OUTAGES = new Set(["planned_outage", "emergency_outage"]);
const SUPPLIES = ["none", "intermittent"];
const QUALITY = ["finding", "effects", "risk", "doing", "alternatives"];
const WORDS = ["reason", "title", "description", "advice"];
/** @type {{zones: any[], streets: any[]}} */
const places = JSON.parse(byId("places").textContent ?? "{}");

/** @param {"new"|"edit"|"update"} how @param {any} notice @param {(saved: any) => void} done with what it is now; null: nothing was saved */
export function form(how, notice, done) {
  let now = notice ? (notice.pending ?? notice) : null;
  const kind = /** @type {HTMLSelectElement} */ (select("kind", KINDS.map((id) => [id, t(`notice.kind.${id}`)]), now?.kind ?? KINDS[0]));
  const quality = qualityFields(now);
  const picker = streetPicker(places.streets, now?.streets);
  const supply = el("label", {}, t("notices.form.supply"), select("supply", SUPPLIES.map((id) => [id, t(`notices.tap.${id}`)]), now?.supply ?? SUPPLIES[0]));
  const spans = times(now);
  const show = () => {
    const chosen = now?.kind ?? kind.value;
    quality.hidden = !HEALTH.has(chosen);
    supply.hidden = !OUTAGES.has(chosen);
    for (const range of spans.querySelectorAll(".range")) /** @type {HTMLElement} */ (range).hidden = chosen === "planned_outage";
  };
  kind.addEventListener("change", show);
  show();
  const made = el("form", { id: "write", "data-how": how, onsubmit: (/** @type {Event} */ event) => {
    event.preventDefault();
    void submit();
  } },
  el("h2", {}, t(`notices.form.${how}`), notice ? ` · ${notice.id}` : ""),
  el("p", { class: "quiet" }, t(how === "new" ? "notices.form.hint" : "notices.form.only_changes")),
  el("fieldset", { hidden: how !== "new" && !OUTAGES.has(now.kind) }, el("legend", {}, t("notices.form.kind")),
    how === "new" ? el("label", {}, t("notices.form.kind"), kind) : "",
    how === "new" ? el("label", {}, t("notices.form.status"), select("status", ["actual", "exercise", "test"].map((id) => [id, t(`notice.status.${id}`)]), "actual")) : "",
    supply),
  where(how, picker.box, Boolean(notice?.incident) && now.written.includes("scope")),
  spans,
  el("fieldset", {}, el("legend", {}, t("notices.form.words")), ...WORDS.flatMap((name) =>
    pair(name, t(name === "title" ? "notices.form.headline" : `notices.form.${name}`), now?.[name]))),
  quality,
  authority(now),
  points(now),
  el("p", { class: "actions" }, el("button", { class: "strong" }, t("notices.save")), el("button", { type: "button", onclick: () => done(null) }, t("notices.cancel"))));
  /** @type {any} */ let opened = {};
  const rebased = () => {
    if (how !== "new") opened = content(made, picker);
  };
  /** @type {ReturnType<typeof keeping>} */ let typed;
  queueMicrotask(() => {
    if (made.isConnected) typed = keeping(made, notice, picker, rebased, () => made.replaceWith(form(how, notice, done)));
  });
  return made;

  /** Others were quicker: what was typed stays, with what stands now beside it. @param {string} why */
  async function lost(why) {
    const fresh = await get(path(notice.id)).catch(() => null);
    if (!fresh) return;
    now = fresh.pending ?? fresh;
    typed.was = beside(made, typed.was, valuesOf(form(how, fresh, done)), rebased);
    say(`${why}\n${whoDid(fresh)}\n${t("notices.form.kept")}`, true);
  }

  async function submit() {
    const body = content(made, picker);
    for (const name of Object.keys(opened)) if (JSON.stringify(body[name]) === JSON.stringify(opened[name])) delete body[name];
    if (how === "update" && now.overdue) body.estimate ??= {};
    if (how === "new") Object.assign(body, { kind: kind.value, status: value("status") });
    if (how === "edit") body.seq = now.seq;
    const [method, to] = how === "new" ? ["POST", "/api/v1/notices"] : how === "edit" ? ["PUT", path(notice.id)] : ["POST", path(notice.id, "updates")];
    const answer = await send(method, to, body, (why) => notice && void lost(why));
    if (answer && how === "edit" && (answer.pending ?? answer).seq === now.seq) say(t("notices.unchanged"));
    if (!answer) return;
    typed.saved();
    done(answer);
  }
}

/** @param {string} id */
const value = (id) => /** @type {HTMLInputElement} */ (byId(id)).value.trim();

/** @param {string} how @param {HTMLElement} streets @param {boolean} own a person wrote the scope, and the hub has one too */
function where(how, streets, own) {
  const modes = [...(how === "new" ? [] : [["keep", t("notices.form.keep")]]), ...(own ? [["hub", t("notices.form.by_hub")]] : []), ["streets", t("notices.form.by_streets")], ["zones", t("notices.form.by_zones")], ["pipes", t("notices.form.by_pipes")]];
  const mode = /** @type {HTMLSelectElement} */ (select("where", modes, modes[0][0]));
  const many = (/** @type {string} */ id, /** @type {any[]} */ of) =>
    el("select", { id, multiple: true, "aria-label": t(`notices.form.by_${id}`) }, ...of.map((one) => el("option", { value: one.id }, local(one.name))));
  const by = /** @type {Record<string, HTMLElement>} */ ({ streets, zones: many("zones", places.zones), pipes: el("input", { id: "pipes", "aria-label": t("notices.form.by_pipes") }) });
  const show = () => Object.entries(by).forEach(([name, box]) => {
    box.hidden = mode.value !== name;
  });
  mode.addEventListener("change", show);
  show();
  return el("fieldset", {}, el("legend", {}, t("notices.form.where")), el("label", { class: "wide" }, t("notices.form.where"), mode), ...Object.values(by).map((box) => el("div", { class: "wide" }, box)));
}

/** @param {any} now */
function times(now) {
  const none = /** @type {HTMLInputElement} */ (el("input", { id: "no_estimate", type: "checkbox" }));
  none.checked = Boolean(now) && !now.eta_latest;
  return el("fieldset", {}, el("legend", {}, t("notices.form.times")),
    time("starts", t("notices.form.starts"), instant(now?.starts)), time("earliest", t("notices.form.earliest"), instant(now?.eta_earliest), "range"),
    time("likely", t("notices.form.likely"), instant(now?.eta_likely), "range"), time("latest", t("notices.form.latest"), instant(now?.eta_latest)),
    el("label", { class: "check wide" }, none, t("notices.form.no_estimate")));
}

/** In older records one text stands for both languages. @param {any} words */
const both = (words) => (typeof words === "string" ? { zh: words, en: words } : words);

/** @param {any} now */
function qualityFields(now) {
  return el("fieldset", { id: "quality" }, el("legend", {}, t("notices.form.quality")),
    ...QUALITY.flatMap((name) => pair(name, t(`notices.form.${name}`), now?.quality?.[name])),
    ...pair("health", t("notices.form.health"), both(now?.quality?.authority)),
    time("confirmed", t("notices.form.confirmed"), instant(now?.quality?.confirmed)));
}

/** @param {any} now */
function authority(now) {
  return el("fieldset", {}, el("legend", {}, t("notices.form.authority")),
    el("label", {}, t("notices.form.approval"), el("input", { id: "approval", maxlength: 200, value: now?.approval ?? "" })),
    el("label", {}, t("notices.form.late_reason"), el("input", { id: "late_reason", maxlength: 200, value: now?.late_reason ?? "" })),
    ...pair("reported_to", t("notices.form.reported_to"), now?.reported?.to), time("reported_at", t("notices.form.reported_at"), instant(now?.reported?.at)));
}

/** @param {any} now */
function points(now) {
  const box = el("div", { class: "wide", id: "points" }, ...(now?.water_points ?? []).map(point));
  return el("fieldset", {}, el("legend", {}, t("notices.form.points")), box,
    el("button", { type: "button", id: "add-point", onclick: () => box.append(point(null)) }, t("notices.form.add_point")));
}

/** The time of a field that is asked for: planned work has one end, and its range is not. @param {string} id */
const asked = (id) => (byId(id).closest("[hidden]") ? undefined : timeOf(id));

/** What the form says, for the interface. @param {Element} made @param {{chosen: Map<string, any>, kept: Map<string, any>}} picker @returns {any} */
function content(made, picker) {
  /** @type {any} */ const body = {};
  for (const name of WORDS) {
    const words = pairOf(name);
    if (words) body[name] = words;
  }
  if (timeOf("starts")) body.starts = timeOf("starts");
  const none = /** @type {HTMLInputElement} */ (byId("no_estimate")).checked;
  if (none) body.estimate = {};
  else if (timeOf("latest") || asked("earliest")) body.estimate = { earliest: asked("earliest"), likely: asked("likely"), latest: timeOf("latest") };
  const mode = value("where");
  if (mode === "pipes") body.scope = { pipes: value("pipes").split(/[,，\s]+/).filter(Boolean) };
  else if (mode === "hub") body.scope = { hub: true };
  else if (mode === "streets") body.scope = { streets: [...picker.chosen.keys()], kept: [...picker.kept.keys()] };
  else if (mode !== "keep") body.scope = { [mode]: [.../** @type {HTMLSelectElement} */ (byId(mode)).selectedOptions].map((one) => one.value) };
  for (const name of ["approval", "late_reason"]) body[name] = value(name);
  if (!byId("supply").closest("[hidden]")) body.supply = value("supply");
  const to = pairOf("reported_to");
  if (to && timeOf("reported_at")) body.reported = { to, at: timeOf("reported_at") };
  if (!byId("quality").hidden) body.quality = { ...Object.fromEntries(QUALITY.map((name) => [name, pairOf(name) ?? { zh: "", en: "" }])), authority: pairOf("health") ?? "", confirmed: timeOf("confirmed") };
  body.water_points = pointsOf(made);
  return body;
}
