import type { OutgoingDelivery, ParameterField } from '../engine/ports/connector.ts';
import type { TargetSettings } from '../model/resources.ts';
import { CLOUD_EVENTS_FIELD, cloudEventsMode, toCloudEvent } from './cloud-events.ts';

/** For targets that keep texts, where attributes have no place of their own. */
export const TEXT_FIELD: ParameterField = {
  ...CLOUD_EVENTS_FIELD,
  description: 'Writes every delivery as a CloudEvent 1.0 in its JSON format, `structured`.',
  choices: ['structured'],
};

/** What the connectors say of lines in their notes. */
export const LINE_NOTE =
  'A payload that is JSON is one line as it stands. Line breaks in a text that an input transformer made become `\\n`, so that a delivery stays one line.';

/** How a target's deliveries become texts: the payload, or the CloudEvent that the target asks for. */
export function textWriter(target: TargetSettings): (delivery: OutgoingDelivery) => string {
  const mode = cloudEventsMode(target);
  return mode ? (delivery) => toCloudEvent(delivery, mode).body : ({ payload }) => payload;
}

const LINE_BREAKS = /\r\n|[\r\n]/g;

/** How they become lines, without the break at their end. JSON payloads are compact and hold no break. */
export function lineWriter(target: TargetSettings): (delivery: OutgoingDelivery) => string {
  const toText = textWriter(target);
  return (delivery) => {
    const text = toText(delivery);
    return text === delivery.event ? text : text.replace(LINE_BREAKS, '\\n');
  };
}
