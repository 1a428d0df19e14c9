/** What is asked again when something was done about a request or a delivery. */
export const refresh = ["getJournal", "listJournal", "listDeliveries", "listDeliveryCauses", "listConnections"] as const;
