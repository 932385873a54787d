/** A session behind a port: loads the model it is told to, then answers questions one after the other. */
import { UserError } from "../base/user-error.js";
import { Session } from "../session/session.js";
import { partsOf } from "../model-folder/web-model.js";
import { loadWebModel, type WebModelBytes } from "./load-web-model.js";
import { openBrowserEngine, sessionBytes } from "./open-engine.js";
import { remoteMethods, type Failure, type Opened, type Port, type Question, type Reply } from "./protocol.js";

/** Answers the questions that come through a port: the worker's side of a RemoteSession. */
export function hostSession(port: Port): void {
  const reply = (message: Reply): void => port.postMessage(message);
  let session: Session | null = null;
  port.onmessage = ({ data }: MessageEvent<Question>) => {
    if ("open" in data) {
      open(data.open, (progress) => reply({ progress })).then(
        (opened) => {
          ({ session } = opened);
          reply({ opened: opened.facts });
        },
        (error: unknown) => reply({ failed: failureOf(error) }),
      );
      return;
    }
    const { id, method, args } = data;
    try {
      if (!session) throw new Error("the model is not open yet");
      if (!remoteMethods.includes(method)) throw new Error(`no method ${method as string}`);
      const call = session[method] as (...args: readonly unknown[]) => unknown;
      reply({ id, value: call.apply(session, [...args]) });
    } catch (error) {
      reply({ id, error: failureOf(error) });
    }
  };
}

async function open(
  source: string | WebModelBytes, onProgress: (progress: { loaded: number; total: number }) => void,
): Promise<{ session: Session; facts: Opened }> {
  const web = await loadWebModel(source, { onProgress });
  const { model, precision, accuracy } = web;
  const engine = openBrowserEngine({ bytes: sessionBytes(model) });
  return { session: new Session(model, engine, partsOf(web)), facts: { precision, accuracy } };
}

function failureOf(error: unknown): Failure {
  return { message: error instanceof Error ? error.message : String(error), user: error instanceof UserError };
}
