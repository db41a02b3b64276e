/** What is done on an order: valves turned, parts taken, hours worked, what was found of the pipe. */
import { el } from "../core/dom.js";
import { amount, dateTime, instant, number } from "../core/format.js";
import { post } from "../core/http.js";
import { may } from "../core/page.js";
import { lang, listed, t } from "../core/words.js";
import { who } from "../core/who.js";
import { choice, done, field, form, numbers, said } from "./act.js";
import { clockOff } from "./evidence.js";

const MODES = ["circumferential", "longitudinal", "joint", "corrosion_hole", "fitting", "valve", "hydrant", "service_pipe", "meter", "third_party", "unknown"];
const MATERIALS = ["ductile_iron", "grey_iron", "steel", "pe", "pvc", "concrete", "asbestos_cement", "galvanised", "other"];
const CAUSES = ["age", "corrosion", "ground_movement", "traffic_load", "frost", "pressure_surge", "third_party_damage", "workmanship", "unknown"];

/** Once the water is stopped, by valves or without, none is to be shut any more; by half of them it is not. */
const BEFORE_STOPPED = new Set(["reported", "triaged", "pooled", "assigned", "accepted", "en_route", "arrived", "isolating", "suspended", "rejected", "reopened"]);

const OVER = new Set(["closed", "cancelled", "merged"]);

/** @param {string} name @param {string} step @param {boolean} [required] @param {number} [value] */
const figure = (name, step, required = true, value) => el("input", { name, type: "number", min: 0, step, required, value, size: 6 });

/** Turns; a valve that was shut in one word with 止水 has none. @param {any} turns */
const counted = (turns) => (turns ? number(turns, 1) : "–");

/** Which way each valve closes, as it was last counted. @param {any[]} turned @returns {Map<string, string>} */
const waysOf = (turned) => new Map(turned.filter((one) => one.turns && !one.taken_back).sort((a, b) => instant(a.at) - instant(b.at)).map((one) => [one.valve, one.closes]));

/** The last entry of each valve: that may be taken back. @param {any[]} turned @returns {Map<string, any>} */
const lastsOf = (turned) => new Map(turned.filter((one) => !one.taken_back).sort((a, b) => instant(a.done ?? a.at) - instant(b.done ?? b.at)).map((one) => [one.valve, one]));

/** A slip stays to be read, with who took it back; `last` may be taken back. @param {any} order @param {any} one @param {boolean} last @param {() => void} changed */
function entry(order, one, last, changed) {
  const what = `${one.valve} · ${t(`turning.${one.turning}`)} ${counted(one.turns)} · ${t(`closes.${one.closes}`)} · ${who(one.operator)}`;
  const undo = () => void done(() => post(`/api/v1/work-orders/${order.id}/valves/${encodeURIComponent(one.id)}/take-back`, {}), changed);
  return el("li", {}, el("span", { class: "quiet" }, dateTime(instant(one.done ?? one.at))),
    el("span", {}, one.taken_back ? el("s", {}, what) : what, " ",
      one.taken_back && t("orders.taken_back", { who: who(one.taken_back_by), time: dateTime(instant(one.taken_back)) }),
      last && el("button", { "data-undo": one.id, onclick: undo }, t("crew.undo"))), clockOff(one));
}

/** @param {any} order @param {any} log @param {any} context @param {() => void} changed */
export function valves(order, log, context, changed) {
  const wanted = !order.stopped && (BEFORE_STOPPED.has(order.state) || order.half_shut);
  const lasts = may("move_work_order") && !OVER.has(order.state) ? lastsOf(log.items) : new Map();
  const near = context?.valves ?? [];
  const path = `/api/v1/work-orders/${order.id}/valves`;
  const shut = new Map(log.shut.map((/** @type {any} */ one) => [one.valve, one.turns]));
  const waits = order.state === "to_open" ? order.off_balance.find((/** @type {any} */ one) => one.shut) : null;
  const state = (/** @type {any} */ one) => (shut.has(one.valve) ? t("orders.shut", { n: counted(shut.get(one.valve)) }) : one.isolating ? t(wanted ? "orders.to_shut" : "orders.parts_off") : t("orders.nearby"));
  const rows = near.map((/** @type {any} */ one) =>
    el("tr", {}, el("th", { scope: "row" }, one.valve), el("td", { class: shut.has(one.valve) ? "late" : "quiet" }, state(one)), el("td", { class: "n quiet" }, one.away_m === null ? "" : `${number(one.away_m)} m`)));
  const valve = near.length ? el("select", { name: "valve" }, ...near.map((/** @type {any} */ one) => el("option", { value: one.valve, selected: one.valve === waits?.valve }, one.valve))) : el("input", { name: "valve", required: true });
  const closes = /** @type {HTMLSelectElement} */ (choice("closes", ["clockwise", "anticlockwise"], "closes"));
  const asRecorded = () => {
    const way = waysOf(log.items).get(/** @type {HTMLInputElement} */ (valve).value) ?? "clockwise";
    for (const one of closes.options) one.selected = one.defaultSelected = one.value === way;
  };
  valve.addEventListener("change", asRecorded);
  asRecorded();
  const turning = /** @type {HTMLSelectElement} */ (choice("turning", waits ? ["open", "close"] : ["close", "open"], "turning"));
  const turns = /** @type {HTMLInputElement} */ (figure("turns", "0.5", true, waits && waits.closed > waits.opened ? waits.closed - waits.opened : undefined));
  const uncounted = () => order.off_balance.some((/** @type {any} */ one) => one.shut && !one.closed && one.valve === /** @type {HTMLInputElement} */ (valve).value);
  const asked = () => {
    turns.required = turning.value !== "open" || !uncounted();
  };
  for (const one of [valve, turning]) one.addEventListener("change", asked);
  asked();
  const fields = [
    field(t("orders.valve"), valve),
    field(t("orders.turning"), turning),
    field(t("orders.turns"), turns),
    field(t("orders.closes"), closes),
  ];
  return [
    rows.length ? el("table", {}, el("tbody", {}, ...rows)) : null,
    may("move_work_order") && form(path, (f) => numbers(said(f), "turns"), changed, t("orders.write"), fields),
    el("ol", { class: "log", id: "valve-log" }, ...log.items.map((/** @type {any} */ one) => entry(order, one, lasts.get(one.valve) === one, changed))),
  ].filter(Boolean);
}

/** @param {any} order @param {any} used @param {any[]} stock @param {() => void} changed */
export function usage(order, used, stock, changed) {
  const path = `/api/v1/work-orders/${order.id}`;
  const own = may("move_work_order");
  const name = (/** @type {string} */ id) => {
    const part = stock.find((one) => one.id === id);
    return part ? (lang === "zh" ? part.name_zh : part.name_en) : id;
  };
  const kinds = (/** @type {string} */ who) => listed(new Set(used.labour.filter((/** @type {any} */ one) => one.who === who).map((/** @type {any} */ one) => t(`work.${one.work}`))));
  const lines = [
    ...used.parts.map((/** @type {any} */ one) => `${name(one.part)} × ${amount(-one.quantity)} · ¥${number(one.cost, 2)}`),
    ...Object.entries(used.cost.hours).map(([who, hours]) => `${who} · ${kinds(who)} · ${number(Number(hours), 2)} h`),
  ];
  const found = used.failure;
  return [
    lines.length ? el("ul", { class: "log" }, ...lines.map((line) => el("li", {}, el("span"), el("span", {}, line)))) : el("p", { class: "quiet" }, t("none_yet")),
    used.cost.total > 0 && el("p", {}, el("b", {}, t("orders.cost", { n: number(used.cost.total, 2) }))),
    found && el("p", { class: "held" }, `${t(`mode.${found.mode}`)} · ${t(`material.${found.material}`)} · ${t(`fail_cause.${found.cause}`)}`, found.diameter_mm && ` · DN${number(found.diameter_mm)}`),
    own && stock.length > 0 && order.crew && form(`${path}/parts`, (f) => numbers(said(f), "quantity"), changed, t("orders.take_part"), [
      field(t("orders.part"), el("select", { name: "part" }, ...stock.map((one) => el("option", { value: one.id }, `${name(one.id)} (${amount(one.quantity)})`)))),
      field(t("orders.quantity"), figure("quantity", "any")),
    ]),
    own && form(`${path}/labour`, worked, changed, t("orders.add_hours"), [
      field(t("orders.who"), el("input", { name: "who", required: true, maxlength: 100 })),
      field(t("orders.work"), choice("work", ["labour", "excavator", "pump", "other_plant"], "work")),
      field(t("orders.start"), el("input", { name: "start", type: "datetime-local", required: true })),
      field(t("orders.end"), el("input", { name: "end", type: "datetime-local", required: true })),
    ]),
    own && form(`${path}/failure`, (f) => numbers(said(f), "depth_m"), changed, t("orders.note_failure"), [
      field(t("orders.mode"), choice("mode", MODES, "mode")),
      field(t("orders.material"), choice("material", MATERIALS, "material")),
      field(t("orders.cause"), choice("cause", CAUSES, "fail_cause")),
      field(t("orders.depth"), figure("depth_m", "0.1", false)),
    ], true),
  ].filter(Boolean);
}

/** Wall-clock times of Shanghai as the interface wants them. @param {HTMLFormElement} node */
function worked(node) {
  const body = said(node);
  for (const name of ["start", "end"]) body[name] = `${body[name]}:00+08:00`;
  return body;
}
