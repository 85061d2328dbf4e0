/** What the service measures of itself, read from its Prometheus text. */
export interface Health {
  requests: number;
  failed: number;
  degraded: number;
  events: number;
  waiting: number;
  /** Of recommendations: the bucket in which half, and 99 of 100, were answered; in seconds. */
  half_s: number | null;
  most_s: number | null;
}

interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const LINE = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-z_]+)="((?:[^"\\]|\\.)*)"/g;
const RECOMMEND = ["/v1/recommend", "/v1/recommend/{user_id}"];

export function readHealth(text: string): Health {
  const samples = text.split("\n").flatMap(read);
  const sum = (name: string, keep: (labels: Sample["labels"]) => boolean = () => true) =>
    samples
      .filter((one) => one.name === name && keep(one.labels))
      .reduce((total, one) => total + one.value, 0);
  const buckets = bucketsOf(samples);
  return {
    requests: sum("penchant_requests_total"),
    failed: sum("penchant_requests_total", ({ status }) => (status ?? "").startsWith("5")),
    degraded: sum("penchant_degraded_total"),
    events: sum("penchant_events_total", ({ fate }) => fate === "accepted"),
    waiting: sum("penchant_waiting"),
    half_s: quantile(buckets, 0.5),
    most_s: quantile(buckets, 0.99),
  };
}

function read(line: string): Sample[] {
  const found = LINE.exec(line);
  if (!found) return [];
  const [, name = "", labels = "", value = ""] = found;
  const pairs = [...labels.matchAll(LABEL)].map(([, key = "", told = ""]) => [key, told]);
  return [{ name, labels: Object.fromEntries(pairs) as Sample["labels"], value: Number(value) }];
}

function bucketsOf(samples: readonly Sample[]): [number, number][] {
  const counts = new Map<number, number>();
  for (const { name, labels, value } of samples) {
    if (name !== "penchant_request_seconds_bucket") continue;
    if (!RECOMMEND.includes(labels["route"] ?? "")) continue;
    const end = labels["le"] === "+Inf" ? Infinity : Number(labels["le"]);
    counts.set(end, (counts.get(end) ?? 0) + value);
  }
  return [...counts].sort(([a], [b]) => a - b);
}

/** The end of the bucket that holds the quantile: true of it, though not exact. */
function quantile(buckets: readonly [number, number][], share: number): number | null {
  const total = buckets[buckets.length - 1]?.[1] ?? 0;
  if (!total) return null;
  return buckets.find(([, count]) => count >= share * total)?.[0] ?? null;
}
