import { useEffect, useState } from "react";
import { useSettled } from "../state/answer";

interface Given {
  label: string;
  value: number;
  least: number;
  most: number;
  step?: number;
  shown: (value: number) => string;
  change: (value: number) => void;
}

/** A slider that moves at once and asks when it rests. */
export function Slider({ label, value, least, most, step = 1, shown, change }: Given) {
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
