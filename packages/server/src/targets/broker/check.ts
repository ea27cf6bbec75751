import type { DocumentedConnector } from '../../engine/ports/connector.ts';
import type { ServiceDirectory } from '../../model/service-settings.ts';
import { BUSBAR_BLOCK } from '../busbar-parameters.ts';
import { foreignBlock } from '../parameter-blocks.ts';
import { headersFault } from './message.ts';
import { isWellFormed, malformed, serviceFault, type ServiceForm } from './service.ts';

/** What is checked of every message broker's targets: the ARN, its server, foreign blocks, the headers. */
export function brokerCheck(
  services: ServiceDirectory,
  form: ServiceForm,
  resource: RegExp,
): DocumentedConnector['check'] {
  return (arn, target) => {
    if (!isWellFormed(arn, resource)) return malformed(arn);
    return serviceFault(services, arn, form) ?? foreignBlock(target, BUSBAR_BLOCK) ?? headersFault(target);
  };
}
