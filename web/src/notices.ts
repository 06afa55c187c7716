/** Notices of pre-election periods: for the page, and for the element on other sites. */

import type { components } from "./api/schema";

/** Today's date (UTC), as the API writes dates. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** The notices to show. Periods that were asked for without naming councils count only if they are for all. */
export function noticesOf(periods: components["schemas"]["PreElectionPeriod"][], namesCouncils: boolean): string[] {
  const isMeant = ({ nation, council }: (typeof periods)[number]) => namesCouncils || (nation === null && council === null);
  return periods.filter(isMeant).map((period) => period.notice_text);
}
