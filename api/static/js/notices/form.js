/** Writing: a new notice, an edit of a draft, or the next version. What is left empty is made from the facts. */
import { byId, el } from "../core/dom.js";
import { instant } from "../core/format.js";
import { local, t } from "../core/words.js";
import { pair, pairOf, select, time, timeOf } from "./fields.js";
import { point, pointsOf } from "./points.js";
import { path, send } from "./send.js";

const KINDS = ["planned_outage", "emergency_outage", "low_pressure", "discoloured", "boil", "do_not_drink", "do_not_use"];
const HEALTH = new Set(["boil", "do_not_drink", "do_not_use"]);
const QUALITY = ["finding", "effects", "risk", "doing", "alternatives"];
const WORDS = ["reason", "title", "description", "advice"];
/** @type {{zones: any[], streets: any[]}} */
const places = JSON.parse(byId("places").textContent ?? "{}");

/** @param {"new"|"edit"|"update"} how @param {any} notice @param {(id: string|null) => void} done */
export function form(how, notice, done) {
  const now = notice ? (notice.pending ?? notice) : null;
  const kind = /** @type {HTMLSelectElement} */ (select("kind", KINDS.map((id) => [id, t(`notice.kind.${id}`)]), now?.kind ?? KINDS[0]));
  const quality = qualityFields(now);
  const written = new Set(now?.written ?? []);
  const spans = times(now);
  const show = () => {
    const chosen = now?.kind ?? kind.value;
    quality.hidden = !HEALTH.has(chosen);
    for (const range of spans.querySelectorAll(".range")) /** @type {HTMLElement} */ (range).hidden = chosen === "planned_outage";
  };
  kind.addEventListener("change", show);
  show();
  const made = el("form", { id: "write", "data-how": how, onsubmit: (/** @type {Event} */ event) => {
    event.preventDefault();
    void submit();
  } },
  el("h2", {}, t(`notices.form.${how}`), notice ? ` · ${notice.id}` : ""),
  el("p", { class: "quiet" }, t("notices.form.hint")),
  how === "new" ? el("fieldset", {}, el("legend", {}, t("notices.form.kind")),
    el("label", {}, t("notices.form.kind"), kind),
    el("label", {}, t("notices.form.status"), select("status", ["actual", "exercise", "test"].map((id) => [id, t(`notice.status.${id}`)]), "actual"))) : "",
  where(how),
  spans,
  el("fieldset", {}, el("legend", {}, t("notices.form.words")), ...WORDS.flatMap((name) =>
    pair(name, t(name === "title" ? "notices.form.headline" : `notices.form.${name}`), written.has(name) ? now?.[name] : null))),
  quality,
  authority(now),
  points(now),
  el("p", { class: "actions" }, el("button", { class: "strong" }, t("notices.save")), el("button", { type: "button", onclick: () => done(notice?.id ?? null) }, t("notices.cancel"))));
  return made;

  async function submit() {
    const body = content(made, now, how);
    if (how === "new") Object.assign(body, { kind: kind.value, status: value("status") });
    if (how === "edit") body.seq = now.seq;
    const [method, to] = how === "new" ? ["POST", "/api/v1/notices"] : how === "edit" ? ["PUT", path(notice.id)] : ["POST", path(notice.id, "updates")];
    const answer = await send(method, to, body);
    if (answer) done(answer.id);
  }
}

/** @param {string} id */
const value = (id) => /** @type {HTMLInputElement} */ (byId(id)).value.trim();

/** @param {string} how */
function where(how) {
  const modes = [...(how === "new" ? [] : [["keep", t("notices.form.keep")]]), ["streets", t("notices.form.by_streets")], ["zones", t("notices.form.by_zones")], ["pipes", t("notices.form.by_pipes")]];
  const mode = /** @type {HTMLSelectElement} */ (select("where", modes, modes[0][0]));
  const many = (/** @type {string} */ id, /** @type {any[]} */ of) =>
    el("select", { id, multiple: true, "aria-label": t(`notices.form.by_${id}`) }, ...of.map((one) => el("option", { value: one.id }, local(one.name))));
  const by = /** @type {Record<string, HTMLElement>} */ ({ streets: many("streets", places.streets), zones: many("zones", places.zones), pipes: el("input", { id: "pipes", "aria-label": t("notices.form.by_pipes") }) });
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

/** @param {any} now */
function qualityFields(now) {
  return el("fieldset", { id: "quality" }, el("legend", {}, t("notices.form.quality")),
    ...QUALITY.flatMap((name) => pair(name, t(`notices.form.${name}`), now?.quality?.[name])),
    el("label", { class: "wide" }, t("notices.form.health"), el("input", { id: "health", maxlength: 200, value: now?.quality?.authority ?? "" })));
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

/** What the form says, for the interface. @param {Element} made @param {any} now @param {string} how @returns {any} */
function content(made, now, how) {
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
  else if (mode !== "keep") body.scope = { [mode]: [.../** @type {HTMLSelectElement} */ (byId(mode)).selectedOptions].map((one) => one.value) };
  for (const name of ["approval", "late_reason"]) if (value(name) || now?.[name]) body[name] = value(name);
  const to = pairOf("reported_to");
  if (to && timeOf("reported_at")) body.reported = { to, at: timeOf("reported_at") };
  if (!byId("quality").hidden) body.quality = { ...Object.fromEntries(QUALITY.map((name) => [name, pairOf(name) ?? { zh: "", en: "" }])), authority: value("health") };
  const found = pointsOf(made);
  if (found.length || now?.water_points?.length) body.water_points = found;
  if (how === "update" && !none && !body.estimate && now?.overdue) body.estimate = {};
  return body;
}
