/** What every report is asked with. */
export interface ReportQuery {
  readonly from: string;
  readonly to: string;
  readonly pipeline?: number;
  readonly responsible?: string;
}
