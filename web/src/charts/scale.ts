/** From values to pixels, and the values that are written at an axis. */
export interface Scale {
  (value: number): number;
  readonly ticks: readonly number[];
  readonly format: (value: number) => string;
}

export interface Axis {
  domain: readonly [number, number];
  /** With its unit: "seconds", "ndcg@10". */
  title: string;
  /** Decades instead of sums; for values above 0 that span several. */
  log?: boolean;
  format?: (value: number) => string;
  /** Only whole numbers are written at the axis. */
  whole?: boolean;
  /** Those that are written, where round values are not the ones to name: days, say. */
  ticks?: readonly number[];
}

/** A scale onto `[from, to]` in pixels, with about `count` ticks. */
export function scaleOf(axis: Axis, from: number, to: number, count: number): Scale {
  const [low, high] = axis.domain;
  const turn = axis.log ? Math.log10 : (value: number) => value;
  const start = turn(low);
  const span = turn(high) - start || 1;
  const scale = (value: number) => from + ((turn(value) - start) / span) * (to - from);
  const ticks =
    axis.ticks ?? (axis.log ? decades(low, high, count) : steps(low, high, count, axis.whole));
  const format = axis.format ?? (axis.log ? compact : plain(ticks));
  return Object.assign(scale, { ticks, format });
}

/** The extent of values with room at both ends; never empty. */
export function extent(
  values: Iterable<number | null | undefined>,
  options: { zero?: boolean; room?: number } = {},
): [number, number] {
  let low = options.zero ? 0 : Infinity;
  let high = options.zero ? 0 : -Infinity;
  for (const value of values) {
    if (value === null || value === undefined || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  if (low === high)
    return low === 0 ? [0, 1] : [low - Math.abs(low) / 10, high + Math.abs(high) / 10];
  const room = (high - low) * (options.room ?? 0.04);
  return [options.zero && low === 0 ? 0 : low - room, options.zero && high === 0 ? 0 : high + room];
}

/** The extent of values above 0 for an axis in decades. */
export function logExtent(values: Iterable<number | null | undefined>): [number, number] {
  const known = [...values].filter((value): value is number => !!value && value > 0);
  if (!known.length) return [1, 10];
  return [Math.min(...known) / 1.25, Math.max(...known) * 1.25];
}

function steps(low: number, high: number, count: number, whole = false): number[] {
  const rough = (high - low) / Math.max(1, count);
  if (!(rough > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const share = rough / power;
  const nice = share < 1.5 ? 1 : share < 3.5 ? 2 : share < 7.5 ? 5 : 10;
  const step = whole ? Math.max(1, Math.round(nice * power)) : nice * power;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => (first + n) * step);
}

function decades(low: number, high: number, count: number): number[] {
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const wide = last - first > count;
  const parts = wide || last - first > 3 ? [1] : last - first > 1 ? [1, 3] : [1, 2, 5];
  const every = wide ? Math.ceil((last - first) / count) : 1;
  const found: number[] = [];
  for (let power = first; power <= last; power += every)
    for (const part of parts) found.push(part * 10 ** power);
  return found.filter((value) => value >= low * 0.999 && value <= high * 1.001);
}

function plain(ticks: readonly number[]): (value: number) => string {
  const step = Math.abs((ticks[1] ?? 1) - (ticks[0] ?? 0));
  const places = step > 0 ? Math.max(0, Math.min(8, -Math.floor(Math.log10(step) + 1e-9))) : 2;
  const most = Math.max(...ticks.map(Math.abs), 0);
  if (most >= 10_000) return compact;
  return (value) => value.toFixed(places).replace(/^-(0(\.0*)?)$/, "$1");
}

const COMPACT = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

function compact(value: number): string {
  return Math.abs(value) < 0.001 && value !== 0 ? value.toExponential(0) : COMPACT.format(value);
}
