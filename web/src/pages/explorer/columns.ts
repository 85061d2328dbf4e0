import type { Shapes } from "../../api/client";

type Item = Shapes["Item"];

/** A column of the catalogue, as far as some of its items show it. */
export interface ColumnShape {
  name: string;
  kind: "number" | "text" | "list" | "flag";
  /** Some of its values, the most frequent first. */
  values: string[];
}

const OFFERED = 30;
const LONGEST = 40;

export function columnsOf(items: readonly Item[]): ColumnShape[] {
  const names = new Set(items.flatMap((item) => Object.keys(item.columns)));
  return [...names].flatMap((name) => {
    const cells = items.map((item) => item.columns[name]).filter((cell) => cell !== null);
    const first = cells.find((cell) => cell !== undefined);
    if (first === undefined) return [];
    return [{ name, kind: kindOf(first), values: frequent(cells.flat().map(String)) }];
  });
}

function kindOf(cell: NonNullable<Item["columns"][string]>): ColumnShape["kind"] {
  if (Array.isArray(cell)) return "list";
  if (typeof cell === "number") return "number";
  return typeof cell === "boolean" ? "flag" : "text";
}

function frequent(values: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const value of values)
    if (value.length <= LONGEST) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, OFFERED)
    .map(([value]) => value);
}

export function comparisonsOf(column: ColumnShape): string[] {
  if (column.kind === "number") return [">=", "<=", "=", "!="];
  if (column.kind === "list") return ["has"];
  return column.kind === "flag" ? ["="] : ["has", "=", "!="];
}

/** A clause of the filter language, its value quoted where it has to be. */
export function clauseOf(column: ColumnShape, sign: string, value: string): string {
  const plain = column.kind === "number" || column.kind === "flag";
  return `${named(column.name)} ${sign} ${plain ? value.trim() : quoted(value)}`;
}

/** Both filters at once. */
export function both(first: string, second: string): string {
  if (!first) return second;
  return /\bor\b/i.test(first) ? `(${first}) and ${second}` : `${first} and ${second}`;
}

const RESERVED = /^(and|or|not|in|has|is|missing|true|false)$/i;

function named(column: string): string {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(column) && !RESERVED.test(column) ? column : `\`${column}\``;
}

function quoted(value: string): string {
  return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
