"""Check digits of numbers that name a person, a card or an account.

Each function takes a number without spaces and separators, and says whether it can be real.
"""

import string

_VERHOEFF_PRODUCT = (
    "0123456789",
    "1234067895",
    "2340178956",
    "3401289567",
    "4012395678",
    "5987604321",
    "6598710432",
    "7659821043",
    "8765932104",
    "9876543210",
)
_VERHOEFF_SHIFT = (
    "0123456789",
    "1576283094",
    "5803796142",
    "8916043527",
    "9453126870",
    "4286573901",
    "2793806415",
    "7046913258",
)
IBAN_LENGTHS = {
    15: "NO",
    16: "BE",
    18: "DK FI FO GL NL",
    19: "MK SI",
    20: "AT BA EE KZ LT LU XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS",
    23: "AE GI IL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST",
    26: "IS TR",
    27: "FR GR IT MC MR SM",
    28: "AL AZ CY DO GT HU LB PL",
    29: "BR EG PS QA UA",
    30: "JO KW MU",
    31: "MT SC",
}
"""Characters of an account's number, and the countries that have so many (ISO 13616 registry)."""
_DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_HETU_LETTERS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_CODICE_FIRST_TEN = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21)
_CODICE_OTHERS = (2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
_CODICE_ODD = dict(
    zip(
        string.digits + string.ascii_uppercase,
        (*_CODICE_FIRST_TEN, *_CODICE_FIRST_TEN, *_CODICE_OTHERS),
        strict=True,
    )
)


def luhn(number: str) -> bool:
    """ISO/IEC 7812, annex B: payment cards, IMEI, Canadian SIN, Swedish personnummer.

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    digits = [int(digit) for digit in reversed(number)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def iban(number: str) -> bool:
    """ISO 13616: the country and check digits moved to the end, as a number modulo 97."""
    moved = number[4:] + number[:4]
    return int("".join(str(int(c, 36)) for c in moved)) % 97 == 1


def verhoeff(number: str) -> bool:
    """J. Verhoeff, "Error Detecting Decimal Codes", 1969: India's Aadhaar."""
    check = 0
    for place, digit in enumerate(reversed(number)):
        shifted = int(_VERHOEFF_SHIFT[place % 8][int(digit)])
        check = int(_VERHOEFF_PRODUCT[check][shifted])
    return check == 0


def cpf(number: str) -> bool:
    """Brazil: two digits modulo 11; a number of one digit only is none."""
    digits = [int(digit) for digit in number]
    return len(set(digits)) > 1 and all(
        sum((n + 1 - i) * digits[i] for i in range(n)) * 10 % 11 % 10 == digits[n] for n in (9, 10)
    )


def pesel(number: str) -> bool:
    """Poland: weights 1, 3, 7, 9, modulo 10."""
    weights = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)
    return sum(w * int(d) for w, d in zip(weights, number, strict=True)) % 10 == 0


def nhs(number: str) -> bool:
    """The United Kingdom's health service: weights 10 to 2, modulo 11."""
    rest = 11 - sum((10 - i) * int(number[i]) for i in range(9)) % 11
    return rest % 11 == int(number[9]) and rest != 10


def chinese_id(number: str) -> bool:
    """GB 11643-1999: 17 digits, weights 2 ** place modulo 11, and a digit or X."""
    total = sum(int(number[i]) * (2 ** (17 - i) % 11) for i in range(17))
    return "10X98765432"[total % 11] == number[17].upper()


def nir(number: str) -> bool:
    """France: 97 less the number modulo 97; Corsica's departments 2A and 2B count as 19 and 18."""
    body = number[:-2].upper().replace("2A", "19").replace("2B", "18")
    return body.isdigit() and 97 - int(body) % 97 == int(number[-2:])


def dni(number: str) -> bool:
    """Spain: a letter from the number modulo 23; X, Y, Z begin a foreigner's as 0, 1, 2."""
    body = number[:-1].upper().translate(str.maketrans("XYZ", "012"))
    return _DNI_LETTERS[int(body) % 23] == number[-1].upper()


def hetu(number: str) -> bool:
    """Finland: date of birth and a running number modulo 31."""
    return _HETU_LETTERS[int(number[:6] + number[-4:-1]) % 31] == number[-1].upper()


def codice_fiscale(number: str) -> bool:
    """Italy: odd places by a table, even ones by their order, modulo 26."""
    upper = number.upper()
    odd = sum(_CODICE_ODD[c] for c in upper[:15:2])
    even = sum(int(c) if c.isdigit() else ord(c) - 65 for c in upper[1:15:2])
    return chr(65 + (odd + even) % 26) == upper[15]


def steuer_id(number: str) -> bool:
    """Germany: ISO 7064, modulo 11, 10; of the first ten digits, one or two stand repeated."""
    rest = 10
    for digit in number[:10]:
        total = (int(digit) + rest) % 10 or 10
        rest = total * 2 % 11
    return len(set(number[:10])) in {8, 9} and (11 - rest) % 10 == int(number[10])


def bsn(number: str) -> bool:
    """The Netherlands: weights 9 to 2 and -1, modulo 11."""
    total = sum((9 - i) * int(number[i]) for i in range(8)) - int(number[8])
    return total % 11 == 0 and int(number) > 0


def routing(number: str) -> bool:
    """Banks of the United States: weights 3, 7, 1, modulo 10."""
    return sum(int(d) * (3, 7, 1)[i % 3] for i, d in enumerate(number)) % 10 == 0
