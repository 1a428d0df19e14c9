import { addresses } from "./api.gen.ts";
import { type AnswerOf, ApiProblem, Unreachable } from "./client.ts";

/** Sends one file with its name, and says how far it is, from 0 to 1. Throws what `send` throws; `AbortError` when it was stopped. */
export const upload = (file: File, onProgress: (share: number) => void, signal: AbortSignal): Promise<AnswerOf<"uploadFile">> =>
  new Promise((resolve, reject) => {
    // `fetch` does not say how much has been sent.
    const request = new XMLHttpRequest();
    const stop = (): void => request.abort();
    request.open("POST", addresses.uploadFile[1]);
    request.responseType = "json";
    request.setRequestHeader("accept", "application/json");
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onload = () => {
      const { status, response } = request;
      const isAway = status === 502 || status === 503 || status === 504;
      if (status >= 200 && status < 300) resolve(response as AnswerOf<"uploadFile">);
      else reject(isAway ? new Unreachable(`HTTP ${status}`) : new ApiProblem(status, (response ?? {}) as object));
    };
    request.onerror = () => reject(new Unreachable("the line broke"));
    request.onabort = () => reject(new DOMException("stopped", "AbortError"));
    request.onloadend = () => signal.removeEventListener("abort", stop);
    signal.addEventListener("abort", stop);
    const form = new FormData();
    form.append("file", file, file.name || "file");
    request.send(form);
  });
