export interface Transaction {
  readonly id: string;
  readonly homeState: string;
  readonly amount: number;
  readonly place?: string;
  readonly shipTo?: string;
}

/** Six payments with cards of people from California. */
export const TRANSACTIONS: readonly Transaction[] = [
  { id: 'casino', homeState: 'US-CA', amount: 420, place: 'US-NV/Las Vegas' },
  { id: 'coffee', homeState: 'US-CA', amount: 4.5, place: 'US-NV/Reno' },
  { id: 'furniture', homeState: 'US-CA', amount: 420, place: 'US-CA/Oakland' },
  { id: 'camera', homeState: 'US-CA', amount: 1250, shipTo: 'US-NY/Albany' },
  { id: 'laptop', homeState: 'US-CA', amount: 1250, shipTo: 'US-CA/Fresno' },
  { id: 'hotel', homeState: 'US-CA', amount: 300, place: 'US-OR/Portland' },
];
