// Questions in slots: a newer one takes the place of an older one that still waits.

export class Slots {
  // send(question): answers, by a promise
  constructor(send) {
    this.send = send;
    this.slots = new Map(); // name: {busy, waiting}
  }

  // The promise of one that is replaced rejects with an error named "Replaced".
  ask(question, slot) {
    if (slot === undefined) return this.send(question);
    return new Promise((resolve, reject) => {
      const here = this.slots.get(slot) ?? { busy: false, waiting: null };
      this.slots.set(slot, here);
      here.waiting?.reject(Object.assign(new Error("Asked anew."), { name: "Replaced" }));
      here.waiting = { question, resolve, reject };
      this.next(here);
    });
  }

  next(slot) {
    if (slot.busy || !slot.waiting) return;
    const { question, resolve, reject } = slot.waiting;
    slot.busy = true;
    slot.waiting = null;
    this.send(question)
      .then(resolve, reject)
      .finally(() => {
        slot.busy = false;
        this.next(slot);
      });
  }
}
