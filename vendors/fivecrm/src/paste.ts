import type { Pasted } from "@svyazka/core";
import { snippetPath } from "./door.ts";
import type { Site } from "./settings.ts";

/** What goes into the code of a site, and into the settings of services. */
export function paste(site: Site, base: string): readonly Pasted[] {
  const at = urls(site, base);
  return [
    { label: { ru: "Код на сайт: строка перед </body>", en: "Code for the site: a line before </body>" }, text: at.snippet_html },
    { label: { ru: "Форма на сайт", en: "A form for the site" }, text: formHtml(at.form_send) },
    { label: { ru: "Tilda: Настройки сайта → Формы → Webhook", en: "Tilda: Site settings → Forms → Webhook" }, text: at.tilda },
    { label: { ru: "VK: Работа с API → Callback API → Адрес", en: "VK: API usage → Callback API → URL" }, text: at.vk },
    { label: { ru: "Google Ads: лид-форма → Webhook URL", en: "Google Ads: lead form → Webhook URL" }, text: at.google },
    { label: { ru: "Любая другая форма или сервис: адрес", en: "Any other form or service: address" }, text: at.generic },
    {
      label: { ru: "Попробовать из командной строки", en: "Try it from the command line" },
      text: `curl ${at.form_send} -d name=Иван -d phone='8 910 123-45-67' -d description='Проверка связи'`,
    },
  ];
}

const formHtml = (action: string): string => `<form data-svyazka action="${action}" method="post">
  <input name="name" placeholder="Имя">
  <input name="phone" type="tel" required placeholder="Телефон">
  <textarea name="description"></textarea>
  <label><input type="checkbox" name="consent" required> Согласен на обработку персональных данных</label>
  <button>Отправить</button>
</form>`;

export function urls(site: Site, base: string) {
  const inbound = `${base}/in/${site.secrets.public_token}`;
  const snippet = `${inbound}${snippetPath}`;
  return {
    inbound,
    form_send: `${inbound}/ctm/form/send`,
    tilda: `${inbound}/tilda`,
    vk: `${inbound}/vk`,
    google: `${inbound}/google`,
    generic: `${inbound}/generic`,
    snippet,
    snippet_html: `<script async src="${snippet}"></script>`,
  };
}
