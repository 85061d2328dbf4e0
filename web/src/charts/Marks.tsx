/** A line through points; where a value is missing the line is broken. */
export function Line(given: { points: readonly (readonly [number, number])[]; className?: string }) {
  return <path className={given.className ?? "mark-line"} d={pathOf(given.points)} fill="none" />;
}

/** The area between a line and a base, in pixels. */
export function Area(given: {
  points: readonly (readonly [number, number])[];
  base: number;
  className?: string;
}) {
  const { points, base } = given;
  const first = points[0];
  const last = points[points.length - 1];
  if (!first || !last) return null;
  const d = `${pathOf(points)}L${last[0].toFixed(1)},${base}L${first[0].toFixed(1)},${base}Z`;
  return <path className={given.className ?? "mark-area"} d={d} />;
}

/** A value with its interval, lying: a dot on a bar with ends. */
export function Interval(given: {
  low: number;
  high: number;
  value: number;
  y: number;
  className?: string;
}) {
  const { low, high, value, y } = given;
  return (
    <g className={given.className ?? "mark-interval"}>
      <line x1={low} x2={high} y1={y} y2={y} />
      <line x1={low} x2={low} y1={y - 4} y2={y + 4} />
      <line x1={high} x2={high} y1={y - 4} y2={y + 4} />
      <circle cx={value} cy={y} r={4.5} />
    </g>
  );
}

function pathOf(points: readonly (readonly [number, number])[]): string {
  let pen = "M";
  let d = "";
  for (const [x, y] of points) {
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      pen = "M";
      continue;
    }
    d += `${pen}${x.toFixed(1)},${y.toFixed(1)}`;
    pen = "L";
  }
  return d;
}
