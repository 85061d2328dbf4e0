import { toneOf } from "./tones";

export interface LegendEntry {
  name: string;
  tone: number;
  dashed?: boolean;
}

/** Which colour is which; `choose` makes it a row of switches. */
export function Legend(given: {
  entries: readonly LegendEntry[];
  hidden?: ReadonlySet<string>;
  toggle?: (name: string) => void;
}) {
  const { entries, hidden, toggle } = given;
  return (
    <ul className="legend">
      {entries.map(({ name, tone, dashed }) => {
        const mark = <span className={`swatch ${toneOf(tone)} ${dashed ? "dashed" : ""}`} />;
        return (
          <li key={name}>
            {toggle ? (
              <button
                type="button"
                className="legend-switch"
                aria-pressed={!hidden?.has(name)}
                onClick={() => toggle(name)}
              >
                {mark}
                {name}
              </button>
            ) : (
              <span className="legend-entry">
                {mark}
                {name}
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
