#!/bin/sh
# Whether the generated types and the built page are those of the sources, byte by byte.
set -eu
cd "$(dirname "$0")"
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
node types.mjs "$fresh/document.ts"
cmp "$fresh/document.ts" src/api/document.ts || { echo "the types are old: npm run types" >&2; exit 1; }
node_modules/.bin/vite build --outDir "$fresh/page" --emptyOutDir --logLevel warn
diff -r "$fresh/page" ../src/penchant/serve/page || { echo "the page is old: npm run build" >&2; exit 1; }
