import type { ReactNode } from "react";
import { Copy } from "./Copy";

/** Nothing here yet: why, and the command that changes it. */
export function EmptyState(props: { title: string; children?: ReactNode; command?: string }) {
  return (
    <div className="empty">
      <p className="empty-title">{props.title}</p>
      {props.children && <div className="empty-text">{props.children}</div>}
      {props.command && <Command text={props.command} />}
    </div>
  );
}

/** A command with a button that copies it. */
export function Command({ text }: { text: string }) {
  return (
    <div className="command">
      <code tabIndex={0}>{text}</code>
      <Copy text={text} what="the command" />
    </div>
  );
}
