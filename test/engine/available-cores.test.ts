/** Default threads under every way a machine limits a process, with readings of such machines. */
import { availableParallelism } from "node:os";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { availableCores, defaultThreads, type Readings } from "../../src/engine/available-cores.js";
import { openEngine } from "../../src/engine/open.js";

const readings = (processors: number, files: Record<string, string>): Readings =>
  ({ processors, read: (path) => files[path] ?? null });

const cases: [what: string, readings: Readings, cores: number][] = [
  ["no cgroups", readings(8, {}), 8],
  ["v2 without a limit", readings(8, { "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "max 100000\n" }), 8],
  ["a container's quota, its own group as root (docker --cpus 2)", readings(32, {
    "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "200000 100000\n",
  }), 2],
  ["the quota of a group above (systemd slice)", readings(32, {
    "/proc/self/cgroup": "0::/user.slice/job.service\n",
    "/sys/fs/cgroup/user.slice/cpu.max": "350000 100000\n",
    "/sys/fs/cgroup/user.slice/job.service/cpu.max": "max 100000\n",
  }), 3],
  ["the tightest of several", readings(32, {
    "/proc/self/cgroup": "0::/a/b\n", "/sys/fs/cgroup/a/cpu.max": "800000 100000\n",
    "/sys/fs/cgroup/a/b/cpu.max": "400000 100000\n",
  }), 4],
  ["half a core is one thread", readings(4, { "/sys/fs/cgroup/cpu.max": "50000 100000\n" }), 1],
  ["v1, controllers together", readings(16, {
    "/proc/self/cgroup": "5:memory:/x\n4:cpu,cpuacct:/docker/ab:c\n",
    "/sys/fs/cgroup/cpu,cpuacct/docker/ab:c/cpu.cfs_quota_us": "250000\n",
    "/sys/fs/cgroup/cpu,cpuacct/docker/ab:c/cpu.cfs_period_us": "100000\n",
  }), 2],
  ["v1 without a limit", readings(16, {
    "/proc/self/cgroup": "1:cpu:/\n", "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
    "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
  }), 16],
  ["affinity below the quota", readings(2, { "/sys/fs/cgroup/cpu.max": "800000 100000\n" }), 2],
  ["a path out of sight, as a nested container may have", readings(8, {
    "/proc/self/cgroup": "0::/../../other\n", "/sys/fs/cgroup/cpu.max": "300000 100000\n",
  }), 3],
  ["nonsense", readings(8, { "/proc/self/cgroup": "\n::\nx", "/sys/fs/cgroup/cpu.max": "what\n" }), 8],
];
for (const [what, machine, cores] of cases) {
  test(what, () => {
    assert.is(availableCores(machine), cores);
    assert.is(defaultThreads(machine), cores);
  });
}

test("many processors: an engine takes a useful number of them", () => {
  for (const processors of [65, 96, 256]) {
    assert.is(availableCores(readings(processors, {})), processors);
    const threads = defaultThreads(readings(processors, {}));
    assert.ok(threads >= 8 && threads <= 64, `${threads}`);
    const engine = openEngine({ threads, memoryBytes: 2 ** 29 });
    assert.is(engine.threads, threads);
    engine.close();
  }
});

test("this machine", () => {
  assert.ok(availableCores() >= 1 && availableCores() <= availableParallelism());
});

test.run();
