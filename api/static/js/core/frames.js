/** Drawing happens at most once a frame: what is seen is never older than that. */

/** @param {() => void} draw @returns {() => void} draws at the next frame, however often it is asked to */
export function atFrame(draw) {
  let due = false;
  return () => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => {
      due = false;
      draw();
    });
  };
}
