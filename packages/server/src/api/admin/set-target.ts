import { concurrentModification } from '../../engine/catalog.ts';
import type { Engine } from '../../engine/engine.ts';
import { parseArn } from '../../model/arn.ts';
import { limits } from '../../model/limits.ts';
import type { Rule, TargetSettings } from '../../model/resources.ts';
import type { AdminRequest, AdminRoute } from './admin-route.ts';
import { badRequest, notFound, onlyMembers, onlyParameters, requiredText, textMember } from './parameters.ts';

/**
 * `POST /_busbar/targets/set` with `{"rule": R, "bus"?: B, "id": ID, "parameters": {…}}`: sets members of a target's
 * `BusbarParameters`, and removes those that are null. Clients of AWS cannot: they leave out members that they do not know.
 * Answers the target as it is now.
 */
export function setTarget({ catalog, connectors }: Engine): AdminRoute {
  return {
    method: 'POST',
    path: '/targets/set',
    summary: "set what only Busbar knows of a rule's target, such as its rate",
    async run(request) {
      onlyParameters(request.query, []);
      onlyMembers(request.body, ['rule', 'bus', 'id', 'parameters']);
      const id = requiredText(request.body, 'id', limits.adminNameChars);
      const parameters = parametersOf(request.body);
      for (let tries = 0; tries < limits.catalogWriteAttempts; tries++) {
        const { rule, version } = findRule(catalog, request);
        const target = changed(rule, id, parameters);
        const fault = faultOf(target, connectors);
        if (fault !== undefined) throw badRequest(fault);
        const targets = rule.targets.map((known) => (known.Id === id ? target : known));
        if (await catalog.putRule({ ...rule, targets }, version)) return { value: { target } };
      }
      throw concurrentModification();
    },
  };
}

function findRule(
  catalog: Engine['catalog'],
  { body, caller }: AdminRequest,
): { readonly rule: Rule; readonly version: bigint } {
  const bus = textMember(body, 'bus', limits.adminNameChars) ?? 'default';
  const name = requiredText(body, 'rule', limits.adminNameChars);
  const found = catalog.rule(caller, bus, name);
  if (!found) throw notFound(`There is no rule ${name} on event bus ${bus}.`);
  return { rule: found.document, version: found.version };
}

function parametersOf({ parameters }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  if (typeof parameters !== 'object' || parameters === null || Array.isArray(parameters)) {
    throw badRequest('"parameters" must be a JSON object.');
  }
  return parameters as Record<string, unknown>;
}

function changed(rule: Rule, id: string, parameters: Record<string, unknown>): TargetSettings {
  const target = rule.targets.find((known) => known.Id === id);
  if (!target) throw notFound(`The rule ${rule.name} has no target ${id}.`);
  const { BusbarParameters: before, ...others } = target;
  const merged = Object.entries({ ...(before as object | undefined), ...parameters });
  const left = merged.filter(([, value]) => value !== null);
  return left.length === 0 ? others : { ...others, BusbarParameters: Object.fromEntries(left) };
}

function faultOf(target: TargetSettings, connectors: Engine['connectors']): string | undefined {
  const arn = parseArn(target.Arn);
  const connector = arn && connectors.find((candidate) => candidate.accepts(arn));
  return connector?.check(arn!, target);
}
