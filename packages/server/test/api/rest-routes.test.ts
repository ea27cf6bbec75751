// Routing by method and path, over the bindings of every REST API that belongs to EventBridge.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RestRoutes } from '../../src/api/rest-routes.ts';
import type { HttpBinding } from '../../src/model/service-model.ts';
import bindings from './rest-bindings.json' with { type: 'json' };

const apis = Object.entries(bindings as Record<string, Record<string, HttpBinding>>).map(
  ([service, operations]) => {
    const http = Object.fromEntries(Object.entries(operations).map(([name, each]) => [name, { http: each }]));
    return { service, operations, routes: new RestRoutes(http) };
  },
);
const routesOf = (...templates: string[]): RestRoutes =>
  new RestRoutes(Object.fromEntries(templates.map((path) => [path, { http: { method: 'GET', path } }])));

const VALUE = 'arn:aws:pipes:us-east-1:000000000000:pipe/a b+ü%';

describe('routes of the models', () => {
  for (const { service, operations, routes } of apis) {
    it(`${service}: ${Object.keys(operations).length} operations, each found under its own path alone`, () => {
      for (const [name, { method, path }] of Object.entries(operations)) {
        const sent = path.replace(/\{(.+?)\}/g, () => encodeURIComponent(VALUE));
        const found = routes.find(method, sent);
        assert.equal(found?.operation, name, `${method} ${sent}`);
        const labels = [...path.matchAll(/\{(.+?)\}/g)].map(([, label]) => [label!, VALUE]);
        assert.deepEqual(found.labels, Object.fromEntries(labels));
        assert.equal(routes.find(method, `${sent}/`)?.operation, name, 'with a slash at the end');
        assert.equal(routes.find('PATCH', sent), undefined);
      }
    });
  }
});

describe('templates', () => {
  const rows: readonly [behaviour: string, templates: string[], path: string, found: string | undefined][] = [
    ['a literal goes before a label', ['/a/{X}', '/a/search'], '/a/search', '/a/search'],
    ['whatever the order', ['/a/search', '/a/{X}'], '/a/search', '/a/search'],
    ['a label goes before a greedy one', ['/a/{X+}', '/a/{X}'], '/a/b', '/a/{X}'],
    ['a greedy label takes slashes', ['/a/{X+}', '/a/{X}'], '/a/b/c', '/a/{X+}'],
    ['a label stands for one step', ['/a/{X}'], '/a/b/c', undefined],
    ['a label does not stand for nothing', ['/a/{X}/b'], '/a//b', undefined],
    ['a path that is too short', ['/a/{X}'], '/a', undefined],
    ['broken escapes fit nothing', ['/a/{X}'], '/a/%zz', undefined],
    ['a literal may come escaped', ['/a-b/{X}'], '/a%2Db/c', '/a-b/{X}'],
    ['no slash at the beginning', ['/a'], '*', undefined],
  ];
  for (const [behaviour, templates, path, found] of rows) {
    it(behaviour, () => assert.equal(routesOf(...templates).find('GET', path)?.operation, found));
  }

  it('a name that every object has is a label like any other', () => {
    assert.deepEqual(routesOf('/a/{X}').find('GET', '/a/constructor')?.labels, { X: 'constructor' });
  });
});
