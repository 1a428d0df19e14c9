import type { CallDirection, CallOutcome } from "@svyazka/core";

/** What the flows about calls write for people. */
const callWords: Readonly<Record<CallOutcome | CallDirection, string>> = {
  in: "входящий, идёт",
  out: "исходящий, идёт",
  internal: "внутренний, идёт",
  answered: "разговор состоялся",
  missed: "пропущен",
  cancelled: "отменён",
  busy: "занято",
  unavailable: "абонент недоступен",
  not_allowed: "не разрешён",
  not_found: "нет такого номера",
};
const englishCallWords: typeof callWords = {
  in: "incoming, going on",
  out: "outgoing, going on",
  internal: "internal, going on",
  answered: "answered",
  missed: "missed",
  cancelled: "cancelled",
  busy: "busy",
  unavailable: "unavailable",
  not_allowed: "not allowed",
  not_found: "no such number",
};

export const callRussian = {
  missedCall: (who: string) => `Пропущенный звонок, перезвонить: ${who}`,
  calledBack: "Дозвонились",
  done: {
    call: (outcome: CallOutcome | CallDirection) => `Звонок записан: ${callWords[outcome]}`,
    callRated: (rating: number) => `Клиент поставил звонку оценку ${rating}`,
    callerLeft: "Звонивший не заносится в CRM: так настроено, или номер ни о ком не говорит",
    callerKnown: "Звонивший уже был в CRM",
    cardForNobody: "Телефон звонит не у сотрудника, карточку показывать некому",
    cardStale: "Карточка не показана: звонок уже не свежий",
    cardShown: "Карточка звонка показана",
    cardHidden: "Карточка звонка убрана",
    missedTask: "Создана задача перезвонить",
    noTask: "Задача не нужна",
    noNumber: "Номер не определён, перезвонить некуда",
    callReturned: "Этому человеку уже перезвонили",
    tasksClosed: (count: number) => `Закрыто задач о пропущенных звонках: ${count}`,
    recordingLeft: "Записи этой линии не копируются",
    recordingKept: (bytes: number) => `Запись разговора сохранена, ${Math.ceil(bytes / 1024)} КБ`,
    told: "Передано подключённой программе",
    nobodyListens: "К этой АТС не подключена ни одна программа",
    tooLateToTell: "Не передано: событие уже не свежее",
  },
};

export const callEnglish: typeof callRussian = {
  missedCall: (who) => `Missed call, call back: ${who}`,
  calledBack: "Spoke with them",
  done: {
    call: (outcome) => `Logged a call: ${englishCallWords[outcome]}`,
    callRated: (rating) => `The client rated the call ${rating}`,
    callerLeft: "The caller is not put into the CRM: set up so, or the number tells nobody",
    callerKnown: "The caller was in the CRM",
    cardForNobody: "It is no employee's phone that rings: no card to show",
    cardStale: "The card was not shown: the call is no longer fresh",
    cardShown: "Showed the call's card",
    cardHidden: "Took the call's card off",
    missedTask: "Made a task to call back",
    noTask: "No task is needed",
    noNumber: "There is no number to call back",
    callReturned: "Somebody has called this person back",
    tasksClosed: (count) => `Closed tasks about missed calls: ${count}`,
    recordingLeft: "Recordings of this line are not copied",
    recordingKept: (bytes) => `Kept the recording, ${Math.ceil(bytes / 1024)} KB`,
    told: "Told the attached program",
    nobodyListens: "No program is attached to this PBX",
    tooLateToTell: "Not told: it is no longer fresh",
  },
};
