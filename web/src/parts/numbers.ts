const WHOLE = new Intl.NumberFormat("en");
const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

export function whole(value: number): string {
  return WHOLE.format(value);
}

/** 12,345 as 12.3K. */
export function short(value: number): string {
  return SHORT.format(value);
}

/** Four significant digits, without an exponent where it can be. */
export function digits(value: number, significant = 4): string {
  if (!Number.isFinite(value)) return "–";
  if (value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e7))
    return value.toExponential(significant - 1);
  return new Intl.NumberFormat("en", { maximumSignificantDigits: significant }).format(value);
}

/** Numbers that stand under one another: as many decimals for all as the largest needs. */
export function aligned(values: readonly number[], significant = 3): (value: number) => string {
  const largest = Math.max(...values.map(Math.abs), 0);
  const whole = largest > 0 ? Math.floor(Math.log10(largest)) + 1 : 1;
  if (whole < -3 || whole > 7) return (value) => digits(value, significant);
  const decimals = Math.max(0, significant - whole);
  return (value) => value.toFixed(decimals);
}

/** A day such as 2015-02-13, of microseconds since 1970. */
export function day(microseconds: number): string {
  return new Date(microseconds / 1_000).toISOString().slice(0, 10);
}

/** A time such as 2015-02-13 09:30, of microseconds since 1970, in UTC. */
export function minute(microseconds: number): string {
  return new Date(microseconds / 1_000).toISOString().slice(0, 16).replace("T", " ");
}
