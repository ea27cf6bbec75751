import { testSimulation } from './simulation.ts';

testSimulation({ seeds: 600, steps: 60 });
