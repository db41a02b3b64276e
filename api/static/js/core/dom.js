/** Elements without a framework. Text is always set as text, never as markup. */

const SVG = "http://www.w3.org/2000/svg";

/** @typedef {Node|string|number|null|undefined|false} Child */

/**
 * @param {Element} node
 * @param {Record<string, any>} props `on…` are listeners, `class`, `data-…` and the rest attributes
 * @param {Child[]} children
 */
function fill(node, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((c) => c !== null && c !== undefined && c !== false).map((c) =>
    c instanceof Node ? c : document.createTextNode(String(c))));
}

/** @param {string} name @param {Record<string, any>} [props] @param {...Child} children @returns {HTMLElement} */
export function el(name, props = {}, ...children) {
  const node = document.createElement(name);
  fill(node, props, children);
  return node;
}

/** @param {string} name @param {Record<string, any>} [props] @param {...Child} children @returns {SVGElement} */
export function svg(name, props = {}, ...children) {
  const node = document.createElementNS(SVG, name);
  fill(node, props, children);
  return node;
}

/** The element of an id; a missing one is a mistake of ours. @param {string} id @returns {HTMLElement} */
export function byId(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`no element #${id}`);
  return node;
}

/** Set text only when it differs, so that nothing is laid out for nothing.
 * @param {Node} node @param {string} text */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** @param {Element} node @param {string} name @param {string|null} value null removes it */
export function setAttr(node, name, value) {
  if (value === null) node.removeAttribute(name);
  else if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

/** @param {Element} node @param {...Child} children */
export function replace(node, ...children) {
  node.textContent = "";
  fill(node, {}, children);
}

/** Somebody wrote or chose something in a field: it says another thing than it was drawn with.
 * @param {HTMLInputElement|HTMLSelectElement|HTMLTextAreaElement} field */
export function written(field) {
  if (field instanceof HTMLSelectElement) {
    const drawn = [...field.options].findIndex((one) => one.defaultSelected);
    return field.selectedIndex > -1 && field.selectedIndex !== Math.max(0, drawn);
  }
  return field.value !== field.defaultValue || (field instanceof HTMLInputElement && field.checked !== field.defaultChecked);
}

/** What was last drawn into an element, as text. @type {WeakMap<Element, string>} */
const drawings = new WeakMap();

/** Put children in place only when they are others than those put there last: judged by what is drawn, so that
 * no input of a drawing can be forgotten in a key. Listeners stay those of the drawing that stands.
 * @param {Element} node @param {...Child} children @returns {boolean} whether it was drawn */
export function redraw(node, ...children) {
  const drawn = el("div", {}, ...children);
  if (drawings.get(node) === drawn.innerHTML) return false;
  drawings.set(node, drawn.innerHTML);
  node.replaceChildren(...drawn.childNodes);
  return true;
}

/**
 * Bring a container's children in step with `items`, keeping the elements of known keys.
 * @template T
 * @param {Element} box
 * @param {readonly T[]} items
 * @param {(item: T) => string} keyOf
 * @param {(item: T) => HTMLElement} make
 * @param {(node: HTMLElement, item: T) => void} update
 */
export function keyed(box, items, keyOf, make, update) {
  const have = new Map([...box.children].map((node) => [node.getAttribute("data-key"), node]));
  let at = box.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    let node = /** @type {HTMLElement|undefined} */ (have.get(key));
    if (!node) {
      node = make(item);
      node.setAttribute("data-key", key);
    }
    have.delete(key);
    update(node, item);
    if (node === at) at = at.nextElementSibling;
    else box.insertBefore(node, at);
  }
  for (const gone of have.values()) gone.remove();
}
