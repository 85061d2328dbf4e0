import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Where a service listens while the page is worked on. */
const SERVICE = process.env["PENCHANT_SERVICE"] ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react()],
  server: {
    proxy: Object.fromEntries(
      ["/v1", "/health", "/version", "/metrics", "/openapi.json"].map((path) => [path, SERVICE]),
    ),
  },
  build: {
    outDir: "../src/penchant/serve/page",
    emptyOutDir: true,
    // Nothing is inlined: the policy of the page allows files of its own origin only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: ["chrome123", "firefox121", "safari17.5"],
    reportCompressedSize: false,
  },
});
