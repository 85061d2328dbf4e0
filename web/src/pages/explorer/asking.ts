import { ApiProblem, get, post, type Shapes } from "../../api/client";
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
}

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
  const asked = Math.min(MOST, Math.max(1, Math.round(k)));
  return { user, history, model, k: asked, where, again: again === "yes", deadline_ms };
}

/** The history is somebody's own from now on, not that of a known person. */
export function setHistory(ids: readonly string[]): void {
  setParams({ user: "", history: ids.map(encodeURIComponent).join(","), item: "", why: "" }, false);
}

export function setUser(user: string): void {
  setParams({ user, history: "", item: "", why: "" }, false);
}

export function isReady(asking: Asking): boolean {
  return asking.user !== "" || asking.history.length > 0;
}

/** The part of a request that says who asks, of what is open. */
export function whoAsks(asking: Asking) {
  return {
    ...(asking.user ? { user_id: asking.user } : { history: asking.history }),
    ...(asking.model ? { model: asking.model } : {}),
    ...(asking.where ? { where: asking.where } : {}),
    ...(asking.again ? { exclude_seen: false } : {}),
    ...(asking.deadline_ms < LAST_DEADLINE ? { deadline_ms: asking.deadline_ms } : {}),
  };
}

/** Models that said they cannot tell reasons: they are not asked for them again. */
const silent = new Set<string>();

export interface Listed extends Answered {
  /** Whether the model names the past items that speak for each. */
  tells: boolean;
}

export async function recommend(asking: Asking, signal: AbortSignal): Promise<Listed> {
  const body = { ...whoAsks(asking), k: asking.k };
  if (!silent.has(asking.model)) {
    try {
      const answer = await post("/v1/recommend", { body: { ...body, explain: true }, signal });
      return { ...answer, tells: true };
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.document.code !== "cannot") throw error;
      silent.add(asking.model);
    }
  }
  return { ...(await post("/v1/recommend", { body, signal })), tells: false };
}

export interface PastItem {
  id: string;
  title: string;
  note: string;
  live: boolean;
}

const titles = new Map<string, string>();

export function rememberTitle(id: string, title: string): void {
  titles.set(id, title);
}

/** The title of an item, or its id where the catalogue has none of it. */
async function titleOf(id: string, signal: AbortSignal): Promise<string> {
  const known = titles.get(id);
  if (known !== undefined) return known;
  try {
    const item = await get("/v1/items/{item_id}", { path: { item_id: id }, signal });
    titles.set(id, item.title);
    return item.title;
  } catch (error) {
    if (error instanceof ApiProblem && error.document.status === 404) return id;
    throw error;
  }
}

const SHOWN = 50;

/** What a person chose, newest first. */
export async function historyOf(user: string, signal: AbortSignal): Promise<PastItem[]> {
  const ids = await get("/v1/users/{user_id}/history", { path: { user_id: user }, signal });
  return ofIds(ids.slice(-SHOWN).reverse(), signal);
}

export async function ofIds(ids: readonly string[], signal: AbortSignal): Promise<PastItem[]> {
  return Promise.all(
    ids.map(async (id) => ({ id, title: await titleOf(id, signal), note: "", live: false })),
  );
}
