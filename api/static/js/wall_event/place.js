/** Where to dig and what to shut, in words below the map. */
import { byId, setText } from "../core/dom.js";
import { number } from "../core/format.js";
import { t } from "../core/words.js";
import { orderOf } from "../wall/order.js";

const PIPES = 3;
const VALVES = 4;
/** From then on nothing is shut any more. */
const SHUT_BY = new Set(["stopped", "repaired", "over", "to_open", "opened", "restored"]);

/** @param {any} incident @param {(id: string) => string} street */
export function drawPlace(incident, street) {
  const likely = (incident.location?.candidates ?? []).slice(0, PIPES);
  const pipes = likely.map((/** @type {any} */ one, /** @type {number} */ i) => t("wall_event.pipe", {
    letter: "ABC"[i],
    street: one.street ? street(one.street) : t("wall_event.no_street"),
    share: number(one.share * 100),
  }));
  put("pipes", pipes.length ? t("wall_event.likely", { pipes: pipes.join(t("flood.and")) }) : "");
  put("valves", valves(incident));
}

/** @param {string} id @param {string} text */
function put(id, text) {
  byId(id).hidden = !text;
  setText(byId(id), text);
}

/** Those that stand shut; those to shut, as long as that is what comes next. @param {any} incident */
function valves(incident) {
  const order = orderOf(incident);
  const way = order?.way ?? [];
  const past = way.some((/** @type {any} */ one) => one.at && SHUT_BY.has(one.step));
  const shut = incident.valves.filter((/** @type {any} */ one) => one.shut);
  const left = incident.valves.filter((/** @type {any} */ one) => !one.shut);
  if (incident.valves.length && past && !shut.length) return t("wall_event.opened_again");
  return [
    shut.length && t("wall_event.shut", { valves: named(shut) }),
    left.length && (!past || order?.half_shut) && t("wall_event.to_shut", { valves: named(left) }),
  ].filter(Boolean).join(" · ");
}

/** @param {any[]} some */
function named(some) {
  const ids = some.slice(0, VALVES).map(({ valve }) => valve).join(t("flood.and"));
  return some.length > VALVES ? `${ids} ${t("wall_event.more_valves", { n: some.length - VALVES })}` : ids;
}
