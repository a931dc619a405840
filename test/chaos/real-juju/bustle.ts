/** Whether anybody is still working: time may only go on when nobody is. */
export class Bustle {
  #said = 0
  #open = 0

  /** Somebody was asked something. @returns to be called when the answer is there, or will never be */
  begin(): () => void {
    this.#said += 1
    this.#open += 1
    let isOpen = true
    return () => {
      if (!isOpen) return
      isOpen = false
      this.#said += 1
      this.#open -= 1
    }
  }

  /** Stands still only while nobody is asked anything and nobody owes an answer. */
  get activity(): number {
    if (this.#open > 0) this.#said += 1
    return this.#said
  }
}
