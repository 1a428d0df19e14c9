import type { EventType } from "./events.ts";
import type { Label } from "./words.ts";

/** Events as people call them. */
export const eventTitles: Readonly<Record<EventType, Label>> = {
  "lead.submitted": { ru: "Заявка", en: "A lead" },
  "deal.submitted": { ru: "Сделка от другой программы", en: "A deal from another program" },
  "contact.submitted": { ru: "Контакт от другой программы", en: "A contact from another program" },
  "company.submitted": { ru: "Компания от другой программы", en: "A company from another program" },
  "task.submitted": { ru: "Задача от другой программы", en: "A task from another program" },
  "call.ringing": { ru: "Звонит телефон", en: "A phone rings" },
  "call.answered": { ru: "Звонок приняли", en: "A call was answered" },
  "call.ended": { ru: "У сотрудника перестало звонить", en: "A phone has stopped ringing" },
  "call.finished": { ru: "Звонок закончился", en: "A call is over" },
  "call.recorded": { ru: "Готова запись разговора", en: "A recording is ready" },
  "call.rated": { ru: "Клиент оценил разговор", en: "The client rated the call" },
  "record.changed": { ru: "Изменилась карточка", en: "A record changed" },
  "message.sent": { ru: "Сотрудник написал клиенту", en: "Somebody wrote to a client" },
  "message.received": { ru: "Пришло сообщение", en: "A message came" },
  "attachment.received": { ru: "К сообщению приложен файл", en: "A message has a file" },
  "message.changed": { ru: "Канал сообщил о сообщении", en: "A channel tells more of a message" },
  "conversation.begun": { ru: "Клиент начал переписку", en: "A client began a conversation" },
  "message.kept": { ru: "Сообщение в переписке", en: "A message in a conversation" },
  "message.marked": { ru: "Изменилось состояние сообщения", en: "The state of a message changed" },
  "message.written": { ru: "Клиенту написали во внешней CRM", en: "Somebody wrote in a CRM elsewhere" },
  "order.progressed": { ru: "Бухгалтерия сообщила о заказе", en: "The accounting tells of an order" },
  "record.told": { ru: "Внешняя CRM сообщила об изменении", en: "A CRM elsewhere tells of a change" },
};
