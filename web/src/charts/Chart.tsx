import { useEffect, useRef, useState, type ReactNode } from "react";

export interface Margins {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

/** The rectangle inside the axes, in pixels from the corner of the drawing. */
export interface Frame {
  left: number;
  right: number;
  top: number;
  bottom: number;
  width: number;
  height: number;
}

const MARGINS: Margins = { top: 12, right: 16, bottom: 40, left: 56 };

interface Given {
  /** What the chart shows, as a sentence: it is what a screen reader says. */
  label: string;
  height?: number;
  margins?: Partial<Margins>;
  children: (frame: Frame) => ReactNode;
}

/** A drawing as wide as its place; children draw inside a frame. */
export function Chart({ label, height = 240, margins, children }: Given) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const { top, right, bottom, left } = { ...MARGINS, ...margins };
  const frame: Frame = {
    left,
    right: width - right,
    top,
    bottom: height - bottom,
    width: Math.max(0, width - left - right),
    height: height - top - bottom,
  };
  return (
    <div ref={box} className="chart" style={{ height }}>
      {frame.width > 0 && (
        <svg width={width} height={height} role="img" aria-label={label}>
          {children(frame)}
        </svg>
      )}
    </div>
  );
}
