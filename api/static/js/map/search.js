/** Streets, instruments, zones and valves by name, by id, in pinyin or its initials. */
import { byId, el, replace, setText } from "../core/dom.js";
import { t } from "../core/words.js";

/** @param {() => import("./places.js").Places|null} places @param {(id: string) => void} chosen */
export function installSearch(places, chosen) {
  const field = /** @type {HTMLInputElement} */ (byId("search"));
  const list = byId("found");
  const options = () => /** @type {HTMLElement[]} */ ([...list.querySelectorAll("button")]);
  const close = () => replace(list);
  const pick = (/** @type {string} */ id) => {
    close();
    field.value = "";
    setText(byId("found-n"), "");
    chosen(id);
  };
  field.addEventListener("input", () => {
    const found = places()?.search(field.value) ?? [];
    replace(list, ...found.map((one) => el("li", {}, el("button", { type: "button", "data-id": one.id, onclick: () => pick(one.id) },
      el("b", {}, one.name), " ", el("span", { class: "quiet" }, `${t(`map.kind_${one.kind}`)} · ${one.id}`)))));
    setText(byId("found-n"), field.value.trim() ? t("map.found", { n: found.length }) : "");
  });
  byId("searching").addEventListener("keydown", (event) => {
    const at = options().indexOf(/** @type {HTMLElement} */ (document.activeElement));
    if (event.key === "ArrowDown") options()[Math.min(at + 1, options().length - 1)]?.focus();
    else if (event.key === "ArrowUp") (at > 0 ? options()[at - 1] : field).focus();
    else if (event.key === "Enter" && document.activeElement === field) options()[0]?.click();
    else if (event.key === "Escape") {
      close();
      field.value = "";
      field.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
