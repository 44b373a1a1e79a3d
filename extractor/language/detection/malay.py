"""Tells Indonesian and Malay apart by words that one of them has and the other writes otherwise."""

_INDONESIAN = frozenset(
    "agustus aktivitas bahwa beda berbeda bisa desember inggris jumat kamis kantor karena kualitas"
    " listrik maret mau mobil pajak pemerintah perusahaan pesawat polisi pria provinsi resmi saat"
    " senin universitas uang yaitu".split()
)
_MALAY = frozenset(
    "ahad aktiviti bahawa bandaraya berkenaan berlainan boleh disember elektrik hospital ialah"
    " isnin jumaat kerana kereta kerajaan khamis kualiti mac mahu manakala ogos pejabat polis"
    " sekiranya syarikat universiti wang".split()
)


def indonesian_or_malay(words: list[str], *, otherwise: str) -> str:
    """Return "id" or "ms" for a text's words in lower case; `otherwise` when nothing tells."""
    score = sum(word in _INDONESIAN for word in words) - sum(word in _MALAY for word in words)
    return "id" if score > 0 else "ms" if score < 0 else otherwise
