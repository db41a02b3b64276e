/** A line that is too long loses its least parts whole; what stays keeps its size. One that may wrap does so first. */

/**
 * @param {HTMLElement} line
 * @param {(Element|null|undefined)[]} least first the one to go first
 * @param {boolean} [wraps] its message takes a second line before anything is lost
 */
export function fit(line, least, wraps = false) {
  const parts = least.filter((part) => part !== null && part !== undefined);
  for (const part of parts) part.toggleAttribute("hidden", false);
  line.classList.remove("tight");
  if (line.scrollWidth <= line.clientWidth) return;
  line.classList.toggle("tight", wraps);
  for (const part of parts) {
    if (line.scrollWidth <= line.clientWidth) return;
    part.toggleAttribute("hidden", true);
  }
  line.classList.toggle("tight", wraps || line.scrollWidth > line.clientWidth);
}
