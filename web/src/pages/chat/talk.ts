import { get, post, type Body, type ProblemShape, type Shapes } from "../../api/client";
import { eventsOf } from "../../api/stream";

export type ChatItem = Shapes["ChatItem"];
type Whole = Shapes["ChatAnswer"];

/** What was said, and for an answer what stands behind it. */
export interface Said {
  role: "user" | "assistant";
  text: string;
  /** Still being written. */
  open?: boolean;
  items?: readonly (Pick<ChatItem, "item_id" | "title"> & Partial<ChatItem>)[];
  told?: Partial<Omit<Whole, "choices">>;
  problem?: ProblemShape;
}

/** A part of an answer; what is null is left out of the stream. */
type Chunk = Partial<Omit<Whole, "choices">> & {
  choices?: { delta: { content?: string } }[];
  error?: ProblemShape;
};

export interface Asked {
  conversation: string;
  user: string;
  history: readonly Said[];
  words: string;
  show_prompts: boolean;
}

/** Asks, and tells the answer again and again as it grows. */
export async function ask(asked: Asked, signal: AbortSignal, grown: (said: Said) => void) {
  const before = asked.conversation ? [] : asked.history.filter((said) => !said.problem);
  const messages = [...before, { role: "user" as const, text: asked.words }].map((said) => ({
    role: said.role,
    content: said.text,
  }));
  const body: Partial<Body<"/v1/chat/completions", "post">> = {
    messages: messages.slice(-99),
    stream: true,
    stream_options: { include_usage: true },
    show_prompts: asked.show_prompts,
    ...(asked.user ? { user: asked.user } : {}),
    ...(asked.conversation ? { conversation_id: asked.conversation } : {}),
  };
  let said: Said = { role: "assistant", text: "", open: true };
  const init: RequestInit = {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal,
  };
  for await (const { data } of eventsOf("/v1/chat/completions", init)) {
    if (data === "[DONE]") break;
    said = grownBy(said, JSON.parse(data) as Chunk);
    grown(said);
  }
  grown({ ...said, open: false });
}

function grownBy(said: Said, chunk: Chunk): Said {
  const { choices, error, ...told } = chunk;
  const text = said.text + (choices?.[0]?.delta.content ?? "");
  const next: Said = { ...said, text, told: { ...said.told, ...told } };
  if (told.items) next.items = told.items;
  if (error) next.problem = error;
  return next;
}

/** Begins a conversation that the service remembers. */
export async function begin(user: string): Promise<string> {
  const { id } = await post("/v1/conversations", { body: user ? { user } : {} });
  return id;
}

/** What was said before, with the titles of the items that were retrieved. */
export async function recall(conversation: string, signal: AbortSignal) {
  const path = { conversation_id: conversation };
  const { messages, user } = await get("/v1/conversations/{conversation_id}", { path, signal });
  const ids = [...new Set(messages.flatMap((turn) => turn.items))];
  const titles = new Map(await Promise.all(ids.map((id) => titled(id, signal))));
  const said = messages.map(({ role, content, items }): Said => {
    const listed = items.map((item_id) => ({ item_id, title: titles.get(item_id) ?? item_id }));
    return { role, text: content, items: listed };
  });
  return { said, user: user ?? "" };
}

async function titled(item_id: string, signal: AbortSignal): Promise<readonly [string, string]> {
  try {
    return [item_id, (await get("/v1/items/{item_id}", { path: { item_id }, signal })).title];
  } catch {
    return [item_id, item_id];
  }
}
