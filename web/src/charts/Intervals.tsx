import { digits } from "../parts/numbers";
import { Plot } from "./Plot";
import { extent } from "./scale";
import { toneOf } from "./tones";

export interface Measured {
  value: number | null;
  low: number | null;
  high: number | null;
}

export interface IntervalRow {
  name: string;
  /** One mark for each series; they stand below each other. */
  marks: readonly (Measured & { series: string; tone: number })[];
}

const ROW = 30;
const MORE = 12;

/** Means as points, their intervals as lines: what overlaps may be luck. */
export function Intervals(given: {
  label: string;
  title: string;
  rows: readonly IntervalRow[];
  /** Room for the names of the rows, in pixels. */
  names?: number;
  zero?: boolean;
}) {
  const { label, title, rows, names = 116, zero = false } = given;
  const most = Math.max(1, ...rows.map((row) => row.marks.length));
  const step = ROW + (most - 1) * MORE;
  const values = rows.flatMap((row) => row.marks.flatMap((m) => [m.value, m.low, m.high]));
  const domain = extent(values, { zero, room: 0.06 });
  return (
    <Plot label={label} x={{ domain, title }} left={names} height={rows.length * step + 62}>
      {({ x, left, top, right, hint }) =>
        rows.map((row, place) => {
          const middle = top + step * (place + 0.5);
          return (
            <g key={row.name}>
              {place > 0 && (
                <line
                  className="grid"
                  x1={left}
                  x2={right}
                  y1={top + step * place}
                  y2={top + step * place}
                />
              )}
              <text className="row-name" x={left - 10} y={middle} dy="0.32em" textAnchor="end">
                {shortened(row.name, names)}
                <title>{row.name}</title>
              </text>
              {row.marks.map((mark, n) => {
                if (mark.value === null) return null;
                const y = middle + (n - (row.marks.length - 1) / 2) * MORE;
                const text = <Told name={mark.series} mark={mark} />;
                return (
                  <g
                    key={mark.series}
                    className={`mark ${toneOf(mark.tone)}`}
                    onPointerEnter={() => hint({ x: x(mark.value ?? 0), y, text })}
                    onPointerLeave={() => hint(null)}
                  >
                    <rect className="target" x={left} width={right - left} y={y - 6} height={12} />
                    {mark.low !== null && mark.high !== null && (
                      <line className="interval" x1={x(mark.low)} x2={x(mark.high)} y1={y} y2={y} />
                    )}
                    <circle className="dot" cx={x(mark.value)} cy={y} r={4.5} />
                  </g>
                );
              })}
            </g>
          );
        })
      }
    </Plot>
  );
}

function Told({ name, mark }: { name: string; mark: Measured }) {
  return (
    <>
      <strong>{name}</strong> {digits(mark.value ?? NaN)}
      {mark.low !== null && mark.high !== null && (
        <span className="hint-more">
          95 %: {digits(mark.low)} – {digits(mark.high)}
        </span>
      )}
    </>
  );
}

function shortened(name: string, room: number): string {
  const most = Math.floor((room - 12) / 7);
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}
