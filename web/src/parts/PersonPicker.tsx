import { get } from "../api/client";
import { Picker, type Choice } from "./Picker";

/** Looks up people whom the model knows by their ids; any other id may be typed. */
export function PersonPicker(given: { label: string; pick: (person: Choice) => void }) {
  return <Picker placeholder="id of a person" free find={findPeople} {...given} />;
}

async function findPeople(words: string, cursor: string | null, signal: AbortSignal) {
  const page = await get("/v1/people", { query: { contains: words, limit: 20, cursor }, signal });
  const choices = page.people.map((person) => ({
    id: person.user_id,
    title: person.user_id,
    note: `${person.events} · ${person.newest[0] ?? ""}`,
  }));
  return { choices, cursor: page.cursor };
}
