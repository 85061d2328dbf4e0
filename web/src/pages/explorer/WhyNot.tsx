import type { Asking } from "./asking";

export function WhyNot(_: { asking: Asking }) {
  return null;
}
