import { useState } from "react";
import { digits } from "../parts/numbers";
import { Plot, type Area } from "./Plot";
import { extent, type Axis } from "./scale";
import { toneOf } from "./tones";

export interface LinePoint {
  x: number;
  y: number;
}

export interface Line {
  name: string;
  tone: number;
  /** In the order of x. */
  points: readonly LinePoint[];
  dashed?: boolean;
  /** A point that is marked, such as the best one. */
  marked?: number | null;
}

/** Values over steps or time, one line a series; the pointer reads all of them off at once. */
export function Lines(given: {
  label: string;
  x: Omit<Axis, "domain">;
  y: Omit<Axis, "domain">;
  lines: readonly Line[];
  height?: number;
  zero?: boolean;
}) {
  const { label, lines, height = 260, zero = false } = given;
  const [at, setAt] = useState<number | null>(null);
  const xs = lines.flatMap((line) => line.points.map((point) => point.x));
  const ys = lines.flatMap((line) => line.points.map((point) => point.y));
  const x: Axis = { ...given.x, domain: extent(xs, { room: 0 }) };
  const y: Axis = { ...given.y, domain: extent(ys, { zero }) };
  const read = (pointer: { x: number; y: number } | null, area: Area) => {
    const near = pointer && nearest(xs, (value) => Math.abs(area.x(value) - pointer.x));
    setAt(near);
    const rows = near === null ? [] : lines.map((line) => ({ line, point: before(line, near) }));
    const text = <Readout x={near ?? 0} title={given.x.title} rows={rows} />;
    area.hint(near === null ? null : { x: area.x(near), y: area.top + 8, text });
  };
  return (
    <Plot label={label} x={x} y={y} height={height} over={read}>
      {(area) => (
        <>
          {at !== null && (
            <line
              className="cursor"
              x1={area.x(at)}
              x2={area.x(at)}
              y1={area.top}
              y2={area.bottom}
            />
          )}
          {lines.map((line) => (
            <Drawn key={line.name} line={line} area={area} />
          ))}
        </>
      )}
    </Plot>
  );
}

function Drawn({ line, area }: { line: Line; area: Area }) {
  const path = line.points.map((p, n) => `${n ? "L" : "M"}${area.x(p.x)} ${area.y(p.y)}`).join("");
  const last = line.points.at(-1);
  const marked = line.points.find((point) => point.x === line.marked);
  return (
    <g className={toneOf(line.tone)}>
      <path className={`line ${line.dashed ? "dashed" : ""}`} d={path} />
      {line.points.length < 16 &&
        line.points.map((p) => (
          <circle key={p.x} className="dot" cx={area.x(p.x)} cy={area.y(p.y)} r={2.5} />
        ))}
      {last && <circle className="dot" cx={area.x(last.x)} cy={area.y(last.y)} r={3} />}
      {marked && <circle className="ring" cx={area.x(marked.x)} cy={area.y(marked.y)} r={6} />}
    </g>
  );
}

function Readout(given: {
  x: number;
  title: string;
  rows: readonly { line: Line; point: LinePoint | undefined }[];
}) {
  return (
    <>
      <span className="hint-more">
        {given.title} {digits(given.x)}
      </span>
      {given.rows.map(({ line, point }) =>
        point ? (
          <span key={line.name} className={`hint-row ${toneOf(line.tone)}`}>
            <span className="swatch" /> {line.name} <strong>{digits(point.y)}</strong>
          </span>
        ) : null,
      )}
    </>
  );
}

/** The last point of a line that is not after x. */
function before(line: Line, x: number): LinePoint | undefined {
  return line.points.findLast((point) => point.x <= x);
}

function nearest(values: readonly number[], distance: (value: number) => number): number | null {
  let best: number | null = null;
  for (const value of values) if (best === null || distance(value) < distance(best)) best = value;
  return best;
}
