/** What stands in one list without order and knows where. */
export interface Placed {
  place: number;
}

export function putIn<Member extends Placed>(list: Member[], member: Member): void {
  member.place = list.push(member) - 1;
}

/** Takes a member out of the list that holds it; the last one takes its place. */
export function takeOut<Member extends Placed>(list: Member[], member: Member): void {
  const last = list.pop()!;
  if (last === member) return;
  list[member.place] = last;
  last.place = member.place;
}
