/** What an examination of a data directory found, for people and programs. */
export interface Examination {
  readonly directory: string;
  /**
   * `sound`: nothing is wrong; `damaged`: something in it cannot be trusted; `unusable`: it cannot be read at all;
   * `busy`: a daemon uses it; `absent`: there is nothing.
   */
  readonly verdict: 'sound' | 'damaged' | 'unusable' | 'busy' | 'absent';
  readonly findings: readonly Finding[];
  readonly schemaVersion: number | undefined;
  readonly bytes: { readonly file: number; readonly log: number; readonly free: number } | undefined;
  readonly contents: readonly Content[];
}

export interface Finding {
  readonly severity: 'problem' | 'note';
  readonly what: string;
  /** What to do about it. */
  readonly advice?: string | undefined;
}

/** One table, as far as it can be read. */
export interface Content {
  /** What is in it: `events of the log …`. */
  readonly what: string;
  readonly table: string;
  readonly rows: number;
  /** Rows that can be read but are not what was written. */
  readonly wrongRows: number;
  /** Places at which rows cannot be read. */
  readonly holes: number;
}

/** What a salvage brought into a new data directory. */
export interface Salvage {
  readonly out: string;
  readonly contents: readonly SalvagedContent[];
  /** Rows that are lost and can be named. */
  readonly lost: readonly string[];
  /** How many are lost beyond those that are named. */
  readonly unnamed: number;
}

export interface SalvagedContent extends Content {
  readonly copied: number;
}
