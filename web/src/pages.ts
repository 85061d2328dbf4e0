import { lazy, type ComponentType, type LazyExoticComponent } from "react";

/** A page: where it is, what it is called, and the file that shows it. */
export interface Page {
  path: string;
  title: string;
  group: string;
  component: LazyExoticComponent<ComponentType>;
}

function page(
  group: string,
  path: string,
  title: string,
  load: () => Promise<{ default: ComponentType }>,
): Page {
  return { path, title, group, component: lazy(load) };
}

/** All pages, in the order of the navigation. `routes/page.py` serves the same paths. */
export const PAGES: readonly Page[] = [
  page("", "/", "Home", () => import("./pages/home")),
  page("Recommend", "/explorer", "Explorer", () => import("./pages/explorer")),
  page("Recommend", "/compare", "Compare", () => import("./pages/compare")),
  page("Recommend", "/chat", "Conversation", () => import("./pages/chat")),
  page("Quality", "/results", "Results", () => import("./pages/results")),
  page("Quality", "/training", "Training", () => import("./pages/training")),
  page("Quality", "/prompts", "Prompts and spend", () => import("./pages/prompts")),
  page("Under the hood", "/data", "Data", () => import("./pages/data")),
  page("Under the hood", "/ids", "Item ids", () => import("./pages/ids")),
  page("Under the hood", "/playground", "API playground", () => import("./pages/playground")),
];
