// Stands between a connector and a server that takes long to start: it goes away, comes back and hangs at once.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

export interface TcpProxy {
  readonly port: number;
  start(): Promise<void>;
  /** Cuts all connections and takes no more. */
  kill(): Promise<void>;
  /** Lets nothing through; the returned function lets it flow again. */
  hold(): () => void;
}

/** What passes between a client and a server; either may be changed on the way. */
export type Wiring = (client: Socket, upstream: Socket) => void;

const plain: Wiring = (client, upstream) => {
  client.on('data', (chunk: Buffer) => upstream.write(chunk));
  upstream.on('data', (chunk: Buffer) => client.write(chunk));
};

/** A proxy in front of a port on this machine, started. With `tls` its clients have to speak TLS. */
export async function startProxy(serverPort: number, wire = plain, tls?: TlsOptions): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let held = false;
  let server: Server | undefined;
  let port = 0;

  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  };
  const end = (from: Socket, to: Socket): void => {
    from.on('end', () => to.end());
    from.on('close', () => to.destroy());
    if (held) from.pause();
  };

  const start = async (): Promise<void> => {
    const accept = (client: Socket): void => {
      const upstream = connect(serverPort, '127.0.0.1');
      keep(client);
      keep(upstream);
      wire(client, upstream);
      end(client, upstream);
      end(upstream, client);
    };
    server = tls ? createTlsServer(tls, accept) : createServer(accept);
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  };

  await start();
  return {
    port,
    start,
    async kill() {
      const closing = server;
      server = undefined;
      for (const socket of sockets) socket.destroy();
      if (!closing) return;
      closing.close();
      await once(closing, 'close');
    },
    hold() {
      held = true;
      for (const socket of sockets) socket.pause();
      return () => {
        held = false;
        for (const socket of sockets) socket.resume();
      };
    },
  };
}
