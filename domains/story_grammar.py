"""A grammar of little stories: openings, and endings of which every one fits every opening."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from random import Random


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace("\n", " ").split(","))


HEROES = _list("""bear, bee, bird, boy, cat, cook, cow, crow, deer, dog, duck, elf, fish, fox, frog, girl,
goat, hare, hen, horse, king, lamb, lion, man, mole, mouse, nun, owl, pig, poet, queen, rat, seal, sheep,
snail, swan, toad, whale, witch, wolf""")
# Every verb takes a thing, so that every ending fits every opening and a prompt has thousands of good ones.
VERBS = _list("""bought, built, chose, drew, dropped, found, gave, got, had, heard, held, hid, kept, liked,
lost, loved, made, met, needed, painted, saw, sold, stole, took, wanted, washed""")
LOOKS = _list("""big, blue, bold, bright, calm, cold, dark, deep, dry, dull, fine, flat, fresh, gold, good,
green, grey, hot, huge, kind, late, little, long, loud, new, odd, old, pale, pink, plain, proud, quick, red,
rich, round, sad, sharp, shy, slow, small, soft, sweet, tall, thin, tiny, warm, wet, white, wild, wise,
young""")
THINGS = _list("""apple, ball, bell, boat, book, boot, bowl, box, cake, candle, card, chair, clock, cloud,
coat, coin, comb, crown, cup, dish, doll, door, drum, egg, feather, flag, flower, flute, gem, glove, hat,
horn, jar, jewel, kite, ladder, lamp, leaf, letter, map, mask, mirror, moon, nest, note, nut, oar, pan,
pear, pearl, pen, pie, pipe, plum, pot, ring, rock, rope, rose, sail, scarf, seed, shell, shoe, song, spoon,
star, stick, stone, sword, table, tent, toy, tree, vase, wheel, whistle""")
PLACES = _list("""at dawn, at dusk, at home, at last, at noon, at night, by the door, by the lake, by the
river, by the road, by the sea, for a day, for a king, for fun, for the baby, from afar, in a cave, in a
dream, in a hurry, in may, in spring, in summer, in the barn, in the fog, in the hall, in the rain, in the
snow, in the wind, in town, near a hill, near the mill, of ice, of silver, of wood, on a hill, on a ship, on
monday, on the moon, on the roof, under a tree, with a smile, with care, with joy""")


def tell(rng: Random, zipf: float) -> str:
    """One ending: a thing with a look, a place, or both.

    The probability of a word falls with its place in its list as 1 / place**zipf (Zipf's law); 0: all alike.
    """
    look, thing, place = (_pick(rng, words, zipf) for words in (LOOKS, THINGS, PLACES))
    shapes = (
        f"{_article(look)} {look} {thing}.",
        f"the {thing} {place}.",
        f"{_article(thing)} {thing} {place}.",
        f"{_article(look)} {look} {thing} {place}.",
    )
    return rng.choice(shapes)


def neighbours() -> Iterator[str]:
    """Endings that hold every word, and every pair of neighbouring words, that any ending can have."""
    for thing in THINGS:
        for look in LOOKS:
            yield f"{_article(look)} {look} {thing}."
        for place in PLACES:
            yield f"the {thing} {place}."
            yield f"{_article(thing)} {thing} {place}."


def _pick(rng: Random, words: Sequence[str], zipf: float) -> str:
    if not zipf:
        return rng.choice(words)
    return rng.choices(words, cum_weights=_cumulative(len(words), zipf))[0]


@lru_cache(maxsize=64)
def _cumulative(count: int, zipf: float) -> list[float]:
    """Sums of the first so many words' weights: what `choices` would make of them for every word anew."""
    return list(accumulate(1 / place**zipf for place in range(1, count + 1)))


def _article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"
