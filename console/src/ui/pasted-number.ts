/** `1 000,50 ₽` and `1,000.50` as `1000.50`: what stands last parts the cents, what stands several times parts the thousands. */
export function pastedNumber(text: string): string {
  const plain = text.replace(/[^\d.,-]/g, "").replace(/[.,]+$/, "");
  const last = Math.max(plain.lastIndexOf(","), plain.lastIndexOf("."));
  if (last < 0) return plain;
  const mark = plain.charAt(last);
  const isGrouping = plain.indexOf(mark) !== last;
  const digits = (part: string): string => part.replace(/[.,]/g, "");
  return isGrouping ? digits(plain) : `${digits(plain.slice(0, last))}.${plain.slice(last + 1)}`;
}
