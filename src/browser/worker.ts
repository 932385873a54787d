/** The worker's program: bundled into worker.js, and inlined into pages that are one file. */
import type { Port } from "./protocol.js";
import { hostSession } from "./session-host.js";

hostSession(globalThis as unknown as Port);
