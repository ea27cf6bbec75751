import type { Scope } from '../../model/resources.ts';
import { limits } from '../../model/limits.ts';
import { concurrentModification } from '../catalog.ts';
import type { ScopedDocuments } from '../scoped-documents.ts';

/**
 * Changes one incarnation of a document by compare-and-set. `edit` answers undefined to leave it as it is.
 *
 * @returns undefined when the document is gone or was left as it is.
 * @throws ApiError `ConcurrentModificationException` when other writers keep getting in between.
 */
export async function editDocument<Document extends Scope & { name: string; arn: string; uid: string }>(
  documents: ScopedDocuments<Document>,
  { account, region, name, uid }: Document,
  edit: (present: Document) => Document | undefined,
): Promise<Document | undefined> {
  for (let tries = 0; tries < limits.catalogWriteAttempts; tries++) {
    const found = documents.get({ account, region }, name);
    if (found?.document.uid !== uid) return undefined;
    const edited = edit(found.document);
    if (!edited) return undefined;
    if (await documents.put(edited, found.version)) return edited;
  }
  throw concurrentModification();
}
