/**
 * Undo: a list of earlier values and one of undone ones. Pure. Changes of one gesture (a fader being dragged) are one
 * step, however many values it passes through.
 */

export interface History<T> {
  readonly past: readonly T[];
  readonly present: T;
  readonly future: readonly T[];
  /** The gesture that the last change belongs to; null when it is over. */
  readonly gesture: string | null;
}

/** Older steps are forgotten. */
const DEPTH = 200;

export function historyOf<T>(present: T): History<T> {
  return { past: [], present, future: [], gesture: null };
}

/** Goes on to a new value. Consecutive calls with the same gesture are one step. */
export function record<T>(history: History<T>, present: T, gesture: string | null = null): History<T> {
  if (Object.is(present, history.present)) return history;
  const goesOn = gesture !== null && gesture === history.gesture;
  const past = goesOn ? history.past : [...history.past, history.present].slice(-DEPTH);
  return { past, present, future: [], gesture };
}

/** The next change is a step of its own, also when it has the same gesture. */
export function endGesture<T>(history: History<T>): History<T> {
  return history.gesture === null ? history : { ...history, gesture: null };
}

/** One step back; the same history when there is none. */
export function undo<T>({ past, present, future, gesture }: History<T>): History<T> {
  if (past.length === 0) return { past, present, future, gesture };
  return { past: past.slice(0, -1), present: past[past.length - 1], future: [present, ...future], gesture: null };
}

export function redo<T>({ past, present, future, gesture }: History<T>): History<T> {
  if (future.length === 0) return { past, present, future, gesture };
  return { past: [...past, present], present: future[0], future: future.slice(1), gesture: null };
}
