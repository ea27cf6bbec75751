import { limits } from '../../model/limits.ts';
import { shapeOf } from '../../model/service-model.ts';
import type { ServiceModel, Shape } from '../../model/service-model.ts';
import { javaText } from './java-text.ts';
import type { PathStyle } from './report.ts';
import { checkBlob, checkBoolean, compileNumber, compileString, refuseType } from './scalars.ts';
import type { Check, Show } from './scalars.ts';

interface MemberCheck {
  readonly name: string;
  readonly step: string;
  readonly required: boolean;
  readonly check: Check;
}

/**
 * Turns the shapes of one service into checks, once at start. A check without a report stops at the first fault and
 * allocates nothing; with a report it walks everything and says what is wrong where.
 */
export class ShapeCompiler {
  readonly #model: ServiceModel;
  readonly #style: PathStyle;
  /** False for services (SQS) whose operations word enum faults themselves. */
  readonly #checkEnums: boolean;
  readonly #checks = new Map<string, Check>();

  constructor(model: ServiceModel, style: PathStyle, checkEnums: boolean) {
    this.#model = model;
    this.#style = style;
    this.#checkEnums = checkEnums;
  }

  check(shapeName: string): Check {
    const known = this.#checks.get(shapeName);
    if (known) return known;
    // A shape that holds itself finds this detour to the check that is still being built.
    this.#checks.set(shapeName, (value, report) => this.#checks.get(shapeName)!(value, report));
    const check = this.#compile(shapeName, shapeOf(this.#model, shapeName));
    this.#checks.set(shapeName, check);
    return check;
  }

  #compile(shapeName: string, shape: Shape): Check {
    const show: Show = (value) => (shape.sensitive ? undefined : javaText(this.#model, shapeName, value));
    switch (shape.type) {
      case 'structure':
        return this.#compileStructure(shape);
      case 'list':
        return this.#compileList(shape, show);
      case 'map':
        return this.#compileMap(shape, show);
      case 'string':
        return compileString(shape, show, this.#checkEnums);
      case 'boolean':
        return checkBoolean;
      case 'blob':
        return checkBlob;
      case 'document':
        return () => true;
      default:
        return compileNumber(shape, show);
    }
  }

  #compileStructure(shape: Shape): Check {
    const required = new Set(shape.required);
    const members = Object.entries(shape.members ?? {}).map(([name, memberShape]): MemberCheck => {
      const wireName = shapeOf(this.#model, memberShape).item ?? name;
      return {
        name,
        step: this.#style.member(name, wireName),
        required: required.has(name),
        check: this.check(memberShape),
      };
    });
    return (value, report) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        return refuseType(value, 'a structure', report);
      }
      return checkMembers(members, value as Record<string, unknown>, report);
    };
  }

  #compileList(shape: Shape, show: Show): Check {
    const item = this.check(shape.member!);
    const style = this.#style;
    const { min = 0, max = Infinity } = shape;
    return (value, report) => {
      if (!Array.isArray(value)) return refuseType(value, 'a List', report);
      const list = value as readonly unknown[];
      let sound = list.length >= min && list.length <= max;
      if (!sound && !report) return false;
      if (list.length < min) report?.violation(show(list), `have length greater than or equal to ${min}`);
      if (list.length > max) report?.violation(show(list), `have length less than or equal to ${max}`);
      for (let at = 0; at < list.length; at++) {
        report?.enter(style.item(at + 1));
        const element = list[at];
        if (element === null) report?.missing();
        if (element === null || !item(element, report)) sound = false;
        if (!sound && !report) return false;
        report?.leave();
      }
      return sound;
    };
  }

  #compileMap(shape: Shape, show: Show): Check {
    const keyCheck = this.check(shape.key!);
    const valueCheck = this.check(shape.value!);
    const { min = 0, max = Infinity } = shape;
    return (value, report) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        return refuseType(value, 'a Map', report);
      }
      const entries = Object.entries(value);
      let sound = entries.length >= min && entries.length <= max;
      if (!sound && !report) return false;
      if (entries.length < min) report?.violation(show(value), `have length greater than or equal to ${min}`);
      if (entries.length > max) report?.violation(show(value), `have length less than or equal to ${max}`);
      for (const [key, element] of entries) {
        report?.enter(`${key.slice(0, limits.validationKeyChars)}.key`);
        if (!keyCheck(key, report)) sound = false;
        report?.leave();
        report?.enter(`${key.slice(0, limits.validationKeyChars)}.member`);
        if (element === null) report?.missing();
        if (element === null || !valueCheck(element, report)) sound = false;
        report?.leave();
        if (!sound && !report) return false;
      }
      return sound;
    };
  }
}

function checkMembers(
  members: readonly MemberCheck[],
  value: Record<string, unknown>,
  report: Parameters<Check>[1],
): boolean {
  let sound = true;
  let known = 0;
  for (const member of members) {
    const found = value[member.name];
    if (found === undefined || found === null) {
      // Operations see an absent member, never a null one.
      if (found === null) delete value[member.name];
      if (!member.required) continue;
      if (!report) return false;
      sound = false;
      report.enter(member.step);
      report.missing();
      report.leave();
      continue;
    }
    known++;
    if (!report) {
      if (!member.check(found, undefined)) return false;
      continue;
    }
    report.enter(member.step);
    if (!member.check(found, report)) sound = false;
    report.leave();
  }
  if (countOf(value) > known) dropUnknown(members, value);
  return sound;
}

function countOf(value: object): number {
  let count = 0;
  for (const _ in value) count++;
  return count;
}

/**
 * Members that the API does not know are ignored, as the service does: nothing looked at them, so nothing may keep, show
 * or count them.
 */
function dropUnknown(members: readonly MemberCheck[], value: Record<string, unknown>): void {
  const known = new Set(members.map(({ name }) => name));
  for (const name of Object.keys(value)) if (!known.has(name)) delete value[name];
}
