import type { AnyFlow } from "@svyazka/core";
import { addCompany } from "./add-company.ts";
import { addContact } from "./add-contact.ts";
import { addDeal } from "./add-deal.ts";
import { addTask } from "./add-task.ts";
import { takeLead } from "./take-lead.ts";

export { addCompany, addContact, addDeal, addTask, takeLead };

/** Everything the hub does about what happens. */
export const flows: readonly AnyFlow[] = [takeLead, addDeal, addContact, addCompany, addTask];
