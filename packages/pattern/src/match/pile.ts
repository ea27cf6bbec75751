/**
 * A list that is emptied once an event. Setting an array's length gives its memory back and costs more than all that
 * most events put into it, so the members stay where they are until others take their place.
 */
export class Pile<Member> {
  readonly items: Member[] = [];
  count = 0;

  add(member: Member): void {
    if (this.count === this.items.length) this.items.push(member);
    else this.items[this.count] = member;
    this.count++;
  }

  /** Forgets the members; the memory of unusually many of them is given back. */
  clear(): void {
    if (this.count > MOST_KEPT) this.items.length = 0;
    this.count = 0;
  }
}

const MOST_KEPT = 1024;
