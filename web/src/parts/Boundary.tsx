import { Component, type ReactNode } from "react";
import { problemOf } from "../state/answer";
import { ErrorBox } from "./ErrorBox";

/** Keeps the rest of the page alive when a part of it fails: React asks for a class here. */
export class Boundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    const again = () => this.setState({ error: null });
    return <ErrorBox problem={problemOf(this.state.error)} again={again} />;
  }
}
