import { test } from 'node:test';
import { simulate, type SimulationCounts } from './simulation.ts';

const SEEDS = 40;
const STEPS = 60;

test(`simulation: ${SEEDS} seeds of publishing, faults, rule changes and crashes`, async () => {
  const total: SimulationCounts = {
    rounds: 0,
    events: 0,
    deliveries: 0,
    repeats: 0,
    deadLetters: 0,
    crashes: 0,
    faults: 0,
    slowestMs: 0,
  };
  for (let seed = 1; seed <= SEEDS; seed++) {
    const counts = await simulate(seed, STEPS);
    for (const key of Object.keys(total) as (keyof SimulationCounts)[]) {
      total[key] = key === 'slowestMs' ? Math.max(total[key], counts[key]) : total[key] + counts[key];
    }
  }
  console.log(
    `simulation: ${SEEDS} seeds, ${total.rounds} rounds, ${total.events} events, ${total.deliveries} deliveries, ` +
      `${total.repeats} repeats, ${total.deadLetters} dead letters, ${total.crashes} crashes, ${total.faults} store faults; ` +
      `a target that is well waited ${total.slowestMs} ms at most`,
  );
});
