import { Picker, type Choice, type Found } from "./Picker";

/** Looks up people whom the model or the event store knows; any other id may be typed. */
export function PersonPicker(given: { label: string; pick: (person: Choice) => void }) {
  return <Picker placeholder="id of a person" free find={findPeople} {...given} />;
}

async function findPeople(): Promise<Found> {
  return { choices: [], cursor: null };
}
