import { useEffect, useState } from "react";
import { setParams } from "../../state/address";
import { useSettled } from "../../state/answer";

/** What is looked for, in words: the service reads a filter and a search out of it. */
export function Words({ query }: { query: string }) {
  const [text, setText] = useState(query);
  const settled = useSettled(text, 500);
  useEffect(() => setText(query), [query]);
  useEffect(() => {
    if (settled.trim() !== query) setParams({ query: settled.trim() });
  }, [settled]);
  return (
    <label className="field words">
      <span>In words</span>
      <input
        type="text"
        value={text}
        maxLength={4_096}
        placeholder="a short mystery after 2010"
        onChange={(event) => setText(event.target.value)}
      />
    </label>
  );
}
