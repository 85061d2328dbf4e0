import { keyHeaders, refuseKey } from "./key";
import type { components, paths } from "./document";

/** Shapes of the API by their name in the OpenAPI document. */
export type Shapes = components["schemas"];
export type ProblemShape = Shapes["ProblemDocument"];

type Methods = "get" | "post" | "put" | "patch" | "delete";
type Operation<P extends keyof paths, M extends Methods> = NonNullable<paths[P][M]>;
type PathsWith<M extends Methods> = {
  [P in keyof paths]: paths[P] extends { [K in M]: object } ? P : never;
}[keyof paths];
type Success<R> = R extends { 200: infer A } ? A : R extends { 201: infer A } ? A : R extends { 202: infer A } ? A : never;
type JsonOf<T> = T extends { content: { "application/json": infer J } } ? J : unknown;

/** What an operation answers. */
export type Answer<P extends keyof paths, M extends Methods> =
  Operation<P, M> extends { responses: infer R } ? JsonOf<Success<R>> : never;
/** What an operation is sent. */
export type Body<P extends keyof paths, M extends Methods> =
  Operation<P, M> extends { requestBody?: infer B } ? JsonOf<NonNullable<B>> : never;
type Query<P extends keyof paths, M extends Methods> =
  Operation<P, M> extends { parameters: { query?: infer Q } } ? Partial<NonNullable<Q>> : never;
type InPath<P extends keyof paths, M extends Methods> =
  Operation<P, M> extends { parameters: { path?: infer Q } } ? NonNullable<Q> : never;

export interface Asked<P extends keyof paths, M extends Methods> {
  path?: InPath<P, M>;
  query?: Query<P, M>;
  body?: Body<P, M>;
  signal?: AbortSignal;
}

/** A request that failed, with the document that says why and what to do. */
export class ApiProblem extends Error {
  constructor(readonly document: ProblemShape) {
    super(document.detail);
  }
}

/** The address of an operation with its parameters filled in. */
export function addressOf(template: string, path: object = {}, query: object = {}): string {
  const filled = Object.entries(path).reduce(
    (address, [name, value]) => address.replace(`{${name}}`, encodeURIComponent(String(value))),
    template,
  );
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === "") continue;
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one));
  }
  return search.size ? `${filled}?${search}` : filled;
}

/** Sends a request with the key of this tab; problem documents become errors. */
export async function send(address: string, given: RequestInit = {}): Promise<Response> {
  const headers = new Headers(given.headers);
  for (const [name, value] of Object.entries(keyHeaders())) headers.set(name, value);
  let reply: Response;
  try {
    reply = await fetch(address, { ...given, headers });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiProblem(unreachable());
  }
  if (reply.ok) return reply;
  const problem = await problemOf(reply);
  if (reply.status === 401) refuseKey();
  throw new ApiProblem(problem);
}

async function asked<T>(method: Methods, address: string, body?: unknown, signal?: AbortSignal) {
  const init: RequestInit = { method: method.toUpperCase() };
  if (signal) init.signal = signal;
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { "content-type": "application/json" };
  }
  const reply = await send(address, init);
  const kind = reply.headers.get("content-type") ?? "";
  return (kind.includes("json") ? await reply.json() : await reply.text()) as T;
}

function operation<M extends Methods>(method: M) {
  return <P extends PathsWith<M>>(template: P, given: Asked<P, M> = {}): Promise<Answer<P, M>> =>
    asked(method, addressOf(template, given.path, given.query), given.body, given.signal);
}

/** Operations of the OpenAPI document, with its types: `get("/v1/items", { query: { limit: 5 } })`. */
export const get = operation("get");
export const post = operation("post");
export const put = operation("put");
export const patch = operation("patch");
export const remove = operation("delete");

async function problemOf(reply: Response): Promise<ProblemShape> {
  try {
    const told = (await reply.json()) as Partial<ProblemShape>;
    if (typeof told.detail === "string") return told as ProblemShape;
  } catch {
    // Something between this page and the service answered, and not in JSON.
  }
  return {
    type: "about:blank",
    title: "The request failed",
    status: reply.status,
    detail: `The service answered ${reply.status} ${reply.statusText}`.trim(),
    code: `http-${reply.status}`,
  };
}

function unreachable(): ProblemShape {
  return {
    type: "about:blank",
    title: "The service does not answer",
    status: 0,
    detail: "No connection to the service.",
    code: "unreachable",
    hint: "See whether `penchant serve` still runs, then try again.",
  };
}
