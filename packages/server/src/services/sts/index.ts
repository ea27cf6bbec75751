export { stsOperations } from './operations/index.ts';
