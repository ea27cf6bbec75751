// `npm run bench`: everything in one run; `npm run bench -- latency footprint`: only those.
import { benchArchive } from './archive.ts';
import { benchDelivery } from './delivery.ts';
import { benchFootprint } from './footprint.ts';
import { benchHangingTarget } from './hanging-target.ts';
import { benchHttpDelivery } from './http-delivery.ts';
import { benchLatency } from './latency.ts';
import { benchPutEvents } from './put-events.ts';
import { benchSchedules } from './schedules.ts';
import { cpus, totalmem } from 'node:os';

const wanted = process.argv.slice(2);
const runs = (name: string): boolean => wanted.length === 0 || wanted.includes(name);
/** What half load means when delivery itself was not measured. */
const ASSUMED_RATE = 20_000;

console.log(`${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`);
if (runs('footprint')) await benchFootprint();
if (runs('put-events')) await benchPutEvents();
const delivered = runs('delivery') ? await benchDelivery() : ASSUMED_RATE;
if (runs('latency')) await benchLatency(delivered);
if (runs('hanging-target')) await benchHangingTarget();
if (runs('http-delivery')) await benchHttpDelivery();
if (runs('schedules')) await benchSchedules();
if (runs('archive')) await benchArchive();
