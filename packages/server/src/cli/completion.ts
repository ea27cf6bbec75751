import { EXIT, type Command } from './command.ts';
import { bashCompletion } from './completion/bash.ts';
import { fishCompletion } from './completion/fish.ts';
import { zshCompletion } from './completion/zsh.ts';

const SHELLS: Readonly<Record<string, (commands: readonly Command[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

export const completion: Command = {
  name: 'completion',
  summary: 'print the completion script for a shell',
  usage: ['completion bash|zsh|fish'],
  options: [],
  positionals: { min: 1, max: 1 },
  verbs: Object.keys(SHELLS),
  examples: [
    'source <(busbar completion bash)',
    'busbar completion zsh > "${fpath[1]}/_busbar"',
    'busbar completion fish > ~/.config/fish/completions/busbar.fish',
  ],
  exits: {},
  async run({ positionals }, { output, commands }) {
    await output.line(SHELLS[positionals[0]!]!(commands).trimEnd());
    return EXIT.ok;
  },
};
