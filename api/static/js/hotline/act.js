/** The three buttons: link and notify in one click, take a report, find out whether it is indoors. */
import { plantNow } from "../core/clock.js";
import { el, replace } from "../core/dom.js";
import { get, post, Refused } from "../core/http.js";
import { slotChoice } from "../core/visit.js";
import { lang, local, t } from "../core/words.js";
import { mass } from "./ring.js";

const SYMPTOMS = ["no_water", "low_pressure", "intermittent", "burst_visible", "wet_ground", "discoloured_yellow", "discoloured_black", "discoloured_milky", "odour", "sediment", "noise", "other"];
/** Since when, minutes ago; how far it goes: a tap, the home, the neighbours too. */
const SINCE = { now: 0, hour: 60, half_day: 720, day: 1440 };
const EXTENT = /** @type {Record<string, object>} */ ({ tap: { outlets: "one" }, home: { outlets: "all" }, neighbours: { outlets: "all", neighbours: true } });
/** Whether something was put into the form that is not yet saved. */
export const form = { dirty: false };
/** One report at a time: a second click while the first is on its way would be a second report. */
let saving = false;

/** What a caller inside this has, unless the agent says otherwise. @param {any} card */
function likely(card) {
  const supply = card.standing[0]?.supply;
  return supply === "quality" ? "discoloured_yellow" : supply === "low_pressure" || supply === "unaffected" ? "low_pressure" : "no_water";
}

/** @param {any} card @param {(text: string, bad?: boolean) => void} say @param {() => void} done @param {() => void} next @param {boolean} surge */
export function buttons(card, say, done, next, surge) {
  if (!card.account && !card.caller) return [];
  const about = { account: card.account?.id, call: card.caller?.call };
  const one = { key: card.action, label: t(`act.${card.action}`), run: () => (card.action === "report" ? open(card, about, say, false) : void save({ ...about, symptom: likely(card), tell: true }, say, done)) };
  const beside = card.verdict === "nearby_outage";
  const apart = beside ? { key: "report", label: t("act.details"), run: () => open(card, about, say, false) } : { key: "apart", label: t("act.apart"), run: () => open(card, about, say, true) };
  const triage = { key: "triage", label: t("act.triage"), run: () => indoors(card.triage) };
  if (surge) return [one, apart, { key: "next", label: t("mass.next"), run: next }];
  const rest = [...(card.action === "report" ? [] : [apart]), ...(card.triage.length ? [triage] : []), { key: "next", label: t("mass.next"), run: next }];
  return [one, ...rest].slice(0, 3);
}

/** @param {object} body @param {(text: string, bad?: boolean) => void} say @param {() => void} [done] */
async function save(body, say, done) {
  if (saving) return;
  saving = true;
  try {
    const kept = await post("/api/v1/hotline/reports", body);
    form.dirty = false;
    const id = kept.report.id;
    const where = t(`place.${kept.place.why}`);
    const text = kept.work_order ? t("act.linked", { order: kept.work_order, n: kept.reports }) : kept.place.why === "in_footprint" ? t("act.known", { id }) : t("act.done", { id });
    say(`${text} · ${where}`);
    done?.();
    if (kept.tracking && !mass()) number(kept.tracking);
  } catch (error) {
    say(t("act.failed", { why: error instanceof Refused && error.status ? error.message : t("desk.unreachable") }), true);
  } finally {
    saving = false;
  }
}

/** What the caller follows it by: to be read out, or sent. @param {any} tracking */
function number(tracking) {
  const place = /** @type {HTMLElement} */ (document.getElementById("form"));
  replace(place, el("div", { class: "report", id: "tracking" }, el("h2", {}, t("track.title")),
    el("p", { class: "say" }, el("code", {}, tracking.code)),
    el("p", {}, el("a", { href: tracking[lang], target: "_blank", rel: "noreferrer noopener" }, tracking[lang])),
    el("p", { class: "quiet" }, t("track.how")),
    el("p", {}, el("button", { type: "button", onclick: close }, t("form.close")))));
  place.hidden = false;
}

/** @param {any} card @param {object} about @param {(text: string, bad?: boolean) => void} say @param {boolean} apart */
function open(card, about, say, apart) {
  form.dirty = true;
  const place = /** @type {HTMLElement} */ (document.getElementById("form"));
  const chip = (/** @type {string} */ name, /** @type {string} */ s, /** @type {string} */ label, /** @type {object} */ more = {}) => el("label", { class: "chip" }, el("input", { type: "radio", name, value: s, ...more }), label);
  // none is chosen beforehand: an Enter that was on its way when the form opened saves nothing
  const radio = (/** @type {string} */ s) => chip("symptom", s, t(`symptom.${s}`), { required: true });
  const chips = (/** @type {string} */ name, /** @type {string[]} */ of) => el("fieldset", { class: "chips" }, el("legend", {}, t(`form.${name}`)), ...of.map((s) => chip(name, s, t(`form.${name}.${s}`))));
  const tick = (/** @type {string} */ name, /** @type {boolean} */ on) => el("label", {}, el("input", { type: "checkbox", name, checked: on }), " ", t(`form.${name}`));
  const node = el("form", { class: "report", onsubmit: (/** @type {Event} */ event) => {
    event.preventDefault();
    const data = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const text = String(data.get("text") ?? "").trim();
    void save({ ...about, apart, symptom: data.get("symptom"), ...since(data.get("since")), ...EXTENT[String(data.get("extent"))], tell: data.has("tell"), at_night: data.has("night"), order: data.has("order"), ...(text ? { text } : {}), ...(data.get("slot") ? { slot: data.get("slot") } : {}) }, say, () => close());
  } },
  el("h2", {}, t(apart ? "act.apart" : "act.report")),
  el("fieldset", { class: "chips" }, el("legend", {}, t("form.symptom")), ...SYMPTOMS.map(radio)),
  chips("since", Object.keys(SINCE)), chips("extent", Object.keys(EXTENT)),
  el("p", { class: "ticks" }, tick("tell", true), tick("night", false), tick("order", !card.standing.length)),
  el("label", {}, t("form.text"), " ", el("input", { name: "text", maxlength: "500" })),
  el("p", {}, el("button", { class: "strong" }, t("form.save")), " ", el("button", { type: "button", onclick: () => close() }, t("form.cancel"))));
  replace(place, node);
  void offer(/** @type {HTMLFormElement} */ (node));
  place.hidden = false;
  /** @type {HTMLElement|null} */ (node.querySelector("input"))?.focus();
}

/** @param {FormDataEntryValue|null} chosen */
function since(chosen) {
  const minutes = SINCE[/** @type {keyof typeof SINCE} */ (chosen)];
  return minutes === undefined ? {} : { since: new Date((plantNow() || Date.now()) - minutes * 60e3).toISOString() };
}

/** When a crew comes in, for what it has to come in for. @param {HTMLFormElement} node */
async function offer(node) {
  const all = await get("/api/v1/appointments/slots").catch(() => null);
  if (!all?.items.length) return;
  const choose = /** @type {HTMLSelectElement} */ (slotChoice(all.items, t("visit.any")));
  const line = el("label", { hidden: true }, t("visit.slot"), " ", choose);
  const look = () => {
    const data = new FormData(node);
    line.hidden = !(data.has("order") && all.symptoms.includes(String(data.get("symptom"))));
    choose.disabled = line.hidden;
  };
  node.insertBefore(line, node.lastElementChild);
  node.addEventListener("change", look);
  look();
}

/** Put the form away. */
export function close() {
  form.dirty = false;
  const place = /** @type {HTMLElement} */ (document.getElementById("form"));
  place.hidden = true;
  replace(place);
}

/** @param {any[]} tree */
function indoors(tree) {
  const place = /** @type {HTMLElement} */ (document.getElementById("form"));
  const draw = (/** @type {any} */ node) => {
    const go = (/** @type {string} */ id) => () => draw(tree.find((n) => n.id === id));
    replace(place, el("div", { class: "report" }, el("h2", {}, t("card.triage")), el("p", { class: "say" }, local(node.words)),
      el("p", {}, ...(node.yes ? [el("button", { type: "button", class: "strong", onclick: go(node.yes) }, t("card.yes")), " ", el("button", { type: "button", onclick: go(node.no) }, t("card.no"))] : [el("button", { type: "button", onclick: () => draw(tree[0]) }, t("card.again"))]), " ", el("button", { type: "button", onclick: close }, t("form.cancel")))));
  };
  place.hidden = false;
  draw(tree[0]);
}
