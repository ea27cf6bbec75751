/**
 * An event that came in as a CloudEvent gets an id of its own, as every event does. The one that its sender gave stands
 * among its resources, so that patterns and consumers see it, and so that it goes out again as a CloudEvent's id.
 */
const PREFIX = 'cloudevents:id:';

export const resourceOfCloudEventId = (id: string): string => PREFIX + id;

/** The id in such a resource; undefined for any other one. */
export const cloudEventIdOf = (resource: string): string | undefined =>
  resource.startsWith(PREFIX) ? resource.slice(PREFIX.length) : undefined;
