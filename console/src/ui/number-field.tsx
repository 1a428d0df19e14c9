import { NumberInput, type NumberInputProps } from "@mantine/core";
import type { ClipboardEvent } from "react";
import { pastedNumber } from "./pasted-number.ts";

/** A number as people type and paste it: a comma parts the cents as well as a point does. Left to itself, the input would drop the comma: 10,50 as 1050. */
export function NumberField(props: NumberInputProps) {
  return <NumberInput thousandSeparator=" " allowedDecimalSeparators={[",", "."]} hideControls onPaste={paste} {...props} />;
}

function paste(event: ClipboardEvent<HTMLInputElement>): void {
  event.preventDefault();
  const input = event.currentTarget;
  const number = pastedNumber(event.clipboardData.getData("text"));
  input.setRangeText(number, input.selectionStart ?? 0, input.selectionEnd ?? input.value.length, "end");
  input.dispatchEvent(new Event("input", { bubbles: true }));
}
