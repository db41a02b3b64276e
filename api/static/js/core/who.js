/** Who did something, as pages say it: a place of work by its role's or its crew's name, a person by the user name. */
import { crewName } from "./page.js";
import { known, local, t } from "./words.js";

/** What the hub did by itself as such. @param {string|null|undefined} id */
export function who(id) {
  if (!id) return "";
  if (id === "hub") return t("notices.hub");
  if (id.startsWith("hub:")) return t("notices.neutral_text");
  const role = `role.${id.replaceAll("-", "_")}`;
  return known(role) ? t(role) : crewName(id);
}

/** Who answers for an order: a person, else whoever is on call for it. @param {any} order */
export function owns(order) {
  const on = order.on_call;
  return who(order.owner) || (on ? t("orders.on_call", { who: local(on.name), phone: local(on.contact_name) }) : "");
}
