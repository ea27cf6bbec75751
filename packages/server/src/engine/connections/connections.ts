import { formatArn } from '../../model/arn.ts';
import type {
  ApiDestination,
  AuthParameters,
  AuthorizationType,
  Connection,
} from '../../model/connections.ts';
import type { Scope } from '../../model/resources.ts';
import type { Clock, Random } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { OAuthClient } from '../ports/oauth-client.ts';
import type { SecretBox } from '../ports/secret-box.ts';
import type { Storage } from '../ports/storage.ts';
import { ScopedDocuments } from '../scoped-documents.ts';
import type { PublishServiceEvent } from '../service-events.ts';
import { AccessTokens } from './access-tokens.ts';
import { Authorizer } from './authorizer.ts';
import { editDocument } from './edit-document.ts';
import { SealedParameters } from './sealed-parameters.ts';
import { shownParameters } from './shown-parameters.ts';
import { ConnectionTales } from './tales.ts';

/*
 * A connection is in one of these states:
 *
 *   AUTHORIZING    its OAuth credentials are new, and the first token is being fetched (`authorizer.ts`).
 *                  → AUTHORIZED with the token; → DEAUTHORIZED when the server refuses or cannot be reached for long.
 *   AUTHORIZED     it can be used. → DEAUTHORIZED when its owner says so, or when a token cannot be renewed because the
 *                  server refuses; → AUTHORIZING with new OAuth credentials.
 *   DEAUTHORIZED   it cannot be used, and has no secrets any more if its owner said so. New credentials bring it back.
 *
 * What passes between them (CREATING, UPDATING, DEAUTHORIZING, DELETING) is over before an answer is given: it shows in
 * answers and events only. An API destination is ACTIVE exactly while its connection is AUTHORIZED.
 */

export interface ConnectionsParts {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly secrets: SecretBox;
  readonly oauth: OAuthClient;
}

export interface NewConnection {
  readonly name: string;
  readonly description: string | undefined;
  readonly authorizationType: AuthorizationType;
  readonly kmsKeyIdentifier: string | undefined;
  readonly parameters: AuthParameters;
}

/** What an update changes. Without parameters credentials and state stay as they are. */
export interface ConnectionChange {
  readonly description: string | undefined;
  readonly authorizationType: AuthorizationType;
  readonly kmsKeyIdentifier: string | undefined;
  readonly parameters: AuthParameters | undefined;
}

const SUFFIX_CHARS = 6;

/** Connections and API destinations: documents in the catalog, secrets sealed, states and their events. */
export class Connections {
  readonly documents: ScopedDocuments<Connection>;
  readonly destinations: ScopedDocuments<ApiDestination>;
  readonly tokens: AccessTokens;
  readonly #parts: ConnectionsParts;
  readonly #sealed: SealedParameters;
  readonly #tales: ConnectionTales;
  readonly #authorizer: Authorizer;

  private constructor(
    parts: ConnectionsParts,
    documents: ScopedDocuments<Connection>,
    destinations: ScopedDocuments<ApiDestination>,
  ) {
    this.#parts = parts;
    this.documents = documents;
    this.destinations = destinations;
    this.tokens = new AccessTokens(parts.oauth, parts.clock);
    this.#sealed = new SealedParameters(parts.secrets, documents);
    this.#tales = new ConnectionTales(parts.clock, destinations);
    this.#authorizer = new Authorizer(parts.clock, (connection) => this.#fetchFirstToken(connection));
  }

  static async open(parts: ConnectionsParts): Promise<Connections> {
    const { catalog } = parts.storage;
    const documents = await ScopedDocuments.open<Connection>(catalog, 'connection');
    const destinations = await ScopedDocuments.open<ApiDestination>(catalog, 'api-destination');
    return new Connections(parts, documents, destinations);
  }

  /** From here on state changes are told; authorizations that the last run did not end are taken up. */
  start(publish: PublishServiceEvent): void {
    this.#tales.publish = publish;
    for (const connection of this.documents.all()) {
      if (connection.state === 'AUTHORIZING') this.#authorize(connection);
    }
  }

  async close(): Promise<void> {
    this.tokens.close();
    await this.#authorizer.close();
    this.documents.close();
    this.destinations.close();
  }

  /** The credentials, opened; undefined when there are none, or their key is gone. */
  parametersOf(connection: Connection): AuthParameters | undefined {
    return this.#sealed.open(connection);
  }

  stateOf(destination: ApiDestination): 'ACTIVE' | 'INACTIVE' {
    const connection = this.documents.ofArn(destination.connectionArn)?.document;
    return connection?.state === 'AUTHORIZED' ? 'ACTIVE' : 'INACTIVE';
  }

  /** Undefined when the name is taken. */
  async create(scope: Scope, given: NewConnection): Promise<Connection | undefined> {
    const { clock, random } = this.#parts;
    const { account, region } = scope;
    const { name } = given;
    const uid = random.uuid();
    const now = clock.now();
    const secret = random.uuid();
    const arn = formatArn('events', region, account, `connection/${name}/${uid}`);
    const made = await this.#sealed.store(arn, given.parameters, async (sealed) => {
      const connection: Connection = {
        account,
        region,
        uid,
        name,
        arn,
        description: given.description,
        authorizationType: given.authorizationType,
        state: firstState(given.authorizationType),
        kmsKeyIdentifier: given.kmsKeyIdentifier,
        shownParameters: shownParameters(given.parameters),
        sealed,
        generation: 1,
        secretArn: formatArn(
          'secretsmanager',
          region,
          account,
          `secret:events!connection/${name}/${secret}-${secret.slice(-SUFFIX_CHARS)}`,
        ),
        createdAt: now,
        modifiedAt: now,
        authorizedAt: now,
      };
      return (await this.documents.put(connection, 'absent')) ? connection : undefined;
    });
    if (made) await this.#begun(made, 'Connection Creation Started', undefined);
    return made;
  }

  /** Undefined when the connection is gone. */
  async update(connection: Connection, change: ConnectionChange): Promise<Connection | undefined> {
    const { parameters, ...settings } = change;
    const now = this.#parts.clock.now();
    if (!parameters) {
      return this.#edit(connection, (present) => ({ ...present, ...settings, modifiedAt: now }));
    }
    const updated = await this.#sealed.store(connection.arn, parameters, (sealed) =>
      this.#edit(connection, (present) => ({
        ...present,
        ...settings,
        sealed,
        shownParameters: shownParameters(parameters),
        state: firstState(settings.authorizationType),
        stateReason: undefined,
        generation: present.generation + 1,
        modifiedAt: now,
        authorizedAt: now,
      })),
    );
    if (updated) await this.#begun(updated, 'Connection Update Started', connection);
    return updated;
  }

  /** Takes the secrets away. Undefined when the connection is gone. */
  async deauthorize(connection: Connection): Promise<Connection | undefined> {
    const now = this.#parts.clock.now();
    const updated = await this.#edit(connection, (present) => ({
      ...present,
      state: 'DEAUTHORIZED',
      stateReason: 'The connection was deauthorized.',
      sealed: undefined,
      generation: present.generation + 1,
      modifiedAt: now,
    }));
    if (!updated) return undefined;
    this.tokens.forget(updated);
    await this.#tales.tell(updated, 'Connection Deauthorization Started');
    await this.#tales.changed(connection, updated);
    return updated;
  }

  /** An authorization server refuses what it has accepted before. */
  async refused(connection: Connection, reason: string): Promise<void> {
    this.tokens.forget(connection);
    await this.#move(connection, 'DEAUTHORIZED', reason);
  }

  /** False when the connection was changed meanwhile, or is gone. */
  async remove(connection: Connection, version: bigint): Promise<boolean> {
    if (!(await this.documents.remove(connection, version))) return false;
    this.tokens.forget(connection);
    await this.#tales.tell(connection, 'Connection Deletion Started');
    await this.#tales.destinationsFollow(connection, connection.state === 'AUTHORIZED', false);
    return true;
  }

  /** Seals everything with a new key, or with the first of the configured ones. */
  rotateSecrets(): ReturnType<SealedParameters['rotate']> {
    return this.#sealed.rotate();
  }

  // ------------------------------------------------------------------------------------------------------ state changes

  async #begun(connection: Connection, detailType: string, before: Connection | undefined): Promise<void> {
    await this.#tales.tell(connection, detailType);
    if (connection.state === 'AUTHORIZING') {
      await this.#tales.tell(connection, 'Connection Authorization Started');
      if (before) await this.#tales.destinationsFollow(connection, before.state === 'AUTHORIZED', false);
      this.#authorize(connection);
    } else await this.#tales.changed(before, connection);
  }

  #authorize(connection: Connection): void {
    this.#authorizer.authorize(connection, (outcome) =>
      outcome === undefined
        ? this.#move(connection, 'AUTHORIZED', undefined)
        : this.#move(connection, 'DEAUTHORIZED', outcome),
    );
  }

  #fetchFirstToken(connection: Connection): ReturnType<AccessTokens['get']> {
    const oauth = this.parametersOf(connection)?.OAuthParameters;
    if (!oauth) return Promise.resolve({ kind: 'refused', reason: 'The secret of the connection is gone.' });
    return this.tokens.get(connection, oauth);
  }

  /** Brings a connection into another state unless its credentials have changed since. */
  async #move(
    connection: Connection,
    state: 'AUTHORIZED' | 'DEAUTHORIZED',
    stateReason: string | undefined,
  ): Promise<void> {
    const now = this.#parts.clock.now();
    let before: Connection | undefined;
    const moved = await this.#edit(connection, (present) => {
      if (present.generation !== connection.generation || present.state === state) return undefined;
      before = present;
      const authorizedAt = state === 'AUTHORIZED' ? now : present.authorizedAt;
      return { ...present, state, stateReason, modifiedAt: now, authorizedAt };
    });
    if (moved) await this.#tales.changed(before, moved);
  }

  #edit(
    connection: Connection,
    edit: (present: Connection) => Connection | undefined,
  ): Promise<Connection | undefined> {
    return editDocument(this.documents, connection, edit);
  }
}

const firstState = (type: AuthorizationType): Connection['state'] =>
  type === 'OAUTH_CLIENT_CREDENTIALS' ? 'AUTHORIZING' : 'AUTHORIZED';
