/**
 * Recommenders' weights on their way between machines: a run's safetensors file as pieces of a Redis hash, with its
 * SHA-256. The SAEs on a recommender may be trained elsewhere than it was.
 */
import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { writeAtomically } from "../files/atomic.js";
import { weightsFile } from "../sweep/run-job.js";
import type { Redis } from "./redis.js";

const PIECE = 2 ** 24;
/** A sweep that nobody goes on with leaves nothing for ever. */
const KEPT_SECONDS = 7 * 24 * 3600;

function keyOf(run: string): string {
  return `unknot:weights:${run}`;
}

export async function hasWeights(redis: Redis, run: string): Promise<boolean> {
  return await redis.hexists(keyOf(run), "sha256") === 1;
}

/** The checksum comes last: pieces without one are not whole. */
export async function sendWeights(redis: Redis, folder: string, run: string): Promise<void> {
  const bytes = await readFile(weightsFile(folder, run));
  const key = keyOf(run);
  const pieces = Math.ceil(bytes.length / PIECE);
  for (let p = 0; p < pieces; p++) {
    await redis.hset(key, String(p), bytes.subarray(p * PIECE, (p + 1) * PIECE));
  }
  await redis.hset(key, { pieces: String(pieces), sha256: sha256(bytes) });
  await redis.expire(key, KEPT_SECONDS);
}

/** @returns false when they are not there, or not whole. */
export async function fetchWeights(redis: Redis, folder: string, run: string): Promise<boolean> {
  const [pieces, sum] = await redis.hmget(keyOf(run), "pieces", "sha256");
  if (!pieces || !sum) return false;
  const parts: Buffer[] = [];
  for (let p = 0; p < Number(pieces); p++) {
    const part = await redis.hgetBuffer(keyOf(run), String(p));
    if (!part) return false;
    parts.push(part);
  }
  const bytes = Buffer.concat(parts);
  if (sha256(bytes) !== sum) return false;
  await mkdir(folder, { recursive: true });
  await writeAtomically(weightsFile(folder, run), [bytes]);
  return true;
}

export async function dropWeights(redis: Redis, run: string): Promise<void> {
  await redis.unlink(keyOf(run));
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
