import type { CustomField, FieldValues, Note, Task } from "../src/protocol.ts";
import type { State } from "../src/standin.ts";

/** What real accounts hold after years, and no document tells of. */

const admin = 2_772_376;
const manager = 2_772_377;
/** Somebody who has left: records name them, the account does not. */
export const departed = 1_900_001;
const born = 1_574_453_110;

const field = (id: number, type: string, name: string, more: Partial<CustomField> = {}): CustomField => ({
  ...{ id, name, type, account_id: 21_234_439, code: null, sort: 500 + (id % 100), is_api_only: false, group_id: null },
  ...{ required_statuses: [], enums: null, is_deletable: true, is_predefined: false, entity_type: "leads", remind: null, ...more },
});
const options = (...all: [number, string][]) => all.map(([id, value], index) => ({ id, value, sort: (index + 1) * 10 }));

/** One of every type there is, and one of a type that nobody knows. */
export const oddFields: readonly CustomField[] = [
  field(700_001, "text", "Комментарий"),
  field(700_002, "numeric", "Площадь"),
  field(700_003, "checkbox", "Срочно"),
  field(700_004, "multiselect", "Услуги", { enums: options([800_001, "Замер"], [800_002, "Доставка"], [800_003, "Монтаж"]) }),
  field(700_005, "birthday", "День рождения"),
  field(700_006, "url", "Сайт"),
  field(700_007, "textarea", "Пожелания"),
  field(700_008, "radiobutton", "Оплата", { enums: options([800_011, "Наличные"], [800_012, "Карта"]), sort: 3 }),
  field(700_009, "streetaddress", "Короткий адрес"),
  field(700_010, "smart_address", "Адрес", { enums: options([800_021, "address_line_1"], [800_022, "city"]) }),
  field(700_011, "legal_entity", "Юридическое лицо"),
  field(700_012, "date_time", "Доставка"),
  field(700_013, "monetary", "Предоплата", { currency: "USD" }),
  field(700_014, "price", "Скидка"),
  field(700_015, "tracking_data", "roistat", { code: "ROISTAT", is_predefined: true, is_deletable: false, group_id: "statistic" }),
  field(700_016, "file", "Договор"),
  field(700_017, "quantum_state", "Чего ещё нет"),
  field(700_018, "category", "Категория", { enums: options([800_031, "А"], [800_032, "а"]) }),
  field(700_019, "date", "Договор до"),
];

const filled = (of: CustomField, ...values: FieldValues["values"]): FieldValues => ({
  ...{ field_id: of.id, field_name: of.name, field_code: of.code, field_type: of.type, values },
});
const option = (of: CustomField, place: number) => {
  const one = of.enums?.[place];
  return { value: one?.value, ...(one && { enum_id: one.id }), enum_code: null };
};

function oddValues(place: number): FieldValues[] {
  const by = (id: number): CustomField => oddFields.find((one) => one.id === 700_000 + id) ?? field(0, "text", "");
  const all = [
    filled(by(1), { value: `Пятая строка ${place}\nи шестая` }),
    filled(by(2), { value: "12.50" }),
    filled(by(3), { value: true }),
    filled(by(4), option(by(4), 0), option(by(4), 2)),
    filled(by(5), { value: 633_819_600 }),
    filled(by(6), { value: "https://example.com/a?b=1" }),
    filled(by(7), { value: "Позвонить после шести" }),
    // An option that was deleted since.
    filled(by(8), { value: "Бартер", enum_id: 800_013, enum_code: null }),
    filled(by(9), { value: "Тверская, 1" }),
    filled(
      by(10),
      { value: "Тверская, 1", enum_id: 800_021, enum_code: "address_line_1" },
      { value: "Москва", enum_id: 800_022, enum_code: "city" },
    ),
    filled(by(11), { value: { name: "ООО Пион", entity_type: 1, vat_id: "7707083893", kpp: "770701001" } }),
    filled(by(12), { value: 1_600_000_000 }),
    filled(by(13), { value: "99.90" }),
    filled(by(14), { value: 15 }),
    filled(by(15), { value: "site-42" }),
    filled(by(16), { value: { file_uuid: "d0f4b1a6", file_name: "договор.pdf" } }),
    filled(by(17), { value: { spin: ["up", "down"] } }),
    filled(by(18), option(by(18), 1)),
    filled(by(19), { value: 1_735_592_400 }),
  ];
  return all.filter((_, index) => place < 3 || index % (place % 7) === 0);
}

const stamps = (place: number) => ({
  ...{ created_by: [admin, manager, 0, departed][place % 4] ?? 0, updated_by: [manager, 0][place % 2] ?? 0 },
  ...{ created_at: born + place * 977, updated_at: born + 90_000 + place * 977 },
});

/** A first day's account grows old: `many` contacts, half as many companies and leads, with all that stands on them. */
export function growOld(state: State, many = 60): void {
  state.fields.leads.push(...oddFields);
  state.users.push({
    ...{ id: 2_772_378, name: "Стажёр", email: "", lang: "ru" },
    rights: { ...(state.users[1]?.rights as NonNullable<(typeof state.users)[0]>["rights"]), is_active: false },
  });
  state.tags.leads.push({ id: 310_001, name: "VIP", color: "EBEBEB" }, { id: 310_002, name: "повтор", color: null });
  state.tags.contacts.push({ id: 310_003, name: "VIP", color: null });
  const [main] = state.pipelines;
  const account = state.info.id;
  if (main)
    state.pipelines.push({
      ...{ ...main, id: 1_400_001, name: "Сервис", sort: 2, is_main: false, is_unsorted_on: false },
      _embedded: {
        statuses: [
          {
            id: 24_000_001,
            name: "Заявка",
            sort: 20,
            is_editable: true,
            pipeline_id: 1_400_001,
            color: "#ccc8f9",
            type: 0,
            account_id: account,
          },
          {
            id: 24_000_002,
            name: "Ремонт",
            sort: 30,
            is_editable: true,
            pipeline_id: 1_400_001,
            color: "#99ccff",
            type: 0,
            account_id: account,
          },
          ...main._embedded.statuses.filter(({ id }) => id < 1_000).map((one) => ({ ...one, pipeline_id: 1_400_001 })),
        ],
      },
    });
  const common = (id: number, place: number) => ({
    ...{ id, responsible_user_id: [manager, departed, admin][place % 3] ?? 0, group_id: 0, ...stamps(place), closest_task_at: null },
    ...{ is_deleted: false, account_id: account },
  });
  for (let place = 0; place < many / 2; place++)
    state.companies.set(46_000_000 + place, {
      ...common(46_000_000 + place, place),
      ...{ name: `ООО «${place}»`, custom_fields_values: null, _embedded: { tags: [] } },
    });
  for (let place = 0; place < many; place++) {
    const id = 46_900_000 + place * 3;
    const phone = { value: place === 5 ? "добавочный 12" : `+7 910 ${String(1_000_000 + place)}`, enum_id: 3_845_330 + (place % 6) };
    state.contacts.set(id, {
      ...common(id, place),
      ...(place % 3 === 0
        ? { name: `Анна ${place}`, first_name: "", last_name: "" }
        : { name: `Иван Петров${place}`, first_name: "Иван", last_name: `Петров${place}` }),
      custom_fields_values:
        place % 4 === 0
          ? null
          : [
              {
                field_id: 384_533,
                field_name: "Телефон",
                field_code: "PHONE",
                field_type: "multitext",
                values: [{ ...phone, enum_code: ["WORK", "WORKDD", "MOB", "FAX", "HOME", "OTHER"][place % 6] ?? null }],
              },
              { field_id: 384_531, field_name: "Должность", field_code: "POSITION", field_type: "text", values: [{ value: "капитан" }] },
              {
                field_id: 384_539,
                field_name: "Мгн. сообщения",
                field_code: "IM",
                field_type: "multitext",
                values: [{ value: `skype${place}`, enum_id: 3_845_390, enum_code: "SKYPE" }],
              },
            ],
      _embedded: { tags: place % 5 === 0 ? state.tags.contacts.slice(0, 1) : [], companies: [] },
    });
    if (place % 2 === 0)
      state.links.push({
        entity_id: id,
        entity_type: "contacts",
        to_entity_id: 46_000_000 + Math.floor(place / 2),
        to_entity_type: "companies",
        metadata: null,
      });
  }
  for (let place = 0; place < many / 2; place++) {
    const id = 26_000_000 + place * 7;
    const isWon = place % 5 === 4;
    const isLost = place % 5 === 3;
    const isService = place % 4 === 1;
    const status_id = isWon ? 142 : isLost ? 143 : isService ? 24_000_002 : [20_000_002, 20_000_003, 20_000_001][place % 3];
    state.leads.set(id, {
      ...common(id, place),
      ...{
        name: place === 7 ? (null as unknown as string) : `Сделка ${place}`,
        price: place === 8 ? (null as unknown as number) : place * 1_000,
      },
      ...{ status_id: status_id ?? 142, pipeline_id: isService ? 1_400_001 : 1_309_792, loss_reason_id: isLost ? 4_203_748 : null },
      ...{ source_id: null, closed_at: isWon || isLost ? born + 80_000 + place : null, score: null, labor_cost: null },
      custom_fields_values: place % 6 === 5 ? null : oddValues(place),
      _embedded: { tags: place % 3 === 0 ? state.tags.leads.slice(0, 2) : [], companies: [] },
    });
    const tie = (to_entity_type: string, to_entity_id: number, metadata: { main_contact: boolean } | null) =>
      state.links.push({ entity_id: id, entity_type: "leads", to_entity_id, to_entity_type, metadata });
    tie("contacts", 46_900_000 + place * 6, { main_contact: place % 2 === 1 });
    if (place % 2 === 0) tie("contacts", 46_900_003 + place * 6, { main_contact: true });
    if (place % 3 === 0) tie("companies", 46_000_000 + place, null);
  }
  for (const lead of state.leads.values()) {
    if (lead.status_id !== 20_000_001) continue;
    const uid = lead.id.toString(16).padStart(60, "0");
    const contact = state.links.find(({ entity_id, to_entity_type }) => entity_id === lead.id && to_entity_type === "contacts");
    state.unsorted.set(uid, {
      ...{ uid, source_uid: `form-${lead.id}`, source_name: "Форма на сайте", category: "forms", pipeline_id: lead.pipeline_id },
      ...{
        created_at: lead.created_at,
        account_id: account,
        metadata: { form_id: "7", form_name: "Заявка", form_page: "https://example.com", ip: null },
      },
      _embedded: { leads: [{ id: lead.id }], contacts: contact ? [{ id: contact.to_entity_id }] : [], companies: [] },
    });
  }
  growEntries(state, many);
  growGoods(state);
}

function growEntries(state: State, many: number): void {
  const account_id = state.info.id;
  const leads = [...state.leads.keys()];
  const contacts = [...state.contacts.keys()];
  for (let place = 0; place < many; place++) {
    const onLead = place % 2 === 0;
    const task: Task = {
      ...{ id: 5_000_000 + place, ...stamps(place), responsible_user_id: manager, group_id: 0, account_id },
      ...(place % 10 === 9
        ? { entity_id: null, entity_type: null }
        : { entity_id: (onLead ? leads[place % leads.length] : contacts[place]) ?? null, entity_type: onLead ? "leads" : "contacts" }),
      ...{ duration: place % 4 === 0 ? 1_800 : 0, is_completed: place % 3 === 0, task_type_id: place % 2 === 0 ? 1 : 2 },
      ...{
        text: place % 7 === 0 ? "Позвонить\nи спросить про договор" : `Задача ${place}`,
        result: place % 3 === 0 ? { text: "Готово" } : [],
      },
      complete_till: born + 500_000 + place,
    };
    state.tasks.set(task.id, task);
  }
  const put = (place: number, on: "leads" | "contacts", entity_id: number, note_type: string, params: Note["params"]) => {
    const id = 7_000_000 + place;
    const { created_by, updated_by, created_at, updated_at } = stamps(place);
    // A robot writes, and somebody looks after it.
    const isRobots = created_by === 0 && place % 100 === 2;
    const responsible_user_id = note_type.startsWith("call") || isRobots ? manager : created_by;
    state.notes.set(id, {
      ...{
        id,
        entity_id,
        created_by,
        updated_by,
        created_at,
        updated_at,
        responsible_user_id,
        group_id: 0,
        note_type,
        params,
        account_id,
        on,
      },
    });
  };
  // One lead that everybody writes on.
  for (let place = 0; place < 300; place++) put(place, "leads", leads[0] ?? 0, "common", { text: `Примечание ${place}` });
  const kinds: [string, Note["params"]][] = [
    [
      "call_in",
      {
        uniq: "a1",
        duration: 63,
        source: "АТС",
        link: "https://pbx.example/1.mp3",
        phone: "+79101234567",
        call_responsible: manager,
        call_status: 4,
      },
    ],
    [
      "call_out",
      {
        uniq: "a1",
        duration: 0,
        source: "АТС",
        link: null,
        phone: "8 910 765-43-21",
        call_responsible: "Отдел продаж",
        call_result: "не берёт",
      },
    ],
    ["call_in", { duration: 5, phone: "неизвестно" }],
    ["sms_in", { text: "Спасибо!", phone: "+79101234567" }],
    ["service_message", { service: "Робот", text: "Письмо отправлено" }],
    ["geolocation", { text: "Тут", address: "Москва", longitude: "37.6", latitude: "55.7" }],
    ["attachment", { file_uuid: "d0f4b1a6-7b2a-4c56-9a52-6b0a60b6a9de", version_uuid: "1", file_name: "смета.pdf" }],
    ["amomail_message", { thread_id: 5, subject: "Счёт", from: { email: "a@example.com" } }],
    ["zoom_meeting", { topic: "Встреча", nothing: null }],
    ["common", { text: "С подписью", signature: "бухгалтерия" }],
  ];
  for (const [index, [type, params]] of kinds.entries()) {
    put(1_000 + index, "contacts", contacts[index] ?? 0, type, params);
    put(2_000 + index, "leads", leads[1] ?? 0, type, params);
  }
}

/** Windows, and how many of them on every fifth lead. */
function growGoods(state: State): void {
  const account_id = state.info.id;
  const id = 9_001;
  const price = field(710_001, "price", "Цена", { code: "PRICE", entity_type: "catalogs", currency: "RUB" });
  const kind = field(710_002, "select", "Вид", { entity_type: "catalogs", enums: options([810_001, "Окно"], [810_002, "Дверь"]) });
  state.catalogs.set(id, {
    ...{ id, name: "Товары", type: "products", sort: 3, can_add_elements: true, can_show_in_cards: true, can_link_multiple: true },
    ...{ can_be_deleted: false, sdk_widget_code: null, account_id, ...stamps(1) },
  });
  state.catalogFields.set(id, [price, kind]);
  for (let place = 0; place < 300; place++)
    state.elements.set(3_000_000 + place, {
      ...{ id: 3_000_000 + place, catalog_id: id, name: `Окно ${place}`, is_deleted: false, account_id, ...stamps(place) },
      custom_fields_values: place % 3 === 0 ? null : [filled(price, { value: 1_000 + place }), filled(kind, option(kind, place % 2))],
    });
  for (const [index, lead] of [...state.leads.keys()].entries())
    if (index % 5 === 0)
      state.links.push({
        ...{ entity_id: lead, entity_type: "leads", to_entity_id: 3_000_000 + index, to_entity_type: "catalog_elements" },
        metadata: { quantity: index + 1.5, catalog_id: id, price_id: 710_001 },
      });
}
