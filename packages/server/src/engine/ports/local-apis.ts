import type { Scope } from '../../model/resources.ts';

/** A call of an operation that this daemon serves itself, on behalf of an account in a region. */
export interface LocalCall extends Scope {
  /** `events`, as the daemon's own APIs are called. */
  readonly service: string;
  /** `DisableRule` */
  readonly operation: string;
  /** By the names of the API's model. */
  readonly input: object;
  readonly requestId: string;
  readonly traceHeader: string | undefined;
}

export type LocalAnswer =
  | { readonly status: 'done' }
  | {
      readonly status: 'failed';
      readonly httpStatus: number;
      readonly code: string;
      readonly message: string;
    };

/** The daemon's own APIs as targets see them. */
export interface LocalApis {
  has(service: string, operation: string): boolean;
  /** Never throws for what an operation says. */
  call(call: LocalCall, signal: AbortSignal): Promise<LocalAnswer>;
}
