/**
 * Touch on a panel that is a sheet on small screens: it closes by a tap outside and by pulling its head down. It is a
 * sheet while the style sheet fixes it to the screen; elsewhere this does nothing.
 */
import { setLength } from "./element.js";

/** Pulled this far, it closes. */
const PULL = 56;
/** A finger that moves less is tapping. */
const TAP = 10;

export interface SheetOptions {
  /** What it is pulled by. */
  readonly grip: HTMLElement;
  isOpen(): boolean;
  close(): void;
  /** Whether a tap there leaves it open, as on the button that opens it. */
  spares?(target: Element): boolean;
}

export function sheet(panel: HTMLElement, { grip, isOpen, close, spares }: SheetOptions): void {
  const fixed = (): boolean => isOpen() && getComputedStyle(panel).position === "fixed";
  let pressed: { readonly x: number; readonly y: number } | null = null;
  const outside = ({ target }: Event): boolean =>
    target instanceof Element && !panel.contains(target) && !spares?.(target);
  document.addEventListener("pointerdown", (event) => {
    pressed = fixed() && outside(event) ? { x: event.clientX, y: event.clientY } : null;
  });
  // A tap, not a scroll; and before its click, so that a title that is tapped opens its card in the one that closes.
  document.addEventListener("pointerup", ({ clientX, clientY }) => {
    if (pressed && fixed() && Math.hypot(clientX - pressed.x, clientY - pressed.y) < TAP) close();
    pressed = null;
  });
  document.addEventListener("pointercancel", () => { pressed = null; });
  let from: number | null = null;
  grip.addEventListener("pointerdown", (event) => {
    if (!fixed() || (event.target as Element).closest("button, input")) return;
    from = event.clientY;
    grip.setPointerCapture(event.pointerId);
  });
  grip.addEventListener("pointermove", ({ clientY }) => {
    if (from !== null) setLength(panel, "--pulled", Math.max(0, clientY - from));
  });
  const release = ({ clientY, type }: PointerEvent): void => {
    if (from === null) return;
    const pulled = clientY - from;
    from = null;
    setLength(panel, "--pulled", 0);
    if (type === "pointerup" && pulled > PULL) close();
  };
  grip.addEventListener("pointerup", release);
  grip.addEventListener("pointercancel", release);
}
