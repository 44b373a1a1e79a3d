"""Which languages there are rules for, and what languages are called in English."""

_WITH_RULES = frozenset({"en"})
_DECIMAL_POINT = frozenset("ar en fa he hi ja ko ms sw th tl ur zh zu".split())

# ISO 639-1 -> English name, of the languages that `detection` tells.
_NAMES = {
    code: name.replace("_", " ")
    for code, name in (
        pair.split(":")
        for pair in (
            "af:Afrikaans am:Amharic ar:Arabic az:Azerbaijani be:Belarusian bg:Bulgarian"
            " bn:Bengali bs:Bosnian ca:Catalan co:Corsican cs:Czech cy:Welsh da:Danish de:German"
            " el:Greek en:English eo:Esperanto es:Spanish et:Estonian eu:Basque fa:Persian"
            " fi:Finnish fr:French fy:West_Frisian ga:Irish gd:Scottish_Gaelic gl:Galician"
            " gu:Gujarati ha:Hausa he:Hebrew hi:Hindi hr:Croatian ht:Haitian_Creole hu:Hungarian"
            " hy:Armenian id:Indonesian ig:Igbo is:Icelandic it:Italian ja:Japanese jv:Javanese"
            " ka:Georgian kk:Kazakh km:Khmer kn:Kannada ko:Korean ku:Kurdish ky:Kyrgyz la:Latin"
            " lb:Luxembourgish lo:Lao lt:Lithuanian lv:Latvian mg:Malagasy mi:Maori mk:Macedonian"
            " ml:Malayalam mn:Mongolian mr:Marathi ms:Malay mt:Maltese my:Burmese ne:Nepali"
            " nl:Dutch no:Norwegian ny:Chichewa pa:Punjabi pl:Polish ps:Pashto pt:Portuguese"
            " ro:Romanian ru:Russian sd:Sindhi si:Sinhala sk:Slovak sl:Slovenian sm:Samoan"
            " sn:Shona so:Somali sq:Albanian sr:Serbian st:Sesotho su:Sundanese sv:Swedish"
            " sw:Swahili ta:Tamil te:Telugu tg:Tajik th:Thai tl:Filipino tr:Turkish uk:Ukrainian"
            " ur:Urdu uz:Uzbek vi:Vietnamese xh:Xhosa yi:Yiddish yo:Yoruba zh:Chinese zu:Zulu"
        ).split()
    )
}


def has_rules(language: str | None) -> bool:
    """Return whether the rules read a language (ISO 639-1); None, not known, is read as English."""
    return language is None or language in _WITH_RULES


def has_decimal_point(language: str | None) -> bool:
    """Return whether a point parts decimals; elsewhere a comma does, and 19.30 is a time."""
    return language is None or language in _DECIMAL_POINT


def language_name(language: str) -> str:
    """Return a language's name: "German" for "de"; the code itself where it is not known."""
    return _NAMES.get(language, language)
