export { Bars, type Bar } from "./Bars";
export { Intervals, type IntervalRow, type Measured } from "./Intervals";
export { Legend, type LegendEntry } from "./Legend";
export { Lines, type Line, type LinePoint } from "./Lines";
export { Plot, type Area } from "./Plot";
export { Scatter, type ScatterPoint } from "./Scatter";
export { extent, logExtent, scaleOf, type Axis, type Scale } from "./scale";
export { toneOf } from "./tones";
