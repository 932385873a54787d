/** Small file systems mounted for a test, where the test may: as root on Linux. Elsewhere it is left out, and said. */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";

let possible: boolean | null = null;

/** Whether mounting works here; says so once when it does not. */
export function mayMount(folder: string): boolean {
  if (possible !== null) return possible;
  try {
    mount(folder, "size=64k");
    unmount(folder);
    possible = true;
  } catch {
    process.stdout.write("  (tests with mounts left out: they need root on Linux)\n");
    possible = false;
  }
  return possible;
}

/** A file system in memory at the folder, which is made. options: as tmpfs takes them. */
export function mount(folder: string, options: string): void {
  mkdirSync(folder, { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder], { stdio: "ignore" });
}

/** The same file or folder at a second place, as `docker -v` does it. */
export function bind(from: string, to: string): void {
  execFileSync("mount", ["--bind", from, to], { stdio: "ignore" });
}

export function unmount(place: string): void {
  execFileSync("umount", [place], { stdio: "ignore" });
}
