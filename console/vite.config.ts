import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  // The hub serves the page at the addresses of its screens, and everything else of it below /console/.
  build: {
    outDir: "dist",
    assetsDir: "console",
    target: "es2022",
    // `light-dark()` stays as it is: every browser of the last two years knows it.
    cssTarget: ["chrome123", "edge123", "firefox120", "safari17.5"],
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
  },
  server: {
    port: 5173,
    // `npm run dev -w console` beside a running hub.
    proxy: { "/hub": { target: "http://127.0.0.1:3000" }, "/in": { target: "http://127.0.0.1:3000" } },
  },
});
