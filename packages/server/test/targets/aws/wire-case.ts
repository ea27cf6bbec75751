import type { OutgoingDelivery } from '../../../src/engine/ports/connector.ts';
import type { TargetSettings } from '../../../src/model/resources.ts';
import { ACCOUNT } from './targets.ts';

/** A target, and the request that is to go out to it. */
export interface WireCase {
  readonly name: string;
  readonly target: Omit<TargetSettings, 'Id'>;
  readonly change?: Partial<OutgoingDelivery>;
  /** The call that it must be, as botocore names service and operation, and its parameters. */
  readonly service: string;
  readonly operation: string;
  readonly params: (delivery: OutgoingDelivery, url: string) => Readonly<Record<string, unknown>>;
}

export const arn = (service: string, resource: string): string =>
  `arn:aws:${service}:us-east-1:${ACCOUNT}:${resource}`;
