import { useInboxText } from "../../text/with-screens.ts";
import { useFormat } from "../../ui/format.tsx";

/** How large a file is, as people say it. */
export function useBytes(): (bytes: number) => string {
  const words = useInboxText().files;
  const format = useFormat();
  return (bytes) => {
    const units = ["B", "KB", "MB", "GB"] as const;
    const step = bytes < 1024 ? 0 : bytes < 1_048_576 ? 1 : bytes < 1_073_741_824 ? 2 : 3;
    const value = bytes / 1024 ** step;
    return words.bytes(format.number(step === 0 || value >= 100 ? Math.round(value) : Math.round(value * 10) / 10), units[step] ?? "B");
  };
}
