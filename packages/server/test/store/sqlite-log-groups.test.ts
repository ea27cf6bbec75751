import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { it } from 'node:test';
import { Groups } from '../../src/store/sqlite/worker/groups.ts';
import { migrate } from '../../src/store/sqlite/worker/migrations.ts';

const open = (): { database: DatabaseSync; groups: Groups } => {
  const database = new DatabaseSync(':memory:');
  migrate(database, ':memory:');
  return { database, groups: new Groups(database, 1n) };
};

const events = (count: number, at = 1): (string | number)[] =>
  Array.from({ length: count }, () => [at, at, 'message']).flat();

const rows = (database: DatabaseSync, sql: string): unknown => database.prepare(sql).get()?.['n'];

it('sqlite: the events of a removed stream and a dropped group are removed in steps', () => {
  const { database, groups } = open();
  groups.run([
    ['logGroup.create', 'g'],
    ['logGroup.createStream', 'g', 'a', 1],
    ['logGroup.createStream', 'g', 'b', 1],
    ['logGroup.append', 'g', 'a', events(1_200)],
    ['logGroup.append', 'g', 'b', events(3)],
    ['logGroup.removeStream', 'g', 'a'],
  ]);
  assert.equal(rows(database, 'SELECT count(*) AS n FROM log_group_1'), 1_203);
  let steps = 0;
  for (; groups.leftOvers && steps < 10; steps++) groups.sweep();
  assert.ok(steps >= 3 && steps < 10, `${steps} steps`);
  assert.equal(rows(database, 'SELECT count(*) AS n FROM log_group_1'), 3);
  groups.run([['logGroup.append', 'g', 'b', events(1_000)]]);
  groups.run([['logGroup.drop', 'g']]);
  for (steps = 0; groups.leftOvers && steps < 10; steps++) groups.sweep();
  const tables = "SELECT count(*) AS n FROM sqlite_schema WHERE name GLOB 'log_group_[0-9]*'";
  assert.equal(rows(database, tables), 0);
  assert.equal(rows(database, 'SELECT count(*) AS n FROM log_groups'), 0);
});

it('sqlite: a place among many events of the same time is found at once', () => {
  const { database, groups } = open();
  groups.run([
    ['logGroup.create', 'g'],
    ['logGroup.createStream', 'g', 'a', 1],
    ['logGroup.append', 'g', 'a', events(10, 5)],
  ]);
  const bounds = ['stream = 1 AND ', ''].flatMap((of) => [
    `${of}timestamp = 5 AND sequence > 7 ORDER BY sequence`,
    `${of}timestamp < 5 AND timestamp >= 0 ORDER BY timestamp DESC, sequence DESC`,
  ]);
  for (const where of bounds) {
    const plan = database.prepare(`EXPLAIN QUERY PLAN SELECT sequence FROM log_group_1 WHERE ${where}`).all();
    assert.equal(plan.length, 1, JSON.stringify(plan));
    assert.match(
      String(plan[0]!['detail']),
      /^SEARCH .*(timestamp=\? AND rowid>\?|timestamp>\? AND timestamp<\?)/,
    );
  }
});

it('sqlite: a file of the first version gets the tables of log groups', () => {
  const database = new DatabaseSync(':memory:');
  migrate(database, ':memory:', 1);
  database.exec("INSERT INTO dropped (name, lane) VALUES ('parked', 7)");
  migrate(database, ':memory:');
  const groups = new Groups(database, 1n);
  let steps = 0;
  for (; groups.leftOvers && steps < 10; steps++) groups.sweep();
  assert.equal(steps, 2);
  assert.deepEqual(groups.run([['logGroup.create', 'g']]).failures, []);
});
