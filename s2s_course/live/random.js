// A small seeded generator, splitmix32 (Steele, Lea and Flood 2014, in 32 bits): the same numbers as random.py, to the
// last bit, in every browser.
//
// A seed has streams with names: what one draws does not depend on how much another has drawn.

export class Random {
  constructor(seed, stream) {
    this.state = fingerprint(`${seed}/${stream}`);
  }

  // A whole number from 0 to 2³² − 1.
  next() {
    this.state = (this.state + 0x9e3779b9) | 0;
    let bits = this.state;
    bits = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad);
    bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
    return (bits ^ (bits >>> 15)) >>> 0;
  }

  // A number in [0, 1).
  uniform() {
    return this.next() / 2 ** 32;
  }

  // A whole number from 0 to `end` − 1.
  below(end) {
    return Math.floor(this.uniform() * end);
  }

  // Nearly normal, with mean 0 and variance 1: twelve added up, which rounds alike everywhere, as a logarithm does not.
  normal() {
    let sum = -6;
    for (let n = 0; n < 12; n++) sum += this.uniform();
    return sum;
  }
}

// FNV-1a: 32 bits of a short text in ASCII.
function fingerprint(text) {
  let bits = 0x811c9dc5;
  for (let n = 0; n < text.length; n++) bits = Math.imul(bits ^ text.charCodeAt(n), 0x01000193);
  return bits;
}
