export interface Seats {
  left: number;
  readonly sold: string[];
}
