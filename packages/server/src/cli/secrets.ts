import { Client } from './client.ts';
import { CLIENT_OPTIONS, EXIT, type Command, type Invocation } from './command.ts';
import type { Context } from './context.ts';

interface Rotation {
  readonly newKey: boolean;
  readonly resealed: number;
  readonly unreadable: readonly string[];
}

export const secrets: Command = {
  name: 'secrets',
  summary: 'seal the secrets of connections with a new key',
  usage: ['secrets rotate [options]'],
  description: [
    'Where the daemon keeps its own key, in the data directory, it makes a new one, seals everything with it and forgets\n' +
      'the old one. Where BUSBAR_SECRET_KEY or the configuration gives the keys, put the new one in front of the old\n' +
      'one, with a comma between, start the daemon anew and rotate; then the old one may go.',
  ],
  options: CLIENT_OPTIONS,
  positionals: { min: 1, max: 1 },
  verbs: ['rotate'],
  examples: ['busbar secrets rotate'],
  exits: { [EXIT.failed]: 'the key of some secrets is gone: they have to be given anew' },
  run,
};

async function run(invocation: Invocation, context: Context): Promise<number> {
  const { output } = context;
  const rotation = await Client.of(invocation, context).post<Rotation>('/secrets/rotate', {});
  if (invocation.flags['json'] === true) await output.json(rotation);
  else {
    const key = rotation.newKey ? 'a new key' : 'the first of the configured keys';
    await output.line(`${rotation.resealed} secrets are sealed anew, with ${key}`);
    for (const arn of rotation.unreadable) output.note(`busbar secrets: the key of ${arn} is gone`);
  }
  return rotation.unreadable.length > 0 ? EXIT.failed : EXIT.ok;
}
