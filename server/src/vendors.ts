import type { AnyVendor } from "@svyazka/core";
import { builtinCrm, type Database } from "@svyazka/crm";
import { fivecrm } from "@svyazka/fivecrm/adapter";

/** The only list of vendors there is: one more vendor is one more line. */
export const vendors = (database: Database): readonly AnyVendor[] => [
  builtinCrm(database),
  fivecrm,
];
