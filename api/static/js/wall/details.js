/** Incidents whole, with orders, notices and place: asked for again as something of them changes. */
import { get, passing } from "../core/http.js";
import { soon } from "../core/soon.js";
import { on } from "../core/store.js";

/** Of those that the list has now, each as it was answered; of one that was not, what the list says.
 * @param {() => any[]} wanted of the list @param {() => void} changed @param {() => Promise<unknown>} [beside] asked for with them
 * @returns {() => any[]} */
export function details(wanted, changed, beside = async () => undefined) {
  /** @type {any[]} */
  let known = [];
  const wish = soon(async () => {
    const here = wanted();
    const [other, ...found] = await Promise.allSettled([beside(), ...here.map(({ id }) => get(`/api/v1/incidents/${encodeURIComponent(id)}`))]);
    const before = known;
    known = found.map((answer, i) => (answer.status === "fulfilled" ? answer.value : (before.find(({ id }) => id === here[i].id) ?? here[i])));
    changed();
    return ![other, ...found].some((answer) => answer.status === "rejected" && passing(answer.reason));
  });
  for (const what of ["incident", "work_order", "notice"]) on(what, wish);
  return () => wanted().map((one) => ({ ...known.find(({ id }) => id === one.id), ...one }));
}
