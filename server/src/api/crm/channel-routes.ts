import { createReadStream } from "node:fs";
import * as contract from "@svyazka/contract";
import { Refused } from "@svyazka/core";
import * as crm from "@svyazka/crm";
import { withUpload } from "../../files/upload.ts";
import { type Implementation, implement } from "../implement.ts";
import { ApiError } from "../problems.ts";
import { type ChannelOf, type Channels, uploadName, writeFile } from "./channels.ts";
import { by, wholeList } from "./requests.ts";

const largestUpload = 104_857_600;

/** What whoever writes needs beside the conversation: channels, their templates, files, answers that are kept. */
export function channelRoutes(channels: Channels): readonly Implementation[] {
  return [
    implement(contract.listChannels, async ({ sql }) => wholeList(await channels.list(sql), writeChannel)),

    implement(contract.listTemplates, async ({ params, sql }) => {
      const channel = await channels.find(sql, params.id);
      if (!channel?.messenger.templates) throw new crm.NotFound("channel with templates", params.id);
      const templates = await channel.messenger.templates().catch((error: unknown) => {
        throw new ApiError(502, error instanceof Error ? error.message : String(error));
      });
      return wholeList(templates, ({ isUsable, ...template }) => ({ ...template, is_usable: isUsable }));
    }),

    implement(contract.uploadFile, async ({ request, sql }) =>
      withUpload(request, largestUpload, async (path, name) => {
        const kept = await channels.keepUpload(sql, createReadStream(path), uploadName(name)).catch((error: unknown) => {
          throw error instanceof Refused ? new crm.Invalid({ file: [error.message] }) : error;
        });
        const [file] = await channels.filesOf(sql, [kept.id]);
        if (!file) throw new crm.NotFound("file", kept.id);
        return { id: kept.id, ...writeFile(file, (id) => channels.fileUrl(sql, id)) };
      }),
    ),

    implement(contract.listQuickReplies, async ({ sql }) => wholeList(await crm.listQuickReplies(sql), writeQuickReply)),
    implement(contract.addQuickReply, async ({ body, caller, sql }) => writeQuickReply(await crm.addQuickReply(sql, body, by(caller)))),
    implement(contract.changeQuickReply, async ({ params, body, sql }) =>
      writeQuickReply(await crm.changeQuickReply(sql, params.id, body)),
    ),
    implement(contract.removeQuickReply, async ({ params, sql }) => {
      await crm.removeQuickReply(sql, params.id);
      return undefined;
    }),
  ];
}

const writeQuickReply = ({ updatedAt, ...reply }: crm.QuickReply) => ({ ...reply, updated_at: updatedAt.toISOString() });

const writeChannel = ({ id, name, isActive, messenger: { abilities } }: ChannelOf): contract.ChannelShape => ({
  ...{ id, name, is_active: isActive, writes_first_by: abilities.writesFirstBy ?? null, window_hours: abilities.windowHours ?? null },
  ...{ longest_text: abilities.longestText, largest_file: abilities.largestFile, has_templates: abilities.hasTemplates === true },
});
