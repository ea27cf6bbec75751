/** Keeps secrets unreadable at rest. What is sealed for one owner (a connection's ARN) opens for no other. */
export interface SecretBox {
  seal(text: string, owner: string): string;
  /** Undefined when the key is gone, the owner is another, or the text was damaged. */
  open(sealed: string, owner: string): string | undefined;
  /** Whether a text was sealed with the key that seals new ones. */
  isCurrent(sealed: string): boolean;
  /** Makes a new key the one that seals. False when keys come from the configuration: then its first one seals. */
  renew(): Promise<boolean>;
  /** Forgets the keys that seal nothing any more. To be called once everything is sealed with the current one. */
  forgetOldKeys(): Promise<void>;
}
