/**
 * What the service counts, in the text format that Prometheus reads. Labels come from the route table and from a fixed
 * list of methods, never from the request, so that requests cannot fill the memory with names.
 */
import { monitorEventLoopDelay, type IntervalHistogram } from "node:perf_hooks";

/** Upper bounds in seconds. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
/** 0.99 of the time: what a slow call does to the others. */
const DELAY_QUANTILES = [50, 99];

/** What does not add up over processes. */
const LARGEST = /^unknot_(model_info|event_loop_delay_seconds)/;

export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Of one route and method. */
interface Series {
  readonly route: string;
  readonly method: string;
  readonly statuses: Map<number, number>;
  readonly buckets: Float64Array;
  seconds: number;
  count: number;
}

export class Metrics {
  /** By route and method. */
  private readonly series = new Map<string, Map<string, Series>>();
  private readonly delay: IntervalHistogram = monitorEventLoopDelay({ resolution: 20 });
  /** Requests whose head has come and whose answer has not gone. */
  inFlight = 0;
  connections = 0;
  reloads = 0;
  failedReloads = 0;
  /** Left before they had sent their request. */
  aborted = 0;
  /** Refused before they became requests: no HTTP, too slow, or headers too long. */
  malformed = 0;

  constructor() {
    this.delay.enable();
  }

  observe(method: string, route: string, status: number, seconds: number): void {
    const series = this.series.get(route)?.get(method) ?? this.begin(route, method);
    series.statuses.set(status, (series.statuses.get(status) ?? 0) + 1);
    series.count++;
    series.seconds += seconds;
    for (let b = 0; b < BUCKETS.length; b++) {
      if (seconds > BUCKETS[b]) continue;
      series.buckets[b]++;
      break;
    }
  }

  private begin(route: string, method: string): Series {
    const series =
      { route, method, statuses: new Map(), buckets: new Float64Array(BUCKETS.length), seconds: 0, count: 0 };
    const methods = this.series.get(route) ?? new Map<string, Series>();
    this.series.set(route, methods.set(method, series));
    return series;
  }

  /** @param model labels of the model that is served now. */
  render(model: Readonly<Record<string, string>>): string {
    const lines: string[] = [];
    const family = (name: string, type: string, help: string): void => {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
    };
    const single = (name: string, type: string, help: string, value: number): void => {
      family(name, type, help);
      lines.push(`${name} ${value}`);
    };
    const all = [...this.series.values()].flatMap((methods) => [...methods.values()]);
    family("unknot_http_requests_total", "counter", "Answered requests.");
    for (const { route, method, statuses } of all) {
      for (const [status, count] of statuses) {
        lines.push(`unknot_http_requests_total${labels({ route, method, status: String(status) })} ${count}`);
      }
    }
    family("unknot_http_request_seconds", "histogram", "From a request's head to the end of its answer's computation.");
    for (const series of all) lines.push(...histogram("unknot_http_request_seconds", series));
    single("unknot_http_requests_in_flight", "gauge", "Requests that wait for an answer.", this.inFlight);
    single("unknot_http_connections", "gauge", "Open connections.", this.connections);
    single("unknot_http_requests_aborted_total", "counter", "Requests whose sender left.", this.aborted);
    single("unknot_http_malformed_total", "counter", "Connections refused before there was a request.", this.malformed);
    single("unknot_reloads_total", "counter", "Models loaded after the first.", this.reloads);
    single("unknot_failed_reloads_total", "counter", "Models that could not be loaded.", this.failedReloads);
    family("unknot_model_info", "gauge", "The model that is served.");
    lines.push(`unknot_model_info${labels(model)} 1`);
    family("unknot_event_loop_delay_seconds", "summary", "How late timers are: the wait behind other requests.");
    for (const q of DELAY_QUANTILES) {
      const seconds = this.delay.percentile(q) / 1e9;
      lines.push(`unknot_event_loop_delay_seconds${labels({ quantile: String(q / 100) })} ${seconds}`);
    }
    const memory = process.memoryUsage();
    single("process_resident_memory_bytes", "gauge", "Resident memory.", memory.rss);
    single("nodejs_heap_used_bytes", "gauge", "JavaScript heap in use.", memory.heapUsed);
    single("nodejs_external_memory_bytes", "gauge", "Memory of arrays and buffers.", memory.external);
    const cpu = process.cpuUsage();
    single("process_cpu_seconds_total", "counter", "Processor time.", (cpu.user + cpu.system) / 1e6);
    return `${lines.join("\n")}\n`;
  }

  close(): void {
    this.delay.disable();
  }
}

/**
 * The metrics of several processes as those of one: counters, histograms and gauges add up; of what describes the model
 * and of delays, the largest counts. Families and their lines stand in the order in which they first come.
 */
export function sumOfMetrics(texts: readonly string[]): string {
  const families = new Map<string, { readonly head: string[]; readonly values: Map<string, number> }>();
  for (const text of texts) {
    let family = { head: [] as string[], values: new Map<string, number>() };
    let known = false;
    for (const line of text.trimEnd().split("\n")) {
      if (line.startsWith("# HELP ")) {
        const name = line.split(" ", 3)[2];
        known = families.has(name);
        family = families.get(name) ?? { head: [], values: new Map() };
        families.set(name, family);
      }
      if (line.startsWith("#")) {
        if (!known) family.head.push(line);
        continue;
      }
      const at = line.lastIndexOf(" ");
      const [name, value] = [line.slice(0, at), Number(line.slice(at + 1))];
      const before = family.values.get(name) ?? 0;
      family.values.set(name, LARGEST.test(name) ? Math.max(before, value) : before + value);
    }
  }
  const lines = [...families.values()].flatMap(({ head, values }) =>
    [...head, ...Array.from(values, ([name, value]) => `${name} ${value}`)]);
  return `${lines.join("\n")}\n`;
}

/** Buckets are cumulative in the format. */
function histogram(name: string, { route, method, buckets, seconds, count }: Series): string[] {
  let below = 0;
  const lines = BUCKETS.map((bound, b) => {
    below += buckets[b];
    return `${name}_bucket${labels({ route, method, le: String(bound) })} ${below}`;
  });
  const whole = labels({ route, method });
  return [
    ...lines, `${name}_bucket${labels({ route, method, le: "+Inf" })} ${count}`,
    `${name}_sum${whole} ${seconds}`, `${name}_count${whole} ${count}`,
  ];
}

function labels(pairs: Readonly<Record<string, string>>): string {
  const escaped = (value: string): string =>
    value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
  return `{${Object.entries(pairs).map(([name, value]) => `${name}="${escaped(value)}"`).join(",")}}`;
}
