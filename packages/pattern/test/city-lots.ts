/**
 * Events in the shape of the parcel records of San Francisco on which matchers of event patterns are customarily
 * measured: about 900 bytes each, most of them coordinates that few patterns read. Seeded, so that every run and
 * every machine sees the same events.
 */
export function cityLots(count: number, seed = 1): string[] {
  const random = new Draws(seed);
  return Array.from({ length: count }, () => lot(random));
}

class Draws {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number from 0 up to, but not including, 1. */
  share(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  between(low: number, high: number): number {
    return low + Math.floor(this.share() * (high - low + 1));
  }

  pick<T>(pool: readonly T[]): T {
    return pool[this.between(0, pool.length - 1)]!;
  }
}

const LOTS = [
  '1430022',
  '2607117',
  '2607218',
  '3745012',
  'VACSTWIL',
  '1431009',
  '2100107',
  '9001218',
  '3155992',
];
const RARE_STREETS = [
  'ACADIA',
  'BLAKE',
  'DRUMM',
  'FULTON',
  'RHINE',
  'LAKE',
  'IRVING',
  'CONGO',
  'JEFFERSON',
].concat(['BEACH', 'HYDE', 'CHESTNUT', 'MASON', 'MASONIC', 'MOULTON', 'FUNSTON']);
const STREETS = [
  'CABRILLO',
  'BALBOA',
  'GEARY',
  'CLEMENT',
  'ANZA',
  'JUDAH',
  'KIRKHAM',
  'LAWTON',
  'MORAGA',
].concat(
  [
    'NORIEGA',
    'VALENCIA',
    'GUERRERO',
    'DOLORES',
    'SANCHEZ',
    'CASTRO',
    'DIAMOND',
    'LAGUNA HONDA',
    'TWIN PEAKS',
  ],
  ['SACRAMENTO', 'CALIFORNIA', '24TH', '19TH', 'WASHINGTON', 'MISSION', 'VAN NESS', 'UNKNOWN', 'SAN JOSE'],
);
const STREET_TYPES = [
  'ST',
  'ST',
  'ST',
  'ST',
  'ST',
  'AVE',
  'AVE',
  'AVE',
  'CT',
  'DR',
  'WAY',
  'BLVD',
  'STWY',
  'TER',
];

/** A coordinate that patterns compare with. */
const KNOWN_X = -122.42916360922355;
const KNOWN_Y = 37.729900216217324;

function lot(random: Draws): string {
  const known = random.share() < 0.01;
  const block = String(random.between(1, 8719)).padStart(4, '0');
  const place = String(random.between(1, 120)).padStart(3, '0');
  const id = known ? random.pick(LOTS) : block + place;
  const from = random.share() < 0.02 ? random.pick(['441', '4415', '2941']) : String(random.between(1, 4800));
  const street =
    random.share() < 0.007 ? null : random.share() < 0.06 ? random.pick(RARE_STREETS) : random.pick(STREETS);
  const properties = {
    MAPBLKLOT: id,
    BLKLOT: block + place,
    BLOCK_NUM: block,
    LOT_NUM: place,
    FROM_ST: random.share() < 0.007 ? null : from,
    TO_ST: from,
    STREET: street,
    ST_TYPE: street === null ? null : random.pick(STREET_TYPES),
    ODD_EVEN: Number(from) % 2 === 1 ? 'O' : 'E',
  };
  return `{"type":"Feature","properties":${JSON.stringify(properties)},"geometry":${geometry(random)}}`;
}

function geometry(random: Draws): string {
  const multi = random.share() < 0.004;
  const rings = Array.from({ length: multi ? random.between(2, 4) : 1 }, () => ring(random));
  const first = rings[0]![0]!;
  const coordinates = rings.map((points) => (multi ? `[[${points.join()}]]` : `[${points.join()}]`));
  const type = multi ? 'MultiPolygon' : 'Polygon';
  return `{"type":"${type}","firstCoordinates":${first},"coordinates":[${coordinates.join()}]}`;
}

/** The points of a closed ring, as JSON texts; most lots are simple, a few have hundreds of corners. */
function ring(random: Draws): string[] {
  const draw = random.share();
  const count =
    draw < 0.5
      ? 5
      : draw < 0.8
        ? random.between(6, 9)
        : draw < 0.98
          ? random.between(10, 40)
          : random.between(41, 300);
  const x = random.share() < 0.002 ? KNOWN_X : -122.5129 + random.share() * 0.1428;
  const y = random.share() < 0.002 ? KNOWN_Y : 37.7082 + random.share() * 0.1019;
  const point = (dx: number, dy: number): string => `{"x":${x + dx},"y":${y + dy},"z":0.0}`;
  const inner = Array.from({ length: count - 2 }, () =>
    point((random.share() - 0.5) * 0.0004, (random.share() - 0.5) * 0.0004),
  );
  return [point(0, 0), ...inner, point(0, 0)];
}
