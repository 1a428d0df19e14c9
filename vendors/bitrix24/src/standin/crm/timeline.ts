import { type Call, type Methods, Refusal } from "../call.ts";
import { isMap, listOf, mapOf, numberOf, paramOf, textOf } from "../params.ts";
import { itemsOf, type StoredFile, stampOf, typeIdOf } from "../portal.ts";
import { listRows } from "./classic-rows.ts";

/** Notes in the timeline of an item. */
export const timelineMethods: Methods = {
  "crm.timeline.comment.add": { scope: "crm", run: addComment },
  "crm.timeline.comment.list": { scope: "crm", run: (call) => listRows(call, call.portal.state.comments.values()) },
  "crm.timeline.logmessage.add": { scope: "crm", run: addLogMessage },
};

function addComment(call: Call): number {
  const { portal, user } = call;
  const fields = mapOf(paramOf(call, "fields"));
  const [type, entityId] = [textOf(fields["ENTITY_TYPE"]), numberOf(fields["ENTITY_ID"])];
  const entityTypeId = typeIdOf(type);
  if (type === "" || entityTypeId === undefined) throw new Refusal(400, "", "ENTITY_TYPE is not defined or invalid.");
  if (entityId === undefined || !itemsOf(portal.state, entityTypeId).has(entityId))
    throw new Refusal(400, "", "ENTITY_ID is not defined or invalid.");
  const files = listOf(fields["FILES"])
    .filter(isMap)
    .map((file) => keepFile(call, file));
  const id = portal.nextId();
  portal.state.comments.set(id, {
    ...{ ID: id, ENTITY_ID: entityId, ENTITY_TYPE: type.toLowerCase(), CREATED: stampOf(portal.now()), COMMENT: textOf(fields["COMMENT"]) },
    AUTHOR_ID: numberOf(fields["AUTHOR_ID"]) ?? Number(user.ID),
    FILES: Object.fromEntries(files.map((file) => [file.id, shownFile(call, file)])),
  });
  portal.tell("ONCRMTIMELINECOMMENTADD", { FIELDS: { ID: String(id) } }, Number(user.ID));
  return id;
}

/** `[name, base64]`, or `{fileData: [name, base64]}`. */
function keepFile({ portal }: Call, given: object): StoredFile {
  const [name, base64] = listOf(mapOf(given)["fileData"] ?? given).map(textOf);
  const file = { id: portal.nextId(), name: name ?? "file", bytes: new Uint8Array(Buffer.from(base64 ?? "", "base64")), type: "" };
  portal.state.files.set(file.id, file);
  return file;
}

function shownFile({ portal, user }: Call, file: StoredFile) {
  const url = `${portal.url()}/file/${file.id}/${encodeURIComponent(file.name)}`;
  const type = /\.(gif|png|jpe?g|webp)$/i.test(file.name) ? "image" : "file";
  return {
    ...{ id: file.id, date: stampOf(portal.now()), type, name: file.name, size: file.bytes.length },
    ...(type === "image" ? { image: { width: 1, height: 1 } } : {}),
    ...{ authorId: Number(user.ID), authorName: `${user.NAME} ${user.LAST_NAME}`, urlPreview: url, urlShow: url, urlDownload: url },
  };
}

function addLogMessage(call: Call) {
  const { portal, user } = call;
  const fields = mapOf(paramOf(call, "fields"));
  const [entityTypeId, entityId] = [numberOf(fields["entityTypeId"]), numberOf(fields["entityId"]) ?? 0];
  const known = entityTypeId === 1 || entityTypeId === 2 || entityTypeId === 3 || entityTypeId === 4;
  if (!known || !itemsOf(portal.state, entityTypeId).has(entityId)) throw new Refusal(400, "OWNER_NOT_FOUND", "Элемент не найден");
  const [title, text, iconCode] = [textOf(fields["title"]), textOf(fields["text"]), textOf(fields["iconCode"])];
  if (title === "" || text === "") throw new Refusal(400, "100", "title and text are required");
  const id = portal.nextId();
  const shown = { id, created: stampOf(portal.now()), authorId: Number(user.ID), title, text, iconCode };
  portal.state.logMessages.set(id, { ...shown, entityTypeId, entityId });
  return { logMessage: shown };
}
