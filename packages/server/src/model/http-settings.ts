/** What HTTP targets may reach beside the public Internet, as the operator says. */
export interface HttpAccess {
  /** Address ranges (`10.0.0.0/8`), addresses, and host names whose addresses are not looked at. */
  readonly allow: readonly string[];
  /** The machine itself: for development. */
  readonly allowLoopback: boolean;
}

/** The part `targets` of the configuration. */
export interface TargetOptions {
  readonly http: {
    /** Undefined when the configuration does not say. */
    readonly allow: readonly string[] | undefined;
    /** How long one request of an API destination may take. */
    readonly timeoutMs: number;
  };
}
