/** What is wrong with a field, in the page's language: a browser's own words follow the browser's. */
import { t } from "./words.js";

/** @typedef {HTMLInputElement|HTMLTextAreaElement|HTMLSelectElement} Field */

/** @param {Field} field */
function wrong(field) {
  field.setCustomValidity("");
  const { valueMissing, tooShort } = field.validity;
  if (valueMissing) return t("form.required");
  if (tooShort && "minLength" in field) return t("form.too_short", { n: field.minLength, have: field.value.length });
  return "";
}

/** For every form of the page, also those that are drawn later. */
export function installValidity() {
  document.addEventListener("invalid", (event) => {
    const field = /** @type {Field} */ (event.target);
    field.setCustomValidity(wrong(field));
  }, true);
  for (const name of ["input", "change"]) {
    document.addEventListener(name, (event) => {
      const field = event.target;
      if (field instanceof HTMLElement && "setCustomValidity" in field) /** @type {Field} */ (field).setCustomValidity("");
    }, true);
  }
}
