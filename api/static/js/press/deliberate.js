/** A second press counts once the words that ask for it could be read: a double click, or a key that is held
 * down, is one press. A press that comes too early begins the wait anew. */
const READ_MS = 400;

export class Asked {
  /** When it may be answered, as events count time. */
  from = Infinity;
  timer = 0;
  /** @type {HTMLElement|null} */
  button = null;

  constructor() {
    this.wait();
  }

  /** From the moment at which the words are painted. */
  wait() {
    this.from = Infinity;
    this.mark();
    requestAnimationFrame(() => {
      this.from = performance.now() + READ_MS;
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.mark(), READ_MS + 10);
    });
  }

  mark() {
    if (performance.now() < this.from) this.button?.setAttribute("aria-disabled", "true");
    else this.button?.removeAttribute("aria-disabled");
  }

  /** The button that answers, also where it is drawn anew meanwhile. @param {HTMLElement} button */
  on(button) {
    this.button = button;
    button.addEventListener("keydown", (event) => { if (event.repeat) event.preventDefault(); });
    button.addEventListener("click", (event) => {
      if (event.detail < 2 && event.timeStamp >= this.from) return;
      event.stopImmediatePropagation();
      event.preventDefault();
      this.wait();
    }, true);
    this.mark();
    return button;
  }
}

/** A button that has just been put where another was pressed. @param {HTMLElement} button */
export const deliberate = (button) => new Asked().on(button);
