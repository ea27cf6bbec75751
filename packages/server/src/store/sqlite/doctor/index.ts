export { examineDirectory } from './examine.ts';
export { salvageDirectory } from './salvage.ts';
