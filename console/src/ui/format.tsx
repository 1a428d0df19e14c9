import { Text, Tooltip } from "@mantine/core";
import { useMemo } from "react";
import { useLanguage, useText } from "../text/text.tsx";

/** Sums, moments and spans as people of a language write them. */

export function useFormat() {
  const language = useLanguage();
  const text = useText();
  return useMemo(() => {
    const locale = language === "ru" ? "ru-RU" : "en-GB";
    const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
    const dayAndYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" });
    const time = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
    const full = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "medium" });
    const sums = new Map<string, Intl.NumberFormat>();
    const money = (sum: string | number, currency: string): string => {
      const number = Number(sum);
      const key = `${currency}${Number.isInteger(number)}`;
      let format = sums.get(key);
      if (!format) {
        format = new Intl.NumberFormat(locale, { style: "currency", currency, maximumFractionDigits: Number.isInteger(number) ? 0 : 2 });
        sums.set(key, format);
      }
      return format.format(number);
    };
    return {
      locale,
      money,
      number: (value: number) => value.toLocaleString(locale),
      percent: (share: number) => new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 }).format(share),
      time: (moment: string | Date) => time.format(new Date(moment)),
      day: (moment: string | Date) => {
        const date = new Date(moment);
        return (date.getFullYear() === new Date().getFullYear() ? day : dayAndYear).format(date);
      },
      full: (moment: string | Date) => full.format(new Date(moment)),
      /** Today the time, otherwise the day. */
      short: (moment: string | Date) => {
        const date = new Date(moment);
        const now = new Date();
        if (date.toDateString() === now.toDateString()) return time.format(date);
        return (date.getFullYear() === now.getFullYear() ? day : dayAndYear).format(date);
      },
      moment: (moment: string | Date) => {
        const date = new Date(moment);
        return `${(date.getFullYear() === new Date().getFullYear() ? day : dayAndYear).format(date)}, ${time.format(date)}`;
      },
      /** `2:05` of minutes and seconds, `1:02:05` with hours. */
      clock: (seconds: number) => {
        const rest = `${String(Math.floor(seconds / 60) % 60).padStart(seconds >= 3600 ? 2 : 1, "0")}:${String(Math.floor(seconds) % 60).padStart(2, "0")}`;
        return seconds >= 3600 ? `${Math.floor(seconds / 3600)}:${rest}` : rest;
      },
      span: (seconds: number) =>
        seconds < 60
          ? text.common.units.seconds(Math.round(seconds))
          : seconds < 3600
            ? text.common.units.minutes(Math.round(seconds / 60))
            : seconds < 86_400
              ? text.common.units.hours(Math.round(seconds / 3600))
              : text.common.units.days(Math.round(seconds / 86_400)),
    };
  }, [language, text]);
}

/** A moment: short to read, whole to point at. */
export function When({ at, long = false }: { readonly at: string; readonly long?: boolean }) {
  const format = useFormat();
  return (
    <Tooltip label={format.full(at)}>
      <Text component="time" dateTime={at} inherit span>
        {long ? format.moment(at) : format.short(at)}
      </Text>
    </Tooltip>
  );
}
