"""The exact results of the methods that draw at random, given what was drawn.

What tensormerge draws is computed anew from its definition: the generator of Salmon et al. 2011
("Parallel random numbers: as easy as 1, 2, 3", Threefry 4x32 with 13 rounds) with a key made of the
seed and the tensor's name, and a counter made of the input and the element. What someone else drew is
found in the result: for each element the choice of inputs that explains it best.
"""
import itertools

import numpy as np

BLOCK = 256
LOW = np.uint64(0xFFFFFFFF)


def random_key(seed, name):
    """FNV-1a over the name, then the finaliser of SplitMix64."""
    mask = (1 << 64) - 1
    value = 0xCBF29CE484222325 ^ seed
    for byte in name.encode():
        value = (value ^ byte) * 0x100000001B3 & mask
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & mask
    value = (value ^ value >> 27) * 0x94D049BB133111EB & mask
    return value ^ value >> 31


ROTATIONS = [(10, 26), (11, 21), (13, 27), (23, 5), (6, 20), (17, 11), (25, 10), (18, 20)]


def threefry(counters, stream, last, key):
    """Four arrays of 32 random bits for the 64-bit `counters`, a stream and a last word."""
    words = [counters & LOW, counters >> np.uint64(32), np.full_like(counters, stream), np.full_like(counters, last)]
    parts = [key & 0xFFFFFFFF, key >> 32, 0, 0]
    parts.append(0x1BD11BDA ^ parts[0] ^ parts[1])
    for number in range(13):
        if number % 4 == 0:
            times = number // 4
            added = [parts[(times + word) % 5] + (times if word == 3 else 0) for word in range(4)]
            words = [word + np.uint64(part) & LOW for word, part in zip(words, added)]
        for (one, other), places in zip([(0, 3), (2, 1)] if number % 2 else [(0, 1), (2, 3)], ROTATIONS[number % 8]):
            words[one] = words[one] + words[other] & LOW
            rotated = words[other] << np.uint64(places) & LOW | words[other] >> np.uint64(32 - places)
            words[other] = rotated ^ words[one]
    return words


def block_numbers(first_counter, blocks, counters, stream, key):
    """Rows of 4 * counters numbers, one row for each block, whose counters follow one another."""
    at = np.uint64(first_counter) + np.arange(blocks * counters, dtype=np.uint64).reshape(blocks, counters)
    return np.concatenate(threefry(at, stream, 0, key), axis=1)


def first_bits(blocks, stream, key):
    """Rows of 16 random bits for each element of a block."""
    bits = block_numbers(0, blocks, BLOCK // 8, stream, key)
    return np.concatenate([bits & np.uint64(0xFFFF), bits >> np.uint64(16)], axis=1)


def drawn_alike(elements, density, stream, key):
    """dare: every element is kept with the same probability, of which 2^-48 counts."""
    blocks = -(-elements // BLOCK)
    halves = first_bits(blocks, stream, key).reshape(-1)[:elements]
    limit = int(min(max(density, 0.0), 1.0) * 2.0 ** 48)
    at = np.arange(elements, dtype=np.uint64)
    more = threefry(at, stream, 1, key)[0]
    return (halves < limit >> 32) | ((halves == limit >> 32) & (more < (limit & 0xFFFFFFFF)))


def ranks(row):
    """Places in order of magnitude, of which eight significant bits count, then the index."""
    narrow = row.dtype == np.float32
    bits = np.abs(row).view(np.uint32 if narrow else np.uint64).astype(np.uint64)
    digits = (bits >> np.uint64(16 if narrow else 45)).astype(np.int64)
    least = max(int(digits.max()) - 2047, 0)
    order = np.argsort(np.maximum(digits, least), kind="stable")
    places = np.empty(row.size, np.int64)
    places[order] = np.arange(row.size)
    return places


def drawn_by_rank(delta, density, epsilon, stream, key):
    """della: an element is kept the more likely the larger it is in its row."""
    rows = delta.reshape(-1, delta.shape[-1])
    length = rows.shape[1]
    blocks = -(-length // BLOCK)
    shape = rows.shape[0], blocks * BLOCK
    halves = first_bits(rows.shape[0] * blocks, stream, key).reshape(shape)[:, :length].astype(np.float64)
    at = np.arange(shape[0] * shape[1], dtype=np.uint64).reshape(shape)[:, :length]
    more = threefry(at, stream, 1, key)[0].astype(np.float64) * 2.0 ** -32
    if length == 1:
        chance = np.full(rows.shape, density)
    else:
        step = 2 * epsilon / (length - 1)
        chance = np.stack([density - epsilon + step * ranks(row) for row in rows])
    return (halves + more < chance * 2.0 ** 16).reshape(delta.shape)


class drawn_merges:
    """Runs the oracle on methods that draw: `run` gives {name: (dtype, exact result)}."""

    def __init__(self, oracle, seed):
        self.oracle, self.seed = oracle, seed
        self.expected, self.kept = None, {}

    def run(self, config, models, tokenizer=None, explaining=None):
        """With `explaining`, a file's tensors, given what these show to have been drawn."""
        plan, merge, names = self.oracle.plan, self.oracle.merge_tensor, []

        def named_plan(*arguments):
            jobs = plan(*arguments)
            names.extend(job[0] for job in jobs)
            return jobs

        def drawn_merge(method, base, xs, shared, per, work, *rest):
            name = names.pop(0)
            if method not in self.oracle.RANDOM:
                return merge(method, base, xs, shared, per, work, *rest)

            def result(deltas):
                whole = [{**p, "density": 1.0} for p in per]
                return merge(method, base, [base + d for d in deltas], shared, whole, work, *rest)

            deltas = [x - base for x in xs]
            if explaining is None:
                masks = [self.draw(method, name, i, d, p, work) for i, (d, p) in enumerate(zip(deltas, per))]
            else:
                value = self.oracle.decode(explaining[name][1], explaining[name][0])
                masks = self.explain(value, deltas, shared, per, result)
            return result([self.kept_part(d, m, shared, p) for d, m, p in zip(deltas, masks, per)])

        self.oracle.plan, self.oracle.merge_tensor = named_plan, drawn_merge
        try:
            return self.oracle.run(config, models, tokenizer)
        finally:
            self.oracle.plan, self.oracle.merge_tensor = plan, merge

    def kept_part(self, delta, mask, shared, parameters):
        kept = delta * mask
        return self.oracle.keep_l1(delta, kept) if shared["rescale"] and parameters["density"] < 1 else kept

    def draw(self, method, name, stream, delta, parameters, work):
        density = parameters["density"]
        if density >= 1:
            return np.ones(delta.shape, bool)
        key = random_key(self.seed, name)
        if method.startswith("dare"):
            mask = drawn_alike(delta.size, density, stream, key).reshape(delta.shape)
        else:
            computed = delta.astype(np.float32 if work in ("bfloat16", "float16") else np.float64)
            mask = drawn_by_rank(np.atleast_1d(computed), density, parameters["epsilon"], stream, key).reshape(delta.shape)
        total = self.kept.setdefault((stream, density), [0, 0])
        total[0] += int(mask.sum())
        total[1] += mask.size
        return mask

    def explain(self, value, deltas, shared, per, result):
        scales = [1 / p["density"] if shared["rescale"] and p["density"] > 0 else 1.0 for p in per]
        choices = list(itertools.product(*[(0.0, 1.0) if p["density"] < 1 else (1.0,) for p in per]))
        masks = [np.ones(d.shape) for d in deltas]
        for _ in range(3):
            found = np.stack([result([d * s * c for d, s, c in zip(deltas, scales, choice)]) for choice in choices])
            best = np.abs(found - value).argmin(axis=0)
            masks = [np.array([choice[i] for choice in choices])[best] for i in range(len(per))]
            for i, (delta, mask) in enumerate(zip(deltas, masks)):
                before, after = np.abs(delta).sum(), np.abs(delta * mask).sum()
                scales[i] = before / after if shared["rescale"] and min(before, after) >= 1e-7 else 1.0
        return masks

    def strays(self):
        """How far the kept shares are from what was asked for, in standard deviations at most."""
        return max((abs(kept - size * p) / np.sqrt(size * p * (1 - p)) for (_, p), (kept, size) in self.kept.items()),
                   default=0.0)
