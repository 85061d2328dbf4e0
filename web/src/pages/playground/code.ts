import type { Request } from "./document";

/** The same request for other programs. The key is never written out: it comes from the shell. */
export function asCurl(request: Request, origin: string, keyed: boolean): string {
  const lines = [`curl ${quoted(origin + request.address)}`];
  if (request.method !== (request.body ? "POST" : "GET")) lines[0] += ` -X ${request.method}`;
  if (keyed) lines.push('-H "Authorization: Bearer $PENCHANT_KEY"');
  if (request.body) {
    lines.push(`-H ${quoted(`content-type: ${request.kind}`)}`);
    lines.push(`--data-binary ${quoted(compact(request))}`);
  }
  return lines.join(" \\\n     ");
}

export function asPython(request: Request, origin: string, keyed: boolean): string {
  const json = request.kind === "application/json";
  const headers = [
    ...(request.body ? [`"content-type": ${text(request.kind)}`] : []),
    ...(keyed ? ['"authorization": f"Bearer {os.environ[\'PENCHANT_KEY\']}"'] : []),
  ];
  const lines = [
    ...(request.body && json ? ["import json"] : []),
    ...(keyed ? ["import os"] : []),
    "from urllib.request import Request, urlopen",
    "",
    ...(request.body ? [`body = ${json ? python(request.body) : text(request.body)}`] : []),
    "request = Request(",
    `    ${text(origin + request.address)},`,
    ...(request.body ? [`    data=${json ? "json.dumps(body)" : "body"}.encode(),`] : []),
    ...(headers.length ? [`    headers={${headers.join(", ")}},`] : []),
    `    method=${text(request.method)},`,
    ")",
    "with urlopen(request, timeout=30) as reply:",
    "    print(reply.read().decode())",
  ];
  return lines.join("\n") + "\n";
}

/** For a POSIX shell: nothing inside single quotes is special but the quote. */
function quoted(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}

function compact(request: Request): string {
  if (request.kind !== "application/json") return request.body;
  try {
    return JSON.stringify(JSON.parse(request.body));
  } catch {
    return request.body;
  }
}

/** A JSON string is a Python string, but for two separators that Python reads, too. */
function text(value: string): string {
  return JSON.stringify(value);
}

/** JSON as Python writes it; what is no JSON is sent as a text. */
function python(body: string): string {
  try {
    return literal(JSON.parse(body), "");
  } catch {
    return text(body);
  }
}

function literal(value: unknown, indent: string): string {
  if (value === null) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (Array.isArray(value)) return `[${value.map((one) => literal(one, indent)).join(", ")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value);
  if (!entries.length) return "{}";
  const inner = `${indent}    `;
  const lines = entries.map(([name, one]) => `${inner}${text(name)}: ${literal(one, inner)},`);
  return `{\n${lines.join("\n")}\n${indent}}`;
}
