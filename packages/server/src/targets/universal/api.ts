/**
 * What a part of an input is on the wire, where that differs from how it is given. A reference is the name of another
 * shape of the API, or `$blob` (a text becomes base64), `$time` (a text becomes seconds), `$free` (taken as it is).
 */
export interface CallShape {
  /** Members of a structure by their names in the input → their names on the wire; `path:`, `query:`, `header:` say where. */
  readonly wire?: Readonly<Record<string, string>>;
  readonly members?: Readonly<Record<string, string>>;
  /** REST-JSON: the member that is the whole body. */
  readonly payload?: string;
  /** The member that makes a repeated call recognisable. */
  readonly token?: string;
  /** Elements of a list, values of a map. */
  readonly each?: string;
  /** A map: its keys are no names. Forms write an entry as `<entry>/<key>/<value>`. */
  readonly map?: string;
  /** Forms: what stands between the name of a list and the number of an element, where it is not `member`. */
  readonly item?: string;
}

/** An AWS API that schedules can call. */
export interface UniversalApi {
  readonly protocol: 'json' | 'query' | 'ec2' | 'rest-json';
  readonly signingName: string;
  /** The first part of its host name. */
  readonly host: string;
  /** The host name of a service that all regions share. */
  readonly global?: string;
  readonly version?: string;
  /** JSON: `X-Amz-Target` is `<prefix>.<Operation>`. */
  readonly prefix?: string;
  /** Names of members begin with a small letter on the wire. */
  readonly camel?: boolean;
  /** Names with spaces between. */
  readonly actions: string;
  /** REST-JSON: action → method and path. */
  readonly routes?: Readonly<Record<string, string>>;
  /** Action → the shape of its input, where there is anything to say of it. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly shapes?: Readonly<Record<string, CallShape>>;
}
