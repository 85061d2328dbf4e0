import type { Frame } from "./Chart";
import type { Band, Scale } from "./scale";
import { digits } from "../parts/numbers";

interface Given {
  frame: Frame;
  scale: Scale;
  /** What is measured and in which unit. */
  label?: string;
  format?: (value: number) => string;
  /** About how many values are named. */
  ticks?: number;
  grid?: boolean;
}

/** Values from left to right, under the frame. */
export function AxisBottom({ frame, scale, label, format = digits, ticks, grid }: Given) {
  const count = ticks ?? Math.max(2, Math.round(frame.width / 90));
  return (
    <g className="axis">
      {scale.ticks(count).map((value) => (
        <g key={value} transform={`translate(${scale(value)},0)`}>
          {grid && <line className="grid" y1={frame.top} y2={frame.bottom} />}
          <line className="tick" y1={frame.bottom} y2={frame.bottom + 4} />
          <text y={frame.bottom + 17} textAnchor="middle">
            {format(value)}
          </text>
        </g>
      ))}
      <line className="rule" x1={frame.left} x2={frame.right} y1={frame.bottom} y2={frame.bottom} />
      {label && (
        <text className="axis-label" x={frame.right} y={frame.bottom + 34} textAnchor="end">
          {label}
        </text>
      )}
    </g>
  );
}

/** Values from bottom to top, left of the frame, with lines across it. */
export function AxisLeft({ frame, scale, label, format = digits, ticks, grid = true }: Given) {
  const count = ticks ?? Math.max(2, Math.round(frame.height / 45));
  return (
    <g className="axis">
      {scale.ticks(count).map((value) => (
        <g key={value} transform={`translate(0,${scale(value)})`}>
          {grid && <line className="grid" x1={frame.left} x2={frame.right} />}
          <text x={frame.left - 8} dy="0.32em" textAnchor="end">
            {format(value)}
          </text>
        </g>
      ))}
      {label && (
        <text className="axis-label" x={0} y={frame.top - 14} textAnchor="start">
          {label}
        </text>
      )}
    </g>
  );
}

/** Names from top to bottom, left of the frame. */
export function NamesLeft({ frame, scale }: { frame: Frame; scale: Band }) {
  return (
    <g className="axis">
      {scale.names.map((name) => (
        <text
          key={name}
          x={frame.left - 8}
          y={scale(name) + scale.width / 2}
          dy="0.32em"
          textAnchor="end"
        >
          {name}
        </text>
      ))}
    </g>
  );
}
