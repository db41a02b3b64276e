/** What takes no new orders; what has open ones is not put out of use until they are reassigned (WO-31). */
import { el, replace } from "../core/dom.js";
import { get, post, Refused, remove } from "../core/http.js";
import { page } from "../core/page.js";
import { local, t } from "../core/words.js";
import { who } from "../core/who.js";
import { done, field, said, say } from "./act.js";

/** @param {HTMLElement} box */
export async function drawFlow(box) {
  const [locks, zones, services] = await Promise.all(["flow-locks", "zones", "services"].map((name) => get(`/api/v1/${name}`).catch(() => ({ items: [] }))));
  const again = () => void drawFlow(box);
  const admin = page.me?.role === "admin";
  const choices = admin ? [] : [
    ["crew", page.crews.map((one) => [one.id, local(one.name)])],
    ["zone", zones.items.map((/** @type {any} */ one) => [one.id, local(one.name)])],
    ["service", services.items.map((/** @type {any} */ one) => [one.id, local(one.name)])],
  ];
  const subject = admin
    ? el("input", { name: "subject", required: true, maxlength: 128 })
    : el("select", { name: "subject" }, ...choices.map(([kind, items]) => el("optgroup", { label: t(`lock.${kind}`) }, ...items.map((/** @type {string[]} */ [id, name]) => el("option", { value: `${kind}:${id}` }, name)))));
  const open = el("div", {});
  const node = /** @type {HTMLFormElement} */ (el("form", { class: "fields" },
    field(t(admin ? "lock.user" : "orders.subject"), subject), field(t("orders.reason"), el("input", { name: "reason", required: true, maxlength: 2000 }), true), el("button", {}, t("orders.lock"))));
  node.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { subject: chosen, reason } = said(node);
    const at = admin ? -1 : chosen.indexOf(":");
    const body = { kind: admin ? "user" : chosen.slice(0, at), subject: chosen.slice(at + 1), reason };
    try {
      await post("/api/v1/flow-locks", body);
      say(t("desk.done"));
      again();
    } catch (error) {
      say(/** @type {Error} */ (error).message, true);
      const waiting = error instanceof Refused ? error.body?.orders : null;
      if (waiting) replace(open, stuck(waiting, body, again));
    }
  });
  const row = (/** @type {any} */ lock) => el("li", {}, el("span", { class: "quiet" }, t(`lock.${lock.kind}`)),
    el("span", {}, el("b", {}, local(lock.name)), ` · ${lock.reason} · ${who(lock.by)} `, el("button", { type: "button", onclick: () => void done(() => remove(`/api/v1/flow-locks/${lock.kind}/${encodeURIComponent(lock.subject)}`), again) }, t("orders.unlock"))));
  replace(box, el("section", { class: "wide" }, el("p", {}, el("a", { class: "back", href: "/orders" }, t("orders.back"))), el("h2", {}, t("orders.flow")),
    el("p", { class: "quiet" }, t("orders.flow_help")), node, open,
    el("h3", {}, t("orders.locked")), el("ul", { class: "log" }, ...(locks.items.length ? locks.items.map(row) : [el("li", { class: "quiet" }, t("none_yet"))]))));
}

/** The orders in the way, and one press that moves them all. @param {string[]} orders @param {any} body @param {() => void} again */
function stuck(orders, body, again) {
  const owner = body.kind === "user";
  const node = /** @type {HTMLFormElement} */ (el("form", { class: "fields" },
    owner ? field(t("orders.to"), el("input", { name: "owner", required: true })) : field(t("desk.head_crew"), el("select", { name: "crew" }, ...page.crews.filter((one) => one.id !== body.subject).map((one) => el("option", { value: one.id }, local(one.name))))),
    el("button", { class: "strong" }, t("orders.reassign", { n: orders.length }))));
  node.addEventListener("submit", (event) => {
    event.preventDefault();
    void done(() => post("/api/v1/work-orders/reassign", { orders, reason: body.reason, ...said(node) }), again);
  });
  return el("div", { class: "missing" }, el("ul", {}, ...orders.map((id) => el("li", { "data-open": id }, el("a", { href: `/orders?id=${encodeURIComponent(id)}` }, id)))), node);
}
