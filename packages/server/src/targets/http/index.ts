import { lookup as systemLookup } from 'node:dns';
import type { Clock } from '../../engine/ports/clock.ts';
import type { HttpClients } from '../../engine/ports/http-client.ts';
import type { HttpAccess } from '../../model/http-settings.ts';
import { createAddressGuard } from './address-guard.ts';
import { createHttpClient, plainConnector } from './client.ts';
import { guardedConnector, type Lookup } from './guarded-connector.ts';

export interface ClosableHttpClients extends HttpClients {
  close(): Promise<void>;
}

/** The two ways out over HTTP. `lookup` is how names are resolved, the system's way by default. */
export function createHttpClients(
  clock: Clock,
  access: HttpAccess,
  lookup: Lookup = systemLookup,
): ClosableHttpClients {
  const guarded = createHttpClient(clock, guardedConnector(createAddressGuard(access), lookup));
  const trusted = createHttpClient(clock, plainConnector);
  return {
    guarded,
    trusted,
    close: async () => {
      await Promise.all([guarded.close(), trusted.close()]);
    },
  };
}
