/**
 * What knobs may say: neurons that exist, strengths in range, positive ones that add up to at most 1, weights that fit.
 * The one place of these rules: steering throws the first fault, a service lists them all, field by field.
 */
import { UserError } from "../base/user-error.js";

/** A knob as steering takes it (steer.ts), or one whose neurons are not chosen yet, since it stands for a tag. */
export interface KnobToCheck {
  readonly neurons?: readonly number[];
  readonly strength: number;
  readonly weights?: ArrayLike<number>;
  readonly only?: boolean;
}

export interface KnobFault {
  /** Place of the knob in the list; null when it is that of all together. */
  readonly knob: number | null;
  readonly field: "neuron" | "strength" | "weights" | null;
  readonly detail: string;
}

/** Rounding of sums such as 0.1 + 0.2 + 0.7 is no fault. */
const ROUNDING = 1e-9;

/** @param width H, neurons of the model. */
export function knobFaults(knobs: readonly KnobToCheck[], width: number): KnobFault[] {
  const faults: KnobFault[] = [];
  knobs.forEach((one, knob) => {
    const least = one.only ? 0 : -1;
    if (!(one.strength >= least && one.strength <= 1)) {
      const detail = `a knob's strength must be between ${least} and 1, got ${one.strength}`;
      faults.push({ knob, field: "strength", detail });
    }
    if (one.neurons?.length === 0) faults.push({ knob, field: "neuron", detail: "a knob needs at least one neuron" });
    for (const n of one.neurons ?? []) {
      if (!exists(n, width)) faults.push({ knob, field: "neuron", detail: noNeuron(n, width) });
    }
    const weights = one.neurons && one.weights ? weightsFault(one.weights, one.neurons.length) : null;
    if (weights !== null) faults.push({ knob, field: "weights", detail: weights });
  });
  const moved = knobs.reduce((sum, { strength, only }) => sum + (!only && strength > 0 ? strength : 0), 0);
  if (moved > 1 + ROUNDING) {
    const detail = `the positive strengths of all knobs add up to ${moved}, at most 1 can move`;
    faults.push({ knob: null, field: null, detail });
  }
  return faults;
}

/** @throws UserError with the first fault. */
export function checkKnobs(knobs: readonly KnobToCheck[], width: number): void {
  const [fault] = knobFaults(knobs, width);
  if (fault) throw new UserError(fault.detail);
}

/** @throws UserError for a neuron that the model does not have. */
export function checkNeuron(neuron: number, width: number): void {
  if (!exists(neuron, width)) throw new UserError(noNeuron(neuron, width));
}

/** What is said of such a neuron. */
export function noNeuron(neuron: number, width: number): string {
  return `there is no neuron ${neuron}: the model has neurons 0 to ${width - 1}`;
}

function exists(neuron: number, width: number): boolean {
  return Number.isInteger(neuron) && neuron >= 0 && neuron < width;
}

function weightsFault(weights: ArrayLike<number>, neurons: number): string | null {
  if (weights.length !== neurons) return `a knob has ${neurons} neurons and ${weights.length} weights: give one each`;
  const all = Array.from(weights);
  const strange = all.find((weight) => !(weight >= 0 && Number.isFinite(weight)));
  if (strange !== undefined) {
    return `a knob's weights must be 0 or more, got ${strange}: turn neurons down with a knob of their own`;
  }
  return all.some((weight) => weight > 0) ? null : "a knob's weights are all 0: at least one must be positive";
}
