/** What the CRM says to a caller of its functions: core's words, since vendors that answer in its place must tell them apart. */
export { Forbidden, Invalid, NotFound, Stale } from "@svyazka/core";
