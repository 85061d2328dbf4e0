import { useEffect, useState } from "react";
import { get } from "../../api/client";
import { setParams } from "../../state/address";
import { useAnswer, useSettled } from "../../state/answer";
import { both, clauseOf, columnsOf, comparisonsOf, type ColumnShape } from "./columns";
import type { Asking } from "./asking";
import { Words } from "./Words";

const LOOKED_AT = 200;

/** A filter: its text, and fields that write a clause for those who do not know the language. */
export function Filter({ asking }: { asking: Asking }) {
  const { where } = asking;
  const change = (next: string) => setParams({ where: next });
  const [text, setText] = useState(where);
  const settled = useSettled(text, 350);
  useEffect(() => setText(where), [where]);
  useEffect(() => {
    if (settled !== where) change(settled.trim());
  }, [settled]);
  const items = useAnswer(
    (signal) => get("/v1/items", { query: { limit: LOOKED_AT }, signal }),
    [],
  );
  const columns = columnsOf(items.value?.items ?? []);
  const add = (clause: string) => change(both(where, clause));
  return (
    <div className="filter">
      <Words query={asking.query} />
      <label className="field">
        <span>Only items for which</span>
        <span className="row filter-text">
          <input
            type="text"
            value={text}
            spellCheck={false}
            placeholder="year > 2010 and price < 20"
            onChange={(event) => setText(event.target.value)}
          />
          {where && (
            <button type="button" className="quiet" onClick={() => change("")}>
              Take it out
            </button>
          )}
        </span>
      </label>
      {columns.length > 0 && (
        <div className="row clauses">
          <Clause columns={columns} add={add} />
          <AtMost columns={columns} atMost={asking.atMost} />
        </div>
      )}
    </div>
  );
}

function Clause({ columns, add }: { columns: ColumnShape[]; add: (clause: string) => void }) {
  const [name, setName] = useState("");
  const column = columns.find((one) => one.name === name) ?? columns[0];
  const [sign, setSign] = useState("");
  const [value, setValue] = useState("");
  if (!column) return null;
  const signs = comparisonsOf(column);
  const chosen = signs.includes(sign) ? sign : (signs[0] ?? "=");
  return (
    <form
      className="row clause"
      onSubmit={(event) => {
        event.preventDefault();
        add(clauseOf(column, chosen, value));
        setValue("");
      }}
    >
      <select
        aria-label="Column"
        value={column.name}
        onChange={(event) => {
          setName(event.target.value);
          setValue("");
        }}
      >
        {columns.map((one) => (
          <option key={one.name}>{one.name}</option>
        ))}
      </select>
      <select aria-label="Comparison" value={chosen} onChange={(event) => setSign(event.target.value)}>
        {signs.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
      <input
        type="text"
        aria-label="Value"
        required
        list="filter-values"
        placeholder={column.values[0] ?? ""}
        value={value}
        onChange={(event) => setValue(event.target.value)}
      />
      <datalist id="filter-values">
        {column.values.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      <button type="submit">Add</button>
    </form>
  );
}

/** How many items of a kind the list may hold. */
function AtMost({ columns, atMost }: { columns: ColumnShape[]; atMost: Asking["atMost"] }) {
  const [column, most] = atMost ?? ["", 2];
  const tell = (name: string, count: number) =>
    setParams({ most: name ? `${count}:${encodeURIComponent(name)}` : "" });
  return (
    <div className="row clause">
      <label className="row">
        <span className="fine">At most</span>
        <input
          type="number"
          min={1}
          max={100}
          className="count"
          value={most}
          disabled={!column}
          onChange={(event) => tell(column, Math.max(1, Number(event.target.value)))}
        />
      </label>
      <label className="row">
        <span className="fine">of each</span>
        <select value={column} onChange={(event) => tell(event.target.value, most)}>
          <option value="">no bound</option>
          {columns
            .filter((one) => one.values.length > 1 || one.kind === "list")
            .map((one) => (
              <option key={one.name}>{one.name}</option>
            ))}
        </select>
      </label>
    </div>
  );
}
