import type { ChannelSignIn, ChannelState, Kit } from "@svyazka/core";
import type { AccountInfo } from "../protocol.ts";
import type { TouchConnection } from "../settings.ts";
import { touchOf } from "./account.ts";

/** An account whose phone reads a picture. The picture changes every twenty seconds or so. */
export function signInOf(account: TouchConnection, kit: Kit): ChannelSignIn {
  const touch = touchOf(account, kit);
  return {
    state: async () => stateOf(await touch.getInfo()),
    async picture() {
      const text = await touch.getQr();
      if (text === undefined) return undefined;
      const { renderSVG } = await import("uqr");
      return /^data:image\//.test(text)
        ? text
        : `data:image/svg+xml;base64,${Buffer.from(renderSVG(text, { border: 2 })).toString("base64")}`;
    },
    async restart() {
      await touch.setState(false);
      await touch.setState(true);
    },
  };
}

export function stateOf({ step, isOn, isActivated, phone, name }: AccountInfo): ChannelState {
  const about = {
    ...(phone !== undefined && { phone }),
    ...(name !== undefined && { name }),
    ...(step.text !== "" && { detail: step.text }),
  };
  if (isOn === false) return { state: "disabled", ...about };
  if (/block|ban|заблок/i.test(step.text)) return { state: "blocked", ...about };
  if (step.state === "ready") return { state: isActivated === false ? "starting" : "active", ...about };
  return { state: step.state, ...about };
}
