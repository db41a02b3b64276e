/** What the service of a symptom asks beside the three clicks: rows of the utility's own catalogue (HL-03). */
import { el, replace } from "../core/dom.js";
import { get } from "../core/http.js";
import { local, t } from "../core/words.js";

/** Asked of everybody by the form itself. */
const ASKED_ANYWAY = ["outlets", "neighbours"];
/** @type {any[]} */
let services = [];

export async function knowServices() {
  const all = await get("/api/v1/services").catch(() => null);
  services = all?.items.filter((/** @type {any} */ one) => !one.disabled) ?? [];
}

/** @param {any} field */
function question(field) {
  const name = `q.${field.code}`;
  const radio = (/** @type {string} */ value, /** @type {string} */ label) =>
    el("label", { class: "chip" }, el("input", { type: "radio", name, value, required: field.required }), label);
  const legend = el("legend", {}, local(field.name), field.required && ` ${t("form.needed")}`);
  if (field.kind === "yes_no") return el("fieldset", { class: "chips" }, legend, radio("yes", t("card.yes")), radio("no", t("card.no")));
  if (field.kind === "choice") return el("fieldset", { class: "chips" }, legend, ...field.options.map((/** @type {any} */ one) => radio(one.en, local(one))));
  return el("label", {}, local(field.name), field.required && ` ${t("form.needed")}`, " ",
    el("input", { name, maxlength: "200", required: field.required, ...(field.kind === "number" ? { type: "number", step: "any" } : {}) }));
}

/** Follows what is chosen in the form. @param {HTMLFormElement} node @param {HTMLElement} place */
export function ask(node, place) {
  let drawn = "";
  const draw = (/** @type {boolean} */ anew) => {
    const data = new FormData(node);
    const fit = services.filter((one) => one.symptoms.includes(String(data.get("symptom"))));
    const chosen = fit.find((one) => !anew && one.id === data.get("service")) ?? fit.find((one) => one.id === "complaint") ?? fit[0];
    const key = chosen ? `${data.get("symptom")} ${chosen.id}` : "";
    if (key === drawn) return;
    drawn = key;
    const which = fit.length > 1 ? [el("fieldset", { class: "chips" }, el("legend", {}, t("form.service")), ...fit.map((one) =>
      el("label", { class: "chip" }, el("input", { type: "radio", name: "service", value: one.id, checked: one === chosen }), local(one.name))))] : [];
    const more = chosen?.form.filter((/** @type {any} */ one) => !ASKED_ANYWAY.includes(one.code)) ?? [];
    replace(place, ...which, ...more.map(question));
  };
  node.addEventListener("change", (event) => {
    const name = /** @type {HTMLInputElement} */ (event.target).name;
    if (name === "symptom") draw(true);
    else if (name === "service") draw(false);
  });
}

/** @param {FormData} data */
export function answered(data) {
  const given = [...data.entries()].filter(([name, value]) => name.startsWith("q.") && String(value).trim());
  const service = data.get("service");
  return { ...(service ? { service } : {}), answers: Object.fromEntries(given.map(([name, value]) => [name.slice(2), String(value).trim()])) };
}
