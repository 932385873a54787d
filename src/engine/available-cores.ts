/**
 * How many cores this process may use, and how many threads an engine starts when it is not told (Node).
 *
 * The cores are those that the scheduler allows, less where a cgroup sets a quota of processor time (Docker's --cpus,
 * Kubernetes' limits, systemd's CPUQuota): under "2 of 32" more than two threads only wait for each other. Node counts
 * the former; the quota is read from where the kernel shows it (cgroups(7); v2: cpu.max, v1: cpu.cfs_quota_us).
 */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

/**
 * Threads that an engine takes at most without being told. Most kernels wait for memory, which the cores of a socket
 * share: beyond so many they only cost. (Measured here are two; 16 is what other memory-bound libraries settle at.)
 */
const MOST_USEFUL = 16;

/** What the machine says of itself; other readings in tests. */
export interface Readings {
  /** Logical processors that the scheduler allows. */
  readonly processors: number;
  /** A file's text, null where there is none. */
  read(path: string): string | null;
}

const machine: Readings = {
  processors: availableParallelism(),
  read(path) {
    try {
      return readFileSync(path, "utf8");
    } catch {
      return null;
    }
  },
};

/** Whole cores, at least 1. */
export function availableCores({ processors, read }: Readings = machine): number {
  const quotas = cgroupFolders(read("/proc/self/cgroup") ?? "").flatMap((folder) => {
    const quota = quotaV2(read(`${folder}/cpu.max`))
      ?? quotaV1(read(`${folder}/cpu.cfs_quota_us`), read(`${folder}/cpu.cfs_period_us`));
    return quota === null ? [] : [quota];
  });
  return Math.max(1, Math.floor(Math.min(processors, ...quotas)));
}

/** The threads of an engine that is not told how many. */
export function defaultThreads(readings: Readings = machine): number {
  return Math.min(MOST_USEFUL, availableCores(readings));
}

/**
 * The folders whose limits apply: the process's own group and all above it. A container may see its own group as the
 * root, so the root always counts.
 *
 * @param membership lines of "number:controllers:path"; v2 is the one without controllers.
 */
function cgroupFolders(membership: string): string[] {
  const roots = new Map([["/sys/fs/cgroup", "/"], ["/sys/fs/cgroup/cpu", "/"]]);
  for (const line of membership.split("\n")) {
    const [, controllers, ...rest] = line.trim().split(":");
    const path = rest.join(":");
    if (controllers === "") roots.set("/sys/fs/cgroup", path).set("/sys/fs/cgroup/unified", path);
    else if (controllers?.split(",").includes("cpu")) {
      roots.set("/sys/fs/cgroup/cpu", path).set(`/sys/fs/cgroup/${controllers}`, path);
    }
  }
  return [...roots].flatMap(([root, path]) => {
    const parts = path.split("/").filter((part) => part !== "" && part !== "..");
    return Array.from({ length: parts.length + 1 }, (_, depth) => [root, ...parts.slice(0, depth)].join("/"));
  });
}

/** "200000 100000" are 2 cores; "max …" is no limit. */
function quotaV2(text: string | null): number | null {
  const [quota, period] = (text ?? "").trim().split(/\s+/).map(Number);
  return quota > 0 && period > 0 ? quota / period : null;
}

/** A quota of −1 is no limit. */
function quotaV1(quota: string | null, period: string | null): number | null {
  const [a, b] = [Number(quota), Number(period)];
  return a > 0 && b > 0 ? a / b : null;
}
