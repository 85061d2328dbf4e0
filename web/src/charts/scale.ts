/** From values to places, with round values to name on an axis. */
export interface Scale {
  (value: number): number;
  ticks: (about?: number) => number[];
  domain: readonly [number, number];
  range: readonly [number, number];
  /** From a place back to its value. */
  invert: (place: number) => number;
}

type Pair = readonly [number, number];

/** Even steps. A domain of one value is widened, so that it has a place. */
export function linear(domain: Pair, range: Pair): Scale {
  const [low, high] = domain[0] === domain[1] ? [domain[0] - 0.5, domain[1] + 0.5] : domain;
  const slope = (range[1] - range[0]) / (high - low);
  return Object.assign((value: number) => range[0] + (value - low) * slope, {
    ticks: (about = 5) => roundSteps(low, high, about),
    domain: [low, high] as const,
    range,
    invert: (place: number) => low + (place - range[0]) / slope,
  });
}

/** Even factors; the domain is above zero. */
export function logarithmic(domain: Pair, range: Pair): Scale {
  const inner = linear([Math.log10(domain[0]), Math.log10(domain[1])], range);
  return Object.assign((value: number) => inner(Math.log10(value)), {
    ticks: (about = 5) => powers(domain, about),
    domain,
    range,
    invert: (place: number) => 10 ** inner.invert(place),
  });
}

export interface Band {
  (name: string): number;
  /** Of each bar, in pixels. */
  width: number;
  names: readonly string[];
  range: Pair;
}

/** A place for each name, with a gap of a share of the step between them. */
export function bands(names: readonly string[], range: Pair, gap = 0.3): Band {
  const step = (range[1] - range[0]) / Math.max(1, names.length);
  const places = new Map(names.map((name, place) => [name, range[0] + step * (place + gap / 2)]));
  return Object.assign((name: string) => places.get(name) ?? range[0], {
    width: Math.abs(step) * (1 - gap),
    names,
    range,
  });
}

/** The least and the greatest; zero is inside if asked for. Without values 0 to 1. */
export function extent(values: Iterable<number>, zero = false): Pair {
  let low = zero ? 0 : Infinity;
  let high = zero ? 0 : -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high && Number.isFinite(low) ? [low, high] : [0, 1];
}

/** A domain with some air at both ends. */
export function airy([low, high]: Pair, share = 0.05): Pair {
  const air = (high - low || Math.abs(high) || 1) * share;
  return [low - air, high + air];
}

function roundSteps(low: number, high: number, about: number): number[] {
  const rough = (high - low) / Math.max(1, about);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((one) => one * power >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const decimals = Math.max(0, Math.ceil(-Math.log10(step)));
  return Array.from({ length: last - first + 1 }, (_, n) =>
    Number(((first + n) * step).toFixed(Math.min(20, decimals))),
  );
}

function powers([low, high]: Pair, about: number): number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const tens = Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => 10 ** (first + n));
  if (tens.length >= 2) return tens.filter((_, n) => n % Math.ceil(tens.length / about) === 0);
  return roundSteps(low, high, about).filter((value) => value > 0);
}
