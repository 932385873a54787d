/** A service from a model folder, and the same again when it is told to reload. */
import type { EngineOptions } from "../engine/open.js";
import type { Model } from "../model-folder/model.js";
import { imageOrigin } from "../export/item-links.js";
import { openSession } from "../session/open-session.js";
import { Access, type AccessOptions } from "./access.js";
import { Histories } from "./histories.js";
import { memoryFor, prepare, prepareElsewhere, prepareModel, type Prepared, type PrepareOptions } from "./prepare.js";
import { ServedModel } from "./served-model.js";
import { DEFAULT_LIMITS, Service, type Limits } from "./service.js";
import { Site } from "./site.js";

/**
 * `data`: where the known users come from; without it only lists of items are answered. Read again at every reload.
 * `desk`: how the desk's copy of the weights is stored; without it there is no desk at "/".
 */
export interface ServiceOptions extends PrepareOptions {
  readonly limits?: Partial<Limits>;
  /** Who may ask. Default: callers by address or localhost, and no web pages but its own. */
  readonly access?: AccessOptions;
  /** Of unknot, for people who look at /about. */
  readonly version?: string;
}

/** @throws UserError when the model, the data or the desk's files cannot be read. */
export async function openService(folder: string, options: ServiceOptions = {}): Promise<Service> {
  const { limits, access, version = "", ...how } = options;
  const guard = new Access(access);
  const first = await openServed(await prepare(folder, how), how);
  const again = async (): Promise<ServedModel> => openServed(await prepareElsewhere(folder, how), how);
  return new Service(first, again, version, { ...DEFAULT_LIMITS, ...limits }, guard);
}

/** A service on a model in memory; reloading it opens the same one again. */
export async function openServiceOn(model: Model, options: ServiceOptions = {}): Promise<Service> {
  const { limits, access, version = "", ...how } = options;
  const load = async (): Promise<ServedModel> => openServed(await prepareModel(model, how), how);
  return new Service(await load(), load, version, { ...DEFAULT_LIMITS, ...limits }, new Access(access));
}

/** One thread unless told otherwise: a request's work is short, and several services share a machine better. */
async function openServed(
  { model, known, dataset, files }: Prepared, options: EngineOptions & Pick<PrepareOptions, "links">,
): Promise<ServedModel> {
  const { threads = 1, kernels, numerics, links = {} } = options;
  const session = openSession(model, { threads, kernels, numerics, memoryBytes: memoryFor(model), ...known });
  const histories = dataset ? new Histories(dataset, model.items.ids) : null;
  const served = new ServedModel(session, histories, files ? await Site.of(files, imageOrigin(links)) : null);
  await served.warmUp();
  return served;
}
