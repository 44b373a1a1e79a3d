"""Reads the word lists of English, e.g. [goods] of data/sanctions.txt as "sanctions.goods"."""

from extractor.language.en.morphology import DATA, verb_forms
from extractor.language.word_lists import WordLists

ENGLISH = WordLists(DATA, verb_forms)

word_set = ENGLISH.words
word_tuple = ENGLISH.ordered
word_labels = ENGLISH.labelled
word_groups = ENGLISH.groups
