import type { ReactNode } from "react";
import { Plot, type Area } from "./Plot";
import { extent, logExtent, type Axis } from "./scale";
import { toneOf } from "./tones";

export interface ScatterPoint {
  id: string;
  x: number;
  y: number;
  /** Ends of the intervals, where they are known. */
  xs?: readonly [number, number] | null;
  ys?: readonly [number, number] | null;
  tone: number;
  /** Written beside the point. */
  name?: string;
  /** Shown when it is pointed at. */
  text: ReactNode;
  /** Drawn larger, before the others. */
  strong?: boolean;
  /** Drawn pale, behind the others. */
  pale?: boolean;
}

const CHARACTER = 6.6;

/** Two figures of each thing against each other. */
export function Scatter(given: {
  label: string;
  x: Omit<Axis, "domain">;
  y: Omit<Axis, "domain">;
  points: readonly ScatterPoint[];
  height?: number;
  radius?: number;
  choose?: (id: string) => void;
  /** A line through points, such as those that no other beats. */
  path?: readonly { x: number; y: number }[];
}) {
  const { label, points, height = 380, radius = 5, choose, path } = given;
  const spans = (axis: "x" | "y") =>
    points.flatMap((p) => [p[axis], ...((axis === "x" ? p.xs : p.ys) ?? [])]);
  const domain = (axis: "x" | "y") =>
    given[axis].log ? logExtent(spans(axis)) : extent(spans(axis), { room: 0.08 });
  const drawn = [...points].sort((a, b) => weight(a) - weight(b));
  return (
    <Plot
      label={label}
      x={{ ...given.x, domain: domain("x") }}
      y={{ ...given.y, domain: domain("y") }}
      height={height}
    >
      {(area) => (
        <>
          {path && path.length > 1 && (
            <path
              className="frontier"
              d={path.map((p, n) => `${n ? "L" : "M"}${area.x(p.x)} ${area.y(p.y)}`).join("")}
            />
          )}
          {drawn.map((point) => (
            <Mark key={point.id} point={point} area={area} radius={radius} choose={choose} />
          ))}
          <Names points={drawn} area={area} />
        </>
      )}
    </Plot>
  );
}

function weight(point: ScatterPoint): number {
  return (point.strong ? 2 : 0) - (point.pale ? 1 : 0);
}

function Mark(given: {
  point: ScatterPoint;
  area: Area;
  radius: number;
  choose: ((id: string) => void) | undefined;
}) {
  const { point, area, radius, choose } = given;
  const [x, y] = [area.x(point.x), area.y(point.y)];
  const look = `mark ${toneOf(point.tone)} ${point.pale ? "pale" : ""} ${choose ? "open" : ""}`;
  return (
    <g
      className={look}
      onPointerEnter={() => area.hint({ x, y, text: point.text })}
      onPointerLeave={() => area.hint(null)}
      onClick={choose && (() => choose(point.id))}
    >
      {point.xs && (
        <line
          className="interval thin"
          x1={area.x(point.xs[0])}
          x2={area.x(point.xs[1])}
          y1={y}
          y2={y}
        />
      )}
      {point.ys && (
        <line
          className="interval thin"
          x1={x}
          x2={x}
          y1={area.y(point.ys[0])}
          y2={area.y(point.ys[1])}
        />
      )}
      <circle className="dot" cx={x} cy={y} r={point.strong ? radius + 2 : radius} />
    </g>
  );
}

/** Names beside their points, each where it covers no other; those that find no room stay out. */
function Names({ points, area }: { points: readonly ScatterPoint[]; area: Area }) {
  const taken: { left: number; right: number; top: number; bottom: number }[] = points
    .filter((point) => point.name)
    .map((p) => around(area.x(p.x), area.y(p.y), 6, 6));
  return (
    <g aria-hidden="true">
      {points.map((point) => {
        if (!point.name) return null;
        const width = point.name.length * CHARACTER;
        const [x, y] = [area.x(point.x), area.y(point.y)];
        const places = [
          [x + 9 + width / 2, y - 9],
          [x - 9 - width / 2, y - 9],
          [x + 9 + width / 2, y + 10],
          [x - 9 - width / 2, y + 10],
          [x, y - 18],
          [x, y + 19],
        ] as const;
        const free = places.find(([cx, cy]) => {
          const box = around(cx, cy, width / 2, 7);
          const inside = box.left >= area.left && box.right <= area.right + 12 && box.top >= 0;
          return inside && box.bottom <= area.bottom && !taken.some((other) => meets(box, other));
        });
        if (!free) return null;
        taken.push(around(free[0], free[1], width / 2, 7));
        return (
          <text
            key={point.id}
            className="point-name"
            x={free[0]}
            y={free[1]}
            dy="0.32em"
            textAnchor="middle"
          >
            {point.name}
          </text>
        );
      })}
    </g>
  );
}

type Box = { left: number; right: number; top: number; bottom: number };

function around(x: number, y: number, wide: number, high: number): Box {
  return { left: x - wide, right: x + wide, top: y - high, bottom: y + high };
}

function meets(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
