/** An object of the API server that holds a value which a spec refers to. */
export interface SourceRef {
  readonly kind: 'Secret' | 'ConfigMap'
  readonly namespace: string
  readonly name: string
}
