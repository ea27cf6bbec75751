/** What the order service knows of an order. `id` is also the idempotency key: whoever sees it twice acts once. */
export interface Order {
  readonly id: string;
  readonly item: string;
  readonly total: number;
}

const ITEMS = ['kettle', 'lamp', 'chair', 'radio', 'clock'];

/** The order with a number, always the same for the same number. */
export function orderOf(number: number): Order {
  return {
    id: `order-${number}`,
    item: ITEMS[number % ITEMS.length]!,
    total: 20 + ((number * 37) % 400),
  };
}
