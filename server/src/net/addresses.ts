import ipaddr from "ipaddr.js";

/** IPv6 prefixes that carry an IPv4 address inside: what they point at is what counts. */
const nat64 = ipaddr.parseCIDR("64:ff9b::/96") as [ipaddr.IPv6, number];
const nat64Local = ipaddr.parseCIDR("64:ff9b:1::/48") as [ipaddr.IPv6, number];

/**
 * May a request leave for this address? Only public unicast addresses are open: not loopback, private, link-local, carrier-grade,
 * documentation, multicast or reserved ranges, nor IPv6 forms that wrap such an IPv4 address.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.process(text);
  if (address.kind() === "ipv4") return isPublicIpv4(address as ipaddr.IPv4);
  const ipv6 = address as ipaddr.IPv6;
  if (ipv6.match(nat64)) return isPublicIpv4(new ipaddr.IPv4(ipv6.toByteArray().slice(12)));
  if (ipv6.match(nat64Local)) return false;
  if (ipv6.range() === "6to4") return isPublicIpv4(new ipaddr.IPv4(ipv6.toByteArray().slice(2, 6)));
  return ipv6.range() === "unicast";
}

const isPublicIpv4 = (address: ipaddr.IPv4): boolean => address.range() === "unicast";
