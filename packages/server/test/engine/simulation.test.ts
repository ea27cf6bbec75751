import { testSimulation } from './simulation.ts';

testSimulation({ seeds: 40, steps: 60 });
