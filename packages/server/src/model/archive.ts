import type { Scope } from './resources.ts';

export interface Archive extends Scope {
  /** Names this incarnation, and its part of the store. */
  readonly uid: string;
  readonly name: string;
  readonly arn: string;
  /** The name of the bus, of the archive's own account and region, and its ARN. */
  readonly bus: string;
  readonly sourceArn: string;
  readonly description?: string | undefined;
  /** As it was given; absent: every event. */
  readonly eventPattern?: string | undefined;
  /** 0: for ever. */
  readonly retentionDays: number;
  readonly kmsKeyIdentifier?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}
