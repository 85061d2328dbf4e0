import { ApiProblem, get } from "../../api/client";
import { day, digits } from "../../parts/numbers";

export interface PastItem {
  id: string;
  title: string;
  note: string;
  live: boolean;
}

export interface Past {
  items: PastItem[];
  /** What else is known of the person: age, language … */
  about: string;
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

const SHOWN = 100;

/** What a person chose, newest first; nothing, where nobody knows the person. */
export async function historyOf(user: string, signal: AbortSignal): Promise<Past> {
  try {
    const query = { limit: SHOWN };
    const card = await get("/v1/people/{user_id}", { path: { user_id: user }, query, signal });
    const items = card.history.map((one) => {
      titles.set(one.item_id, one.title);
      const told = [one.rating === null ? "" : `★ ${digits(one.rating, 2)}`, one.ts ? day(one.ts).slice(0, 7) : ""];
      const note = told.filter(Boolean).join(" · ");
      return { id: one.item_id, title: one.title, note, live: one.live };
    });
    const told = Object.entries(card.columns).filter(([, value]) => value !== null);
    return { items, about: told.map(([name, value]) => `${name} ${String(value)}`).join(", ") };
  } catch (error) {
    if (error instanceof ApiProblem && error.document.status === 404) return { items: [], about: "" };
    throw error;
  }
}

export async function ofIds(ids: readonly string[], signal: AbortSignal): Promise<Past> {
  const items = await Promise.all(
    ids.map(async (id) => ({ id, title: await titleOf(id, signal), note: "", live: false })),
  );
  return { items, about: "" };
}
