import { testSimulation } from './simulation.ts';

testSimulation({ seeds: Number(process.env['SIMULATION_SEEDS'] ?? 600), steps: 60 });
