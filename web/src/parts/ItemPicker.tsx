import { get } from "../api/client";
import { Picker, type Choice } from "./Picker";

/** Looks up items of the catalogue by words of their titles. */
export function ItemPicker(given: { label: string; pick: (item: Choice) => void; hint?: string }) {
  return <Picker placeholder="words of a title" find={findItems} {...given} />;
}

async function findItems(words: string, cursor: string | null, signal: AbortSignal) {
  const query = { contains: words, limit: 20, cursor };
  const page = await get("/v1/items", { query, signal });
  const choices = page.items.map((item) => ({ id: item.item_id, title: item.title }));
  return { choices, cursor: page.cursor };
}
