import { notifications } from "@mantine/notifications";
import { useInboxText } from "../../text/with-screens.ts";
import { useBytes } from "./use-bytes.ts";
import { mostFiles, useUploads } from "./use-uploads.ts";

/** Files for one message, as far as the channel takes them: what it does not take is said at once. */
export function useFiles(largest: number | undefined) {
  const words = useInboxText().composer;
  const size = useBytes();
  const uploads = useUploads();
  const refuse = (message: string): void => void notifications.show({ color: "orange", message });
  function add(files: readonly File[]): void {
    const fitting = files.filter(({ name, size: bytes }) => {
      if (bytes === 0) refuse(words.emptyFile(name));
      else if (largest !== undefined && bytes > largest) refuse(words.tooLarge(name, size(largest)));
      else return true;
      return false;
    });
    const room = mostFiles - uploads.items.length;
    if (fitting.length > room) refuse(words.tooMany(mostFiles));
    uploads.add(fitting.slice(0, Math.max(0, room)));
  }
  return { ...uploads, add };
}
