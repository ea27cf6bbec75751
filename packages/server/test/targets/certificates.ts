// A small authority of a test's own, with a certificate for a server on this machine and one for a client.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { skipWithout } from './server-process.ts';

export const noOpenssl = skipWithout('openssl');

export interface Certificates {
  readonly caFile: string;
  readonly server: { readonly certFile: string; readonly keyFile: string };
  readonly client: { readonly certFile: string; readonly keyFile: string };
  /** The server's side for `node:tls`: it takes only clients with a certificate of the authority. */
  readonly serverOptions: {
    readonly ca: string;
    readonly cert: string;
    readonly key: string;
    readonly requestCert: true;
    readonly rejectUnauthorized: true;
  };
  remove(): void;
}

export function makeCertificates(): Certificates {
  const directory = mkdtempSync(join(tmpdir(), 'busbar-tls-'));
  const at = (name: string): string => join(directory, name);
  const openssl = (command: string): void => {
    const { status, stderr } = spawnSync('openssl', command.split(' '), { encoding: 'utf8', cwd: directory });
    assert.equal(status, 0, stderr);
  };
  const newKey = 'req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes';
  openssl(`${newKey} -x509 -days 2 -subj /CN=authority -keyout ca.key -out ca.pem`);
  const sign = (name: string, extension: string) => {
    writeFileSync(at(`${name}.ext`), extension);
    openssl(`${newKey} -subj /CN=${name} -keyout ${name}.key -out ${name}.csr`);
    const authority = '-CA ca.pem -CAkey ca.key -CAcreateserial';
    openssl(`x509 -req -days 2 -in ${name}.csr ${authority} -extfile ${name}.ext -out ${name}.pem`);
    return { certFile: at(`${name}.pem`), keyFile: at(`${name}.key`) };
  };
  const server = sign('localhost', 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  const client = sign('busbar', 'extendedKeyUsage=clientAuth\n');
  const read = (path: string): string => readFileSync(path, 'utf8');
  return {
    caFile: at('ca.pem'),
    server,
    client,
    serverOptions: {
      ca: read(at('ca.pem')),
      cert: read(server.certFile),
      key: read(server.keyFile),
      requestCert: true,
      rejectUnauthorized: true,
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
