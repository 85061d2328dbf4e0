import { useState, type ReactNode } from "react";
import { useWidth } from "./width";
import { scaleOf, type Axis, type Scale } from "./scale";

/** Where things are drawn: scales onto the pixels between the axes. */
export interface Area {
  x: Scale;
  y: Scale;
  left: number;
  right: number;
  top: number;
  bottom: number;
  /** Shows what a mark says beside it; `null` takes it away. */
  hint: (at: HintAt | null) => void;
}

export interface HintAt {
  x: number;
  y: number;
  text: ReactNode;
}

interface Given {
  /** What can be read off it, for those who do not see it. */
  label: string;
  x: Axis;
  /** Left out: rows, each named by the marks themselves. */
  y?: Axis;
  height?: number;
  /** Room for names on the left, in pixels. */
  left?: number;
  children: (area: Area) => ReactNode;
  /** Told where the pointer is between the axes; `null` once it left. */
  over?: (at: { x: number; y: number } | null, area: Area) => void;
}

const TOP = 10;
const RIGHT = 18;
const BOTTOM = 44;

/** A chart: axes with titles and a grid, and whatever is drawn between them. */
export function Plot({ label, x, y, height = 300, left = y ? 58 : 12, children, over }: Given) {
  const [box, width] = useWidth();
  const [hint, setHint] = useState<HintAt | null>(null);
  const right = Math.max(left + 40, width - RIGHT);
  const bottom = height - BOTTOM;
  const across = scaleOf(x, left, right, Math.max(2, Math.floor((right - left) / 80)));
  const up = scaleOf(
    y ?? { domain: [0, 1], title: "" },
    bottom,
    TOP,
    Math.max(2, Math.floor((bottom - TOP) / 48)),
  );
  const area: Area = { x: across, y: up, left, right, top: TOP, bottom, hint: setHint };
  const move = (event: React.PointerEvent<SVGSVGElement>) => {
    const bounds = event.currentTarget.getBoundingClientRect();
    over?.({ x: event.clientX - bounds.left, y: event.clientY - bounds.top }, area);
  };
  return (
    <div className="plot" ref={box} onPointerLeave={() => setHint(null)}>
      {width > 0 && (
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={label}
          onPointerMove={over ? move : undefined}
          onPointerLeave={over ? () => over(null, area) : undefined}
        >
          <Across axis={x} area={area} />
          {y && <Up axis={y} area={area} />}
          {children(area)}
        </svg>
      )}
      {hint && <Hint at={hint} width={width} />}
    </div>
  );
}

function Across({ axis, area }: { axis: Axis; area: Area }) {
  const { x, left, right, top, bottom } = area;
  return (
    <g aria-hidden="true">
      {x.ticks.map((tick) => (
        <g key={tick}>
          <line className="grid" x1={x(tick)} x2={x(tick)} y1={top} y2={bottom} />
          <text className="tick" x={x(tick)} y={bottom + 16} textAnchor="middle">
            {x.format(tick)}
          </text>
        </g>
      ))}
      <line className="axis" x1={left} x2={right} y1={bottom} y2={bottom} />
      <text className="axis-title" x={(left + right) / 2} y={bottom + 36} textAnchor="middle">
        {axis.title}
      </text>
    </g>
  );
}

function Up({ axis, area }: { axis: Axis; area: Area }) {
  const { y, left, right, top, bottom } = area;
  const middle = (top + bottom) / 2;
  return (
    <g aria-hidden="true">
      {y.ticks.map((tick) => (
        <g key={tick}>
          <line className="grid" x1={left} x2={right} y1={y(tick)} y2={y(tick)} />
          <text className="tick" x={left - 8} y={y(tick)} dy="0.32em" textAnchor="end">
            {y.format(tick)}
          </text>
        </g>
      ))}
      <text
        className="axis-title"
        x={14}
        y={middle}
        textAnchor="middle"
        transform={`rotate(-90 14 ${middle})`}
      >
        {axis.title}
      </text>
    </g>
  );
}

function Hint({ at, width }: { at: HintAt; width: number }) {
  const side = at.x > width / 2 ? "before" : "after";
  const style =
    side === "after" ? { left: at.x + 12, top: at.y } : { right: width - at.x + 12, top: at.y };
  return (
    <div className="plot-hint" style={style} aria-hidden="true">
      {at.text}
    </div>
  );
}
