/** What a file of benches exports. */
import type { Case } from "./harness.js";
import type { Workbench } from "./workbench.js";

export interface Suite {
  /** What `npm run bench -- NAME` selects by, together with the case's name. */
  readonly name: string;
  /** What a case takes from the heap when it is prepared is released before the next one is. */
  cases(bench: Workbench): Case[];
}
