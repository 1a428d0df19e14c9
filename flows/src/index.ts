import type { AnyFlow } from "@svyazka/core";
import { addCompany } from "./add-company.ts";
import { addContact } from "./add-contact.ts";
import { addDeal } from "./add-deal.ts";
import { addTask } from "./add-task.ts";
import { changeMessage } from "./change-message.ts";
import { hideCallCard } from "./hide-call-card.ts";
import { keepAccounting } from "./keep-accounting.ts";
import { keepAttachment } from "./keep-attachment.ts";
import { keepMessage } from "./keep-message.ts";
import { keepRecording } from "./keep-recording.ts";
import { logCall } from "./log-call.ts";
import { lookUpRecord } from "./look-up-record.ts";
import { makeLeadFromUnknownCaller } from "./make-lead-from-unknown-caller.ts";
import { markMessage } from "./mark-message.ts";
import { missedCallTask } from "./missed-call-task.ts";
import { noteOrderProgress } from "./note-order-progress.ts";
import { placeConversation } from "./place-conversation.ts";
import { rateCall } from "./rate-call.ts";
import { routeToResponsible } from "./route-to-responsible.ts";
import { sendMessage } from "./send-message.ts";
import { showCallCard } from "./show-call-card.ts";
import { showMessage } from "./show-message.ts";
import { takeLead } from "./take-lead.ts";
import { takeWrittenMessage } from "./take-written-message.ts";
import { tellCallFeed } from "./tell-call-feed.ts";
import { tellSubscribers } from "./tell-subscribers.ts";

export {
  addCompany,
  addContact,
  addDeal,
  addTask,
  hideCallCard,
  keepAccounting,
  keepRecording,
  logCall,
  lookUpRecord,
  makeLeadFromUnknownCaller,
  missedCallTask,
  noteOrderProgress,
  rateCall,
  routeToResponsible,
  sendMessage,
  showCallCard,
  takeLead,
  tellCallFeed,
  tellSubscribers,
};

const callFlows: readonly AnyFlow[] = [
  showCallCard,
  hideCallCard,
  tellCallFeed,
  // Before the call is logged, so that it is logged with the contact that is made of it.
  makeLeadFromUnknownCaller,
  logCall,
  // After it: by then the call has its outcome.
  missedCallTask,
  keepRecording,
  rateCall,
];

/** What is done about messages. */
const conversationFlows: readonly AnyFlow[] = [
  keepMessage,
  keepAttachment,
  changeMessage,
  placeConversation,
  sendMessage,
  takeWrittenMessage,
  showMessage,
  markMessage,
];

/** Everything the hub does about what happens. What several flows do about one event for one connection is done in this order. */
export const flows: readonly AnyFlow[] = [
  takeLead,
  addDeal,
  addContact,
  addCompany,
  addTask,
  ...callFlows,
  tellSubscribers,
  lookUpRecord,
  ...conversationFlows,
  keepAccounting,
  noteOrderProgress,
];
