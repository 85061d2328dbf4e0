import { useEffect, useState } from "react";
import { get } from "../../api/client";
import { Section } from "../../parts/Page";
import { setParams } from "../../state/address";
import { useAnswer, useSettled } from "../../state/answer";
import { DEADLINES, LAST_DEADLINE, MOST, type Asking } from "./asking";
import { Filter } from "./Filter";

/** What is open and how much is asked for; the list follows while a knob is turned. */
export function Knobs({ asking }: { asking: Asking }) {
  const models = useAnswer((signal) => get("/v1/models", { signal }), []);
  const place = Math.max(0, DEADLINES.findIndex((one) => one >= asking.deadline_ms));
  return (
    <Section title="What is asked for">
      <div className="knobs">
        <label className="field">
          <span>Model</span>
          <select
            value={asking.model}
            onChange={(event) => setParams({ model: event.target.value })}
          >
            <option value="">the one that answers</option>
            {(models.value ?? []).map((model) => (
              <option key={model.name} value={model.name}>
                {model.name}
              </option>
            ))}
          </select>
        </label>
        <Slider
          label="Items"
          value={asking.k}
          least={1}
          most={MOST}
          shown={String}
          change={(k) => setParams({ k: k === 10 ? "" : String(k) })}
        />
        <Slider
          label="Deadline"
          value={place}
          least={0}
          most={DEADLINES.length - 1}
          shown={(at) => deadline(DEADLINES[at] ?? LAST_DEADLINE)}
          change={(at) => {
            const told = DEADLINES[at] ?? LAST_DEADLINE;
            setParams({ deadline: told === LAST_DEADLINE ? "" : String(told) });
          }}
        />
        <label className="check">
          <input
            type="checkbox"
            checked={asking.again}
            onChange={(event) => setParams({ again: event.target.checked ? "yes" : "" })}
          />
          <span>Chosen items, too</span>
        </label>
      </div>
      <Filter where={asking.where} change={(where) => setParams({ where })} />
    </Section>
  );
}

function deadline(milliseconds: number): string {
  return milliseconds < 1_000 ? `${milliseconds} ms` : `${milliseconds / 1_000} s`;
}

interface SliderGiven {
  label: string;
  value: number;
  least: number;
  most: number;
  step?: number;
  shown: (value: number) => string;
  change: (value: number) => void;
}

/** A slider that moves at once and asks when it rests. */
export function Slider({ label, value, least, most, step = 1, shown, change }: SliderGiven) {
  const [held, setHeld] = useState(value);
  const settled = useSettled(held, 120);
  useEffect(() => setHeld(value), [value]);
  useEffect(() => {
    if (settled !== value) change(settled);
  }, [settled]);
  return (
    <label className="field slider">
      <span>
        {label} <output className="slider-value">{shown(held)}</output>
      </span>
      <input
        type="range"
        min={least}
        max={most}
        step={step}
        value={held}
        aria-valuetext={shown(held)}
        onChange={(event) => setHeld(Number(event.target.value))}
      />
    </label>
  );
}
