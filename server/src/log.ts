import { type Logger, pino, stdTimeFunctions } from "pino";

export type { Logger } from "pino";

/** Structured lines on standard output. Credentials never get here: headers are not logged, and what is logged by accident is cut by name. */
export function makeLog(level: string): Logger {
  return pino({
    level,
    base: null,
    redact: {
      paths: ["authorization", "cookie", "password", "secrets", "api_token", "*.authorization", "*.cookie", "*.password", "*.secrets"],
      censor: "***",
    },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
}
