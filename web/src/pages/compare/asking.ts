import { explains } from "../../api/models";
import { post, type ProblemShape, type Shapes } from "../../api/client";
import { problemOf } from "../../state/answer";

export type Recommended = Shapes["Recommended"];

/** What one model answered, or why it did not. */
export interface Listed {
  model: string;
  items: Recommended[];
  took_ms: number | null;
  degraded: boolean;
  notes: string[];
  problem: ProblemShape | null;
}

export type Who = { user_id: string } | { history: string[] };

/** Asks each model the same; one that fails leaves the others their lists. */
export function askAll(models: readonly string[], who: Who, k: number, signal: AbortSignal) {
  return Promise.all(models.map((model) => askOne(model, who, k, signal)));
}

async function askOne(model: string, who: Who, k: number, signal: AbortSignal): Promise<Listed> {
  try {
    const body = { ...who, model, k, explain: await explains(model) };
    const { items, took_ms, degraded, notes } = await post("/v1/recommend", { body, signal });
    return { model, items, took_ms, degraded, notes, problem: null };
  } catch (error) {
    if (signal.aborted) throw error;
    const problem = problemOf(error);
    return { model, items: [], took_ms: null, degraded: false, notes: [], problem };
  }
}

/** In how many lists each item stands. */
export function timesListed(lists: readonly Listed[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const { items } of lists)
    for (const { item_id } of items) times.set(item_id, (times.get(item_id) ?? 0) + 1);
  return times;
}

/**
 * Rank-biased overlap of two lists, cut at the length of the shorter and divided by what equal
 * lists reach: 1 the same order, 0 nothing shared. A place weighs 0.9 of the one above it.
 */
export function rankOverlap(a: readonly string[], b: readonly string[], persistence = 0.9): number {
  const depth = Math.min(a.length, b.length);
  let [sum, most, shared] = [0, 0, 0];
  const [seenOfA, seenOfB] = [new Set<string>(), new Set<string>()];
  for (let place = 0; place < depth; place += 1) {
    const [one, other] = [a[place] ?? "", b[place] ?? ""];
    if (one === other || seenOfB.has(one)) shared += 1;
    if (one !== other && seenOfA.has(other)) shared += 1;
    seenOfA.add(one);
    seenOfB.add(other);
    const weight = persistence ** place;
    sum += (weight * shared) / (place + 1);
    most += weight;
  }
  return most ? sum / most : 0;
}
