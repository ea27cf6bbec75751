/** A rule set by name: patterns to be held by one matcher. */
export type RuleSets = ReadonlyMap<string, readonly string[]>;

const lot = (condition: unknown): unknown => ({ properties: { MAPBLKLOT: [condition] } });
const street = (condition: unknown): unknown => ({ properties: { STREET: [condition] } });
const streetType = (condition: unknown): unknown => ({ properties: { ST_TYPE: [condition] } });
const from = (condition: unknown): unknown => ({ properties: { FROM_ST: [condition] } });
const shape = (condition: unknown): unknown => ({ geometry: { type: [condition] } });
const ignoringCase = (text: string | string[]): unknown => ({ 'equals-ignore-case': text });
const range = (...bounds: readonly unknown[]): unknown => [{ numeric: bounds }];
const but = (excluded: unknown): unknown => ({ 'anything-but': excluded });

const WILDCARDS = ['143*', '2*0*1*7', '*218', '3*5*2', 'VA*IL'];

function coordinates(name: string, second: string): unknown[] {
  const at = (axis: string, condition: unknown, type?: string): unknown => ({
    geometry: { ...(type === undefined ? {} : { type: [type] }), [name]: { [axis]: condition } },
  });
  return [
    at('x', range('=', -122.42916360922355), 'Polygon'),
    at(second, range('=', second === 'y' ? 37.729900216217324 : 0), 'MultiPolygon'),
    at('x', range('<', -122.41600944012424)),
    at('x', range('>', -122.41600944012424)),
    at('x', range('>', -122.46471267081272, '<', -122.4063085128395)),
  ];
}

function exclusions(form: (text: string) => unknown, texts: readonly string[]): unknown[] {
  const [first, second, type, polygon, number] = texts.map((text) => but(form(text)));
  return [street(first), street(second), streetType(type), shape(polygon), from(number)];
}

const SETS: Readonly<Record<string, readonly unknown[]>> = {
  EXACT: ['1430022', '2607117', '2607218', '3745012', 'VACSTWIL'].map(lot),
  WILDCARD: WILDCARDS.map((wildcard) => lot({ wildcard })),
  PREFIX: ['AC', 'BL', 'DR', 'FU', 'RH'].map((prefix) => street({ prefix })),
  PREFIX_EQUALS_IGNORE_CASE: ['Ac', 'bL', 'dR', 'Fu', 'rH'].map((text) =>
    street({ prefix: ignoringCase(text) }),
  ),
  SUFFIX: ['ON', 'KE', 'MM', 'ING', 'GO'].map((suffix) => street({ suffix })),
  SUFFIX_EQUALS_IGNORE_CASE: ['oN', 'Ke', 'mM', 'InG', 'gO'].map((text) =>
    street({ suffix: ignoringCase(text) }),
  ),
  EQUALS_IGNORE_CASE: [
    ...['jefferson', 'bEaCh', 'HyDe', 'CHESTNUT'].map((text) => street(ignoringCase(text))),
    streetType(ignoringCase('st')),
  ],
  COMPLEX_ARRAYS: coordinates('coordinates', 'y'),
  NUMERIC: coordinates('firstCoordinates', 'z'),
  ANYTHING_BUT: exclusions((text) => [text], ['FULTON', 'MASON', 'ST', 'Polygon', '441']),
  ANYTHING_BUT_IGNORE_CASE: exclusions(
    (text) => ignoringCase([text]),
    ['Fulton', 'Mason', 'st', 'polygon', '441'],
  ),
  ANYTHING_BUT_PREFIX: exclusions((prefix) => ({ prefix }), ['FULTO', 'MASO', 'S', 'Poly', '44']),
  ANYTHING_BUT_SUFFIX: exclusions((suffix) => ({ suffix }), ['ULTON', 'ASON', 'T', 'olygon', '41']),
  ANYTHING_BUT_WILDCARD: WILDCARDS.map((wildcard) => lot(but({ wildcard }))),
};

/** The fourteen rule sets on which matchers of event patterns are customarily measured. */
export const cityLotRules: RuleSets = new Map(
  Object.entries(SETS).map(([name, patterns]) => [name, patterns.map((each) => JSON.stringify(each))]),
);
