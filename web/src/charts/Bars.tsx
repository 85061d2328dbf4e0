import type { ReactNode } from "react";
import { Plot } from "./Plot";
import { extent, type Axis } from "./scale";
import { toneOf } from "./tones";

export interface Bar {
  name: string;
  value: number;
  tone?: number;
  /** Shown when it is pointed at. */
  text?: ReactNode;
}

/** Upright bars in the given order, such as days. The first, the last and some between are named. */
export function Bars(given: {
  label: string;
  title: string;
  y: Omit<Axis, "domain">;
  bars: readonly Bar[];
  height?: number;
}) {
  const { label, title, bars, height = 220 } = given;
  const count = bars.length;
  const name = (place: number) => bars[Math.round(place)]?.name ?? "";
  return (
    <Plot
      label={label}
      x={{ domain: [-0.5, Math.max(0.5, count - 0.5)], title, format: name, ticks: places(count) }}
      y={{
        ...given.y,
        domain: extent(
          bars.map((bar) => bar.value),
          { zero: true, room: 0.06 },
        ),
      }}
      height={height}
    >
      {({ x, y, bottom, hint }) => {
        const step = x(1) - x(0);
        const width = Math.max(1, Math.min(40, step * 0.78));
        return bars.map((bar, place) => (
          <rect
            key={bar.name}
            className={`bar ${toneOf(bar.tone ?? 0)}`}
            x={x(place) - width / 2}
            width={width}
            y={y(bar.value)}
            height={Math.max(0, bottom - y(bar.value))}
            onPointerEnter={() =>
              hint({ x: x(place), y: y(bar.value), text: bar.text ?? bar.name })
            }
            onPointerLeave={() => hint(null)}
          />
        ));
      }}
    </Plot>
  );
}

/** At most eight places, evenly apart, the first among them. */
function places(count: number): number[] {
  const step = Math.max(1, Math.ceil(count / 8));
  return Array.from({ length: Math.ceil(count / step) }, (_, n) => n * step);
}
