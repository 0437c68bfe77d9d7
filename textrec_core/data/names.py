"""A random generator in, invented people's names out; no two alike."""

import numpy as np

FIRST = (
    "Mira", "Aino", "Amara", "Anouk", "Asha", "Ayumi", "Beatriz", "Birgit", "Camila", "Chiara", "Dalia",
    "Dilnoza", "Edda", "Eilidh", "Elif", "Emeka", "Esra", "Farah", "Femi", "Greta", "Hana", "Hugo", "Ifeoma",
    "Ilse", "Imran", "Ines", "Ivo", "Jamila", "Jarek", "Jonas", "Joao", "Kaito", "Kamal", "Katya", "Keiko",
    "Kofi", "Lale", "Lars", "Leila", "Linh", "Luca", "Luz", "Magnus", "Maite", "Malik", "Mateo", "Mei",
    "Milos", "Nadia", "Naveen", "Niamh", "Nilufar", "Noor", "Odalys", "Oksana", "Olu", "Omar", "Oren",
    "Paavo", "Paola", "Pilar", "Priya", "Quentin", "Rafael", "Rania", "Ravi", "Ronja", "Rosalind", "Rui",
    "Sadiq", "Sanna", "Sefa", "Selma", "Shira", "Sipho", "Sorin", "Suda", "Tadeo", "Tala", "Tamsin", "Tarek",
    "Thandi", "Tiago", "Tomas", "Tove", "Uma", "Ursin", "Vanya", "Vikram", "Wanda", "Wen", "Xiomara", "Yael",
    "Yaw", "Yusuf", "Zainab", "Zeynep", "Zofia", "Zuri",
)  # fmt: skip
LAST = (
    "Holm", "Abara", "Adler", "Akintola", "Alvim", "Arslan", "Asante", "Bachir", "Banerji", "Barros",
    "Bekele", "Bergqvist", "Brandt", "Brannigan", "Calder", "Castell", "Chandra", "Chukwu", "Costa", "Dahl",
    "Demir", "Devlin", "Diallo", "Dragan", "Duarte", "Ekberg", "Eriksen", "Esposito", "Farouk", "Ferro",
    "Fonseca", "Fujita", "Gallo", "Ghosh", "Grieg", "Haddad", "Hakimi", "Halvors", "Hartwell", "Hassan",
    "Hayashi", "Hoang", "Ibarra", "Idris", "Ivanek", "Jansen", "Jimeno", "Kaplan", "Karimi", "Kask", "Keller",
    "Kimura", "Kovar", "Lindqvist", "Lobo", "Madaki", "Mahlaba", "Malan", "Marek", "Matsuda", "Mbeki",
    "Mendes", "Moreau", "Nakata", "Navarro", "Ndlovu", "Novotny", "Nunez", "Obi", "Okafor", "Olsen",
    "Onyango", "Ortega", "Osei", "Pahlke", "Pascoal", "Petrov", "Pham", "Quispe", "Rahimi", "Ramos", "Rao",
    "Rezai", "Ribeiro", "Rossi", "Saito", "Salo", "Santoro", "Sato", "Seck", "Shapira", "Silva", "Soto",
    "Stoica", "Sundaram", "Szabo", "Takeda", "Tanaka", "Tavares", "Toivonen", "Ueda", "Varga", "Vasquez",
    "Virtanen", "Wallin", "Weber", "Whitlock", "Xu", "Yamada", "Yildiz", "Zaman", "Zhou", "Zielinski",
)  # fmt: skip


def invented_names(rng: np.random.Generator, count: int) -> np.ndarray:
    """This many different names; past the supply of pairs a middle letter tells namesakes apart."""
    pairs = len(FIRST) * len(LAST)
    order = np.concatenate([rng.permutation(pairs) for _ in range(-(-count // pairs))])[:count]
    names = np.empty(count, object)
    for place, pair in enumerate(order):
        first, last = FIRST[pair // len(LAST)], LAST[pair % len(LAST)]
        middle = f" {_letters(place // pairs)}." if place >= pairs else ""
        names[place] = f"{first}{middle} {last}"
    return names


def _letters(number: int) -> str:
    """1 is A, 26 is Z, 27 is AA."""
    letters = ""
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(65 + letter) + letters
    return letters
