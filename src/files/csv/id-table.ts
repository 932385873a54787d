/**
 * Ids to consecutive numbers, straight from a file's bytes: a hash table without a string per row.
 *
 * A canonical decimal integer of up to nine digits ("0", "42", not "007") is kept as a number; a small one is looked up
 * in a list by its value, without hashing, which where ids are many saves most of the time: one place of memory is
 * waited for instead of two or three. Every other id is kept as its bytes in one arena, in UTF-8: "café" is one id,
 * whichever encoding a row has it in. Numbers are given out in order of first appearance, so they are also the file's
 * order.
 * Memory: about 20 bytes an id, plus its length when it is not an integer; for small integers up to 16 MiB in all.
 */
import { isUtf8 } from "node:buffer";
import { fieldText } from "./fields.js";

const encoder = new TextEncoder();

/** Integers below this are looked up by their value. */
const SMALL = 2 ** 22;

export class IdTable {
  /** How many distinct ids there are; the next new id gets this number. */
  size = 0;

  /** The integer that was asked for last, and its number: most files lie sorted by user. */
  private lastInteger = -1;
  private lastNumber = -1;
  /** Number + 1 of each small integer, 0 where there is none yet. */
  private small = new Int32Array(1024);
  /** Number + 1 of the id in this slot, 0 when free. The length is a power of two, at most half is filled. */
  private slots = new Int32Array(1024);
  /** Ids that have a slot. */
  private hashed = 0;
  private hashes = new Int32Array(512);
  /** The integer, or −1 for an id that is kept as bytes. */
  private integers = new Int32Array(512);
  /** Bytes of id n: arena[offsets[n]] … arena[offsets[n + 1] − 1]; nothing for an integer. */
  private offsets = new Int32Array(513);
  private arena = new Uint8Array(1024);

  /** The number of the id in bytes[start] … bytes[end − 1]; a new one is added. */
  add(bytes: Uint8Array, start: number, end: number): number {
    return this.locate(bytes, start, end, true);
  }

  /** The number of the id, −1 when it has not been added. */
  find(bytes: Uint8Array, start: number, end: number): number {
    return this.locate(bytes, start, end, false);
  }

  /** The id with this number, as text. */
  text(number: number): string {
    const integer = this.integers[number];
    return integer >= 0 ? String(integer) : fieldText(this.arena, this.offsets[number], this.offsets[number + 1]);
  }

  private locate(bytes: Uint8Array, start: number, end: number, add: boolean): number {
    const integer = canonicalInteger(bytes, start, end);
    if (integer >= 0 && integer === this.lastInteger) return this.lastNumber;
    if (integer < 0 && beyondAscii(bytes, start, end) && !isUtf8(bytes.subarray(start, end))) {
      const text = encoder.encode(fieldText(bytes, start, end));
      return this.locate(text, 0, text.length, add);
    }
    const isSmall = integer >= 0 && integer < SMALL;
    let number = isSmall ? (integer < this.small.length ? this.small[integer] : 0) - 1
      : this.inSlot(integer, bytes, start, end);
    if (number < 0 && add) number = this.append(integer, bytes, start, end, isSmall);
    if (number >= 0) {
      this.lastInteger = integer;
      this.lastNumber = number;
    }
    return number;
  }

  /** The number of an id that is no small integer, −1 when it has not been added. */
  private inSlot(integer: number, bytes: Uint8Array, start: number, end: number): number {
    const hash = integer >= 0 ? scramble(integer) : hashBytes(bytes, start, end);
    const slots = this.slots;
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (let entry = slots[slot]; entry !== 0; entry = slots[slot]) {
      const number = entry - 1;
      if (this.integers[number] === integer &&
        (integer >= 0 || (this.hashes[number] === hash && this.same(number, bytes, start, end)))) return number;
      slot = (slot + 1) & mask;
    }
    return -1;
  }

  private append(integer: number, bytes: Uint8Array, start: number, end: number, isSmall: boolean): number {
    const number = this.size++;
    if (number === this.integers.length) this.grow();
    this.integers[number] = integer;
    this.offsets[number + 1] = this.offsets[number];
    if (isSmall) {
      if (integer >= this.small.length) this.small = resized(this.small, 2 ** (32 - Math.clz32(integer)));
      this.small[integer] = number + 1;
      return number;
    }
    this.hashes[number] = integer >= 0 ? scramble(integer) : hashBytes(bytes, start, end);
    if (integer < 0) this.keep(number, bytes, start, end);
    if (2 * ++this.hashed > this.slots.length) this.growSlots();
    this.insert(number);
    return number;
  }

  private same(number: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.offsets[number];
    if (this.offsets[number + 1] - from !== end - start) return false;
    for (let i = start; i < end; i++) if (this.arena[from + i - start] !== bytes[i]) return false;
    return true;
  }

  private keep(number: number, bytes: Uint8Array, start: number, end: number): void {
    const from = this.offsets[number];
    const to = from + end - start;
    if (to > this.arena.length) this.arena = resized(this.arena, Math.max(to, 2 * this.arena.length));
    this.arena.set(bytes.subarray(start, end), from);
    this.offsets[number + 1] = to;
  }

  private insert(number: number): void {
    const mask = this.slots.length - 1;
    let slot = this.hashes[number] & mask;
    while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
    this.slots[slot] = number + 1;
  }

  private grow(): void {
    const capacity = 2 * this.integers.length;
    this.hashes = resized(this.hashes, capacity);
    this.integers = resized(this.integers, capacity);
    this.offsets = resized(this.offsets, capacity + 1);
  }

  /** The newest id has no slot yet. */
  private growSlots(): void {
    this.slots = new Int32Array(2 * this.slots.length);
    for (let number = 0; number < this.size - 1; number++) {
      const integer = this.integers[number];
      if (integer < 0 || integer >= SMALL) this.insert(number);
    }
  }
}

/** The value of a decimal integer without sign or leading zero and with at most nine digits, else −1. */
function canonicalInteger(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length === 0 || length > 9) return -1;
  if (bytes[start] === 48 && length > 1) return -1;
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = bytes[i] - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

function beyondAscii(bytes: Uint8Array, start: number, end: number): boolean {
  let or = 0;
  for (let i = start; i < end; i++) or |= bytes[i];
  return or > 0x7f;
}

/** Spreads an integer's bits (the finaliser of splitmix32), so that runs of ids do not cluster. */
function scramble(value: number): number {
  let z = Math.imul(value ^ (value >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return z ^ (z >>> 15);
}

/** FNV-1a, then scrambled: its low bits alone are weak. */
function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
  return scramble(hash);
}

function resized<T extends Int32Array | Uint8Array>(array: T, length: number): T {
  const larger = new (array.constructor as new (n: number) => T)(length);
  larger.set(array);
  return larger;
}
