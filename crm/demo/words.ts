import type { Language } from "@svyazka/core";

/** What the people of the demo are called, what they want, and what is said about it. */

export interface DemoWords {
  readonly people: {
    readonly women: readonly string[];
    readonly men: readonly string[];
    readonly surnames: readonly (readonly [woman: string, man: string])[];
  };
  readonly employees: readonly string[];
  readonly companies: readonly string[];
  readonly products: readonly (readonly [name: string, from: number, to: number])[];
  readonly sources: readonly (readonly [code: string, name: string])[];
  readonly campaigns: readonly string[];
  readonly terms: readonly string[];
  readonly wishes: readonly string[];
  readonly notes: readonly string[];
  readonly tasks: readonly string[];
  readonly results: readonly string[];
  readonly tags: readonly string[];
  readonly cities: readonly string[];
  readonly missed: string;
}

export const demoWords: Readonly<Record<Language, DemoWords>> = {
  ru: {
    people: {
      women: ["Анна", "Мария", "Светлана", "Ирина", "Ольга", "Наталья", "Екатерина", "Юлия", "Татьяна", "Дарья", "Алина", "Вера"],
      men: ["Пётр", "Олег", "Дмитрий", "Никита", "Сергей", "Андрей", "Алексей", "Максим", "Иван", "Роман", "Тимур", "Павел"],
      surnames: [
        ["Иванова", "Иванов"],
        ["Лебедева", "Лебедев"],
        ["Орлова", "Орлов"],
        ["Соколова", "Соколов"],
        ["Громова", "Громов"],
        ["Фёдорова", "Фёдоров"],
        ["Кузнецова", "Кузнецов"],
        ["Морозова", "Морозов"],
        ["Волкова", "Волков"],
        ["Зайцева", "Зайцев"],
        ["Ким", "Ким"],
        ["Белова", "Белов"],
        ["Тихонова", "Тихонов"],
        ["Крылова", "Крылов"],
        ["Сафина", "Сафин"],
        ["Щукина", "Щукин"],
      ],
    },
    employees: ["Марина Ветрова", "Игорь Полянский", "Ксения Лапина", "Артём Гусев"],
    companies: [
      "Северный дом",
      "Уютстрой",
      "Квартал 24",
      "Вертикаль",
      "Новый берег",
      "СтройЛига",
      "Кафе «Медь»",
      "Отель «Сосны»",
      "Школа №12",
      "ТСЖ «Набережное»",
      "Мебель Про",
      "Автосалон «Вектор»",
    ],
    products: [
      ["Окна в квартиру", 60_000, 240_000],
      ["Остекление балкона", 70_000, 190_000],
      ["Замена стеклопакета", 6_000, 22_000],
      ["Входная дверь", 35_000, 120_000],
      ["Окна в частный дом", 180_000, 720_000],
      ["Ремонт фурнитуры", 2_500, 9_000],
      ["Москитные сетки", 3_000, 12_000],
    ],
    sources: [
      ["site", "Сайт"],
      ["phone", "Звонок"],
      ["referral", "Рекомендация"],
      ["map", "Карты"],
    ],
    campaigns: ["okna_spb", "balkon_pod_klyuch", "brand", "osen_skidki"],
    terms: ["окна цена", "остекление балкона", "пластиковые окна отзывы", "замена стеклопакета"],
    wishes: [
      "Хочу узнать цену на три окна",
      "Дует с балкона, нужно утепление",
      "Сколько ждать замер?",
      "Разбилось стекло, можно сегодня?",
      "Нужна смета для юрлица",
    ],
    notes: [
      "Просит перезвонить после шести.",
      "Замер в субботу, подъезд со двора.",
      "Сравнивает с соседней компанией, важен срок.",
      "Дом панельный, третий этаж без лифта.",
      "Договор отправлен на почту.",
      "Хочет рассрочку на четыре месяца.",
      "Оплата по счёту, нужен НДС.",
      "Муж против, вернуться через неделю.",
    ],
    tasks: [
      "Перезвонить",
      "Согласовать замер",
      "Отправить смету",
      "Уточнить оплату",
      "Напомнить о договоре",
      "Спросить, как прошёл монтаж",
    ],
    results: ["Договорились", "Не взяли трубку", "Думают до пятницы", "Смета отправлена"],
    tags: ["срочно", "повторный", "юрлицо", "рассрочка"],
    cities: ["Санкт-Петербург", "Всеволожск", "Пушкин", "Гатчина", "Колпино"],
    missed: "Перезвонить: пропущенный звонок",
  },
  en: {
    people: {
      women: ["Alice", "Mary", "Sarah", "Irene", "Olivia", "Natalie", "Kate", "Julia", "Tina", "Daria"],
      men: ["Peter", "Oliver", "Daniel", "Nick", "Simon", "Andrew", "Alex", "Max", "John", "Roman"],
      surnames: [
        ["Baker", "Baker"],
        ["Carter", "Carter"],
        ["Dawson", "Dawson"],
        ["Ellis", "Ellis"],
        ["Fisher", "Fisher"],
        ["Grant", "Grant"],
        ["Hughes", "Hughes"],
        ["Irving", "Irving"],
        ["Jordan", "Jordan"],
        ["Kim", "Kim"],
        ["Lane", "Lane"],
        ["Moore", "Moore"],
      ],
    },
    employees: ["Marina Wells", "Ian Porter", "Zoe Lapin", "Arthur Goose"],
    companies: [
      "Northern Home",
      "Cosy Build",
      "Block 24",
      "Vertical",
      "New Shore",
      "Copper Café",
      "Pines Hotel",
      "School 12",
      "Riverside Residents",
      "Vector Cars",
    ],
    products: [
      ["Windows for a flat", 800, 3200],
      ["Balcony glazing", 900, 2500],
      ["New glass unit", 90, 300],
      ["Front door", 450, 1600],
      ["Windows for a house", 2400, 9600],
      ["Fitting repair", 40, 120],
      ["Insect screens", 40, 160],
    ],
    sources: [
      ["site", "Site"],
      ["phone", "Call"],
      ["referral", "Referral"],
      ["map", "Maps"],
    ],
    campaigns: ["windows_city", "balcony_turnkey", "brand", "autumn_sale"],
    terms: ["window price", "balcony glazing", "window reviews", "replace glass unit"],
    wishes: [
      "What would three windows cost?",
      "There is a draught from the balcony",
      "How soon can you measure?",
      "A pane is broken, can you come today?",
      "We need an estimate for a company",
    ],
    notes: [
      "Asks to be called after six.",
      "Measuring on Saturday, entrance from the yard.",
      "Compares with the shop next door; time matters.",
      "Third floor, no lift.",
      "The contract has been sent.",
      "Wants to pay in four parts.",
      "Pays by invoice.",
      "Come back in a week.",
    ],
    tasks: [
      "Call back",
      "Agree on measuring",
      "Send the estimate",
      "Ask about the payment",
      "Remind of the contract",
      "Ask how the fitting went",
    ],
    results: ["Agreed", "Did not answer", "Thinking until Friday", "The estimate is sent"],
    tags: ["urgent", "again", "company", "in parts"],
    cities: ["Northbridge", "Eastfield", "Pinewood", "Gate End"],
    missed: "Call back: a missed call",
  },
};
