import { systemClock } from '../../../src/clock.ts';
import type { DocumentedConnector, SendOutcome, TargetSession } from '../../../src/engine/ports/connector.ts';
import { parseArn } from '../../../src/model/arn.ts';
import type { TargetSettings } from '../../../src/model/resources.ts';
import type { ServiceDirectory } from '../../../src/model/service-settings.ts';
import { awsConnectors } from '../../../src/targets/aws/index.ts';
import { createHttpClients } from '../../../src/targets/http/index.ts';
import { findConnector } from '../../../src/targets/index.ts';
import { delivery } from '../target-suite.ts';
import type { HttpClient } from '../../../src/engine/ports/http-client.ts';

export const ACCOUNT = '123456789012';

export const RULE = `arn:aws:events:us-east-1:${ACCOUNT}:rule/shop/on-order`;

export const KEY = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};

/** Every AWS service at one URL. */
export const allAt = (url: string, more: object = {}): ServiceDirectory => ({
  aws: { url, ...KEY, ...more },
});

/** The daemon's own way out. */
export const clientFor = (): HttpClient =>
  createHttpClients(systemClock(), { allow: [], allowLoopback: false }).trusted;

export function connectorFor(
  arn: string,
  services: ServiceDirectory,
  http: HttpClient = clientFor(),
): DocumentedConnector {
  const connector = findConnector(awsConnectors(services, http, systemClock()), parseArn(arn)!);
  if (!connector) throw new Error(`no connector for ${arn}`);
  return connector as DocumentedConnector;
}

/** A session for a target, once its connector has found nothing wrong with it. */
export function sessionFor(target: Omit<TargetSettings, 'Id'>, services: ServiceDirectory): TargetSession {
  const arnText = target.Arn as string;
  const whole = { Id: 't', ...target } as TargetSettings;
  const connector = connectorFor(arnText, services);
  const fault = connector.check(parseArn(arnText)!, whole);
  if (fault !== undefined) throw new Error(fault);
  return connector.open(parseArn(arnText)!, whole, { account: ACCOUNT, region: 'us-east-1', ruleArn: RULE });
}

/** Sends one delivery to a target. */
export async function sendOne(
  target: Omit<TargetSettings, 'Id'>,
  services: ServiceDirectory,
  change: Parameters<typeof delivery>[1] = {},
): Promise<SendOutcome> {
  const [outcome] = await sessionFor(target, services).send(
    [delivery(1, change)],
    new AbortController().signal,
  );
  return outcome!;
}
