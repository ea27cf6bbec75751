/**
 * What is worth a second look: a card of somebody from California pays more than 300, outside California. A payment in
 * person tells where it was (`place`); one over the internet tells where the goods go (`shipTo`). Either will do.
 */
export const SUSPICIOUS = `{
  "source": ["bank.cards"],
  "detail-type": ["CardCharged"],
  "detail": {
    "homeState": ["US-CA"],
    "amount": [{ "numeric": [">", 300] }],
    "$or": [
      { "place": [{ "anything-but": { "prefix": "US-CA" } }] },
      { "shipTo": [{ "anything-but": { "prefix": "US-CA" } }] }
    ]
  }
}`;
