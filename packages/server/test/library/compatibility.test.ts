// The page of compatibility against a daemon that is asked from outside. That the page is current is tested in test/cli/docs.test.ts.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startBusbar, type RunningBusbar } from 'busbar';
import { serviceModels, type ServiceModel } from '../../src/model/service-model.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../../../docs/compatibility.md'), 'utf8');

/** Operation → whether the page says that it is there. */
function listed({ title }: ServiceModel): Map<string, boolean> {
  const section = PAGE.split(`\n## ${title}\n`)[1]!.split('\n## ')[0]!;
  const rows = section.matchAll(/^\| `(\w+)` +\| (yes|not yet) +\|$/gm);
  return new Map([...rows].map(([, name, said]) => [name!, said === 'yes']));
}

async function restAnswer(bus: RunningBusbar, model: ServiceModel, name: string): Promise<string> {
  const { method, path } = model.operations[name]!.http!;
  const url = bus.url + path.replaceAll(/\{.+?\}/g, 'some-name');
  const credential = `Credential=busbar/20260101/us-east-1/${model.signingName}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=0`;
  const response = await fetch(url, { method, headers: { authorization } });
  return `${response.status} ${await response.text()}`;
}

async function answer(bus: RunningBusbar, model: ServiceModel, name: string): Promise<string> {
  if (model.protocols.includes('rest-json')) return restAnswer(bus, model, name);
  const json = model.protocols.includes('json');
  const response = await fetch(bus.url, {
    method: 'POST',
    headers: json
      ? {
          'content-type': `application/x-amz-json-${model.jsonVersion}`,
          'x-amz-target': `${model.targetPrefix}.${name}`,
        }
      : { 'content-type': 'application/x-www-form-urlencoded' },
    body: json ? '{}' : `Action=${name}&Version=${model.version}`,
  });
  return `${response.status} ${await response.text()}`;
}

for (const model of serviceModels) {
  test(`${model.title}: the page lists every operation, and none does more or less than it says`, async () => {
    const operations = listed(model);
    assert.deepEqual([...operations.keys()], Object.keys(model.operations).toSorted());
    await using bus = await startBusbar();
    for (const [name, there] of operations) {
      const said = await answer(bus, model, name);
      // Inputs are empty: an operation that is not there answers so, or finds the input wanting first.
      if (there) assert.doesNotMatch(said, /NotImplemented/, name);
      else assert.match(said, /^(501 .*NotImplementedException|400 )/, name);
    }
  });
}
