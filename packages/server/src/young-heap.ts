import { setFlagsFromString } from 'node:v8';

/**
 * Lets the young part of the heap grow as it needs to. `bin/busbar.mjs` keeps it small while modules are loaded: they would
 * drive it to its full 16 MB, which an idle daemon then keeps for nothing.
 */
export const letYoungHeapGrow = (): void => setFlagsFromString('--semi-space-growth-factor=2');
