/** A line that is too long loses its least parts whole; what stays keeps its size. */

/**
 * @param {HTMLElement} line
 * @param {(Element|null|undefined)[]} least first the one to go first
 */
export function fit(line, least) {
  const parts = least.filter((part) => part !== null && part !== undefined);
  for (const part of parts) part.toggleAttribute("hidden", false);
  line.classList.remove("tight");
  for (const part of parts) {
    if (line.scrollWidth <= line.clientWidth) return;
    part.toggleAttribute("hidden", true);
  }
  line.classList.toggle("tight", line.scrollWidth > line.clientWidth);
}
