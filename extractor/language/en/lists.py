"""The word lists of English: `word_set("sanctions.goods")` reads [goods] of data/sanctions.txt."""

from extractor.language.en.morphology import DATA, verb_forms
from extractor.language.word_lists import WordLists

ENGLISH = WordLists(DATA, verb_forms)

word_set = ENGLISH.words
word_tuple = ENGLISH.ordered
word_labels = ENGLISH.labelled
word_groups = ENGLISH.groups
