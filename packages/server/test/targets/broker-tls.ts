// TLS, the same for every message broker: the server's certificate is checked, and the client shows its own.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { DocumentedConnector } from '../../src/engine/ports/connector.ts';
import { parseArn } from '../../src/model/arn.ts';
import type { ServiceDirectory, ServiceSettings } from '../../src/model/service-settings.ts';
import { makeCertificates, noOpenssl, type Certificates } from './certificates.ts';
import { CONTEXT, delivery } from './target-suite.ts';

export interface TlsBroker {
  /** Where a server is that takes only clients with a certificate. */
  readonly settings: ServiceSettings;
  close(): Promise<void>;
}

/** Runs the cases against a server that `open` starts. */
export function tlsSuite(
  name: string,
  skip: string | false,
  arn: string,
  connectorFor: (services: ServiceDirectory) => DocumentedConnector,
  open: (certificates: Certificates) => Promise<TlsBroker>,
): void {
  describe(`${name} over TLS`, { skip: skip || noOpenssl }, () => {
    let certificates: Certificates;
    let broker: TlsBroker;

    before(async () => {
      certificates = makeCertificates();
      broker = await open(certificates);
    });
    after(async () => {
      await broker?.close();
      certificates?.remove();
    });

    const outcomeWith = async (options: object): Promise<string> => {
      const { service } = parseArn(arn)!;
      const connector = connectorFor({ [service]: { ...broker.settings, ...options } });
      const target = { Id: 't', Arn: arn };
      assert.equal(connector.check(parseArn(arn)!, target), undefined);
      const session = connector.open(parseArn(arn)!, target, CONTEXT);
      const [outcome] = await session.send([delivery(1)], new AbortController().signal);
      await session.close();
      return 'code' in outcome! ? `${outcome.status} ${outcome.code}` : outcome!.status;
    };

    test('a message gets through', async () => {
      const { caFile, client } = certificates;
      assert.equal(await outcomeWith({ caFile, ...client }), 'delivered');
    });

    test('a server that no known authority vouches for gets nothing', async () => {
      assert.equal(await outcomeWith(certificates.client), 'retry CONNECTION_FAILURE');
    });

    test('a client without a certificate does not get in', async () => {
      const { caFile } = certificates;
      assert.equal(await outcomeWith({ caFile }), 'retry CONNECTION_FAILURE');
    });

    test('a file that is not there is said to be missing', async () => {
      const outcome = await outcomeWith({ caFile: '/nowhere/ca.pem' });
      assert.equal(outcome, 'retry CONNECTION_FAILURE');
    });
  });
}
