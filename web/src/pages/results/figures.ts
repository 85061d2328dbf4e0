import type { Shapes } from "../../api/client";

export type Report = Shapes["RunReport"];
export type Figure = Shapes["Figure"];

/** Figures of an axis: a metric, or what a method costs. */
export interface Dimension {
  name: string;
  title: string;
  better: "higher" | "lower";
  log: boolean;
  of: (model: string) => { value: number | null; span: [number, number] | null };
}

const COSTS = [
  ["fit_s", "seconds to fit"],
  ["recommend_ms", "ms for 1,000 lists"],
  ["peak_memory_mb", "peak memory, MB"],
  ["calls", "calls of language models for 1,000 answers"],
  ["money", "money for 1,000 answers"],
] as const;

const LOWER = /^(rmse|mae|gini|popularity|arp|loss)/;

/** What can stand on an axis of the trade-off: all metrics, and costs that somebody measured. */
export function dimensionsOf(report: Report): Dimension[] {
  const metrics = report.metrics.map((metric): Dimension => ({
    name: metric,
    title: metric,
    better: LOWER.test(metric) ? "lower" : "higher",
    log: false,
    of: (model) => {
      const found = figureOf(report.figures, model, metric);
      return { value: found?.value ?? null, span: spanOf(found) };
    },
  }));
  const costs = COSTS.filter(([name]) => report.costs.some((cost) => cost[name])).map(
    ([name, title]): Dimension => ({
      name,
      title,
      better: "lower",
      log: true,
      of: (model) => {
        const value = report.costs.find((cost) => cost.model === model)?.[name] ?? null;
        return { value: value || null, span: null };
      },
    }),
  );
  return [...metrics, ...costs];
}

export function figureOf(figures: readonly Figure[], model: string, metric: string) {
  return figures.find((one) => one.model === model && one.metric === metric);
}

export function spanOf(figure: Figure | undefined): [number, number] | null {
  const { low, high } = figure ?? {};
  return typeof low === "number" && typeof high === "number" ? [low, high] : null;
}

/** Models in the order of a metric, the best first; those without a value last. */
export function ranked(report: Report, metric: string): string[] {
  const value = (model: string) => {
    const found = figureOf(report.figures, model, metric)?.value;
    return found === null || found === undefined ? -Infinity : LOWER.test(metric) ? -found : found;
  };
  const models = [...new Set(report.figures.map((figure) => figure.model))];
  return models.sort((a, b) => value(b) - value(a));
}

/** A colour for each model: the same in all plots of a run. */
export function tones(report: Report): Map<string, number> {
  return new Map(report.methods.map((method, place) => [method.name, place]));
}
