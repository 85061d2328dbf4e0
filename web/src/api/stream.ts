import { send } from "./client";

/** One server-sent event. */
export interface Sent {
  event: string;
  id: string;
  data: string;
}

/**
 * Server-sent events as they come. `EventSource` cannot send the key of the tab, so that the lines
 * are read here.
 */
export async function* eventsOf(address: string, init: RequestInit = {}): AsyncGenerator<Sent> {
  const reply = await send(address, init);
  if (!reply.body) return;
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      rest += value.replaceAll("\r\n", "\n");
      const blocks = rest.split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const sent = sentIn(block);
        if (sent.data) yield sent;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function sentIn(block: string): Sent {
  const sent: Sent = { event: "message", id: "", data: "" };
  for (const line of block.split("\n")) {
    const [, name, value] = /^(event|id|data): ?(.*)$/.exec(line) ?? [];
    if (name === "event") sent.event = value ?? "";
    if (name === "id") sent.id = value ?? "";
    if (name === "data") sent.data += (sent.data ? "\n" : "") + (value ?? "");
  }
  return sent;
}
