import { post, type Shapes } from "../../api/client";
import { explains } from "../../api/models";
import { setParams, useListParam, useNumberParam, useParam } from "../../state/address";

export type Answered = Shapes["Answered"];
export type Recommended = Shapes["Recommended"];

export const MOST = 100;
/** Of a history that is copied into the address: the newest. */
export const COPIED = 50;

/** Who asks for what: all of it is in the address. */
export interface Asking {
  user: string;
  /** Item ids, oldest first; used when no user is named. */
  history: string[];
  model: string;
  k: number;
  where: string;
  again: boolean;
  deadline_ms: number;
  diversity: number;
  /** At most so many items of each value of a column. */
  atMost: [column: string, most: number] | null;
  /** What is looked for, in words. */
  query: string;
  /** How a language model orders what was proposed; empty: it does not. */
  rerank: Reranking | "";
}

export const RERANKINGS = {
  listwise: "as a list",
  windows: "in windows",
  pointwise: "item by item",
  pairwise: "in pairs",
} as const;
export type Reranking = keyof typeof RERANKINGS;

export const DEADLINES = [50, 100, 250, 500, 1_000, 2_500, 10_000] as const;
export const LAST_DEADLINE = 10_000;

export function useAsking(): Asking {
  const [user] = useParam("user");
  const [history] = useListParam("history");
  const [model] = useParam("model");
  const [k] = useNumberParam("k", 10);
  const [where] = useParam("where");
  const [again] = useParam("again");
  const [deadline_ms] = useNumberParam("deadline", LAST_DEADLINE);
  const [diversity] = useNumberParam("diversity", 0);
  const [most] = useParam("most");
  const [query] = useParam("query");
  const [rerank] = useParam("rerank");
  const asked = Math.min(MOST, Math.max(1, Math.round(k)));
  return {
    user,
    history,
    model,
    k: asked,
    where,
    again: again === "yes",
    deadline_ms,
    diversity: Math.min(1, Math.max(0, diversity)),
    atMost: quota(most),
    query,
    rerank: rerank in RERANKINGS ? (rerank as Reranking) : "",
  };
}

/** `2:categories` as a column and a count. */
function quota(text: string): Asking["atMost"] {
  const [count, column] = text.split(":");
  const most = Number(count);
  return column && Number.isInteger(most) && most > 0 ? [decodeURIComponent(column), most] : null;
}

/** The history is somebody's own from now on, not that of a known person. */
export function setHistory(ids: readonly string[]): void {
  setParams({ user: "", history: ids.map(encodeURIComponent).join(","), item: "", why: "" }, false);
}

export function setUser(user: string): void {
  setParams({ user, history: "", item: "", why: "" }, false);
}

export function isReady(asking: Asking): boolean {
  return asking.user !== "" || asking.history.length > 0 || asking.query !== "";
}

/** The part of a request that says who asks, of what is open. */
export function whoAsks(asking: Asking) {
  return {
    ...(asking.user ? { user_id: asking.user } : {}),
    ...(!asking.user && asking.history.length ? { history: asking.history } : {}),
    ...(asking.model ? { model: asking.model } : {}),
    ...(asking.where ? { where: asking.where } : {}),
    ...(asking.again ? { exclude_seen: false } : {}),
    ...(asking.deadline_ms < LAST_DEADLINE ? { deadline_ms: asking.deadline_ms } : {}),
  };
}

/** The part that changes an order which the model gave. */
function orderedBy({ diversity, atMost, rerank }: Asking) {
  return {
    ...(diversity ? { diversity } : {}),
    ...(atMost ? { quotas: [{ column: atMost[0], most: atMost[1] }] } : {}),
    ...(rerank ? { rerank: { how: rerank, show_prompts: true } } : {}),
  };
}

export function isReordered({ diversity, atMost, rerank }: Asking): boolean {
  return diversity > 0 || atMost !== null || rerank !== "";
}

export interface Listed extends Answered {
  /** Whether the model names the past items that speak for each. */
  tells: boolean;
}

export async function recommend(asking: Asking, signal: AbortSignal): Promise<Listed> {
  const words = asking.query ? { query: asking.query } : {};
  const body = { ...whoAsks(asking), ...orderedBy(asking), ...words, k: asking.k };
  const somebody = asking.user !== "" || asking.history.length > 0;
  const tells = somebody && (await explains(asking.model));
  const answer = await post("/v1/recommend", { body: { ...body, explain: tells }, signal });
  return { ...answer, tells };
}

/** The order as the model gave it, before diversity, quotas and language models. */
export async function proposed(asking: Asking, signal: AbortSignal): Promise<Answered> {
  const words = asking.query ? { query: asking.query } : {};
  const body = { ...whoAsks(asking), ...words, k: MOST };
  return post("/v1/recommend", { body, signal });
}
