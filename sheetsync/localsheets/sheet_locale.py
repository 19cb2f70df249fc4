"""What a spreadsheet's locale changes: separators, words, orders and default patterns.

Connects a locale name such as ``de_DE`` with the facts that typed input, shown values and formulas
need. The words and separators are CLDR's (a test compares them with Babel); where Google's default
patterns differ from CLDR's, Google's stand here. Never parses, never shows anything itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

NO_BREAK_SPACE = "\u00a0"
NARROW_NO_BREAK_SPACE = "\u202f"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SheetLocale:
    """One locale's facts.

    Attributes:
        name: As in SpreadsheetProperties.locale.
        decimal: The decimal separator.
        group: The thousands separator that shown numbers carry.
        typed_groups: Every thousands separator that typed numbers may carry.
        argument_separators: What may stand between a function's arguments.
        day_first: Whether a typed 3/4 is the third of April.
        date_separators: What may stand between the numbers of a typed date.
        two_digit_days: Whether the default date pattern pads day and month.
        currency: The symbol of the locale's currency.
        currency_leads: Whether the symbol stands before the number.
        default_patterns: The pattern of each number-format type that names none.
        months: Full names, January first.
        short_months: Abbreviations, January first.
        other_months: Further spellings that typed input may use, with their month.
        weekdays: Full names, Monday first.
        short_weekdays: Abbreviations, Monday first.
        true_word: What may be typed for TRUE, beside TRUE.
        false_word: What may be typed for FALSE, beside FALSE.
    """

    name: str
    decimal: str
    group: str
    typed_groups: str
    argument_separators: str
    day_first: bool
    date_separators: str
    two_digit_days: bool
    currency: str
    currency_leads: bool
    default_patterns: Mapping[str, str]
    months: tuple[str, ...]
    short_months: tuple[str, ...]
    other_months: Mapping[str, int]
    weekdays: tuple[str, ...]
    short_weekdays: tuple[str, ...]
    true_word: str
    false_word: str


def _patterns(*, date: str, time: str, moment: str, currency: str) -> Mapping[str, str]:
    """The default pattern of each number-format type, for a number format without one."""
    return MappingProxyType(
        {
            "NUMBER": "#,##0.00",
            "PERCENT": "0.00%",
            "CURRENCY": currency,
            "DATE": date,
            "TIME": time,
            "DATE_TIME": moment,
            "SCIENTIFIC": "0.00E+00",
            "TEXT": "@",
        }
    )


def _words(text: str) -> tuple[str, ...]:
    """Names as one reads them, without a wall of quotes."""
    return tuple(text.split())


_ENGLISH_MONTHS = _words(
    "January February March April May June July August September October November December"
)
_ENGLISH_SHORT_MONTHS = _words("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec")
_ENGLISH_WEEKDAYS = _words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
_ENGLISH_SHORT_WEEKDAYS = _words("Mon Tue Wed Thu Fri Sat Sun")

EN_US = SheetLocale(
    name="en_US",
    decimal=".",
    group=",",
    typed_groups=",",
    argument_separators=",;",
    day_first=False,
    date_separators="/-",
    two_digit_days=False,
    currency="$",
    currency_leads=True,
    default_patterns=_patterns(
        date="m/d/yyyy",
        time="h:mm:ss am/pm",
        moment="m/d/yyyy h:mm:ss",
        currency='"$"#,##0.00',
    ),
    months=_ENGLISH_MONTHS,
    short_months=_ENGLISH_SHORT_MONTHS,
    other_months=MappingProxyType({"sept": 9}),
    weekdays=_ENGLISH_WEEKDAYS,
    short_weekdays=_ENGLISH_SHORT_WEEKDAYS,
    true_word="TRUE",
    false_word="FALSE",
)

EN_GB = SheetLocale(
    name="en_GB",
    decimal=".",
    group=",",
    typed_groups=",",
    argument_separators=",;",
    day_first=True,
    date_separators="/-",
    two_digit_days=True,
    currency="£",
    currency_leads=True,
    default_patterns=_patterns(
        date="dd/mm/yyyy",
        time="hh:mm:ss",
        moment="dd/mm/yyyy hh:mm:ss",
        currency='"£"#,##0.00',
    ),
    months=_ENGLISH_MONTHS,
    short_months=_ENGLISH_SHORT_MONTHS,
    other_months=MappingProxyType({"sept": 9}),
    weekdays=_ENGLISH_WEEKDAYS,
    short_weekdays=_ENGLISH_SHORT_WEEKDAYS,
    true_word="TRUE",
    false_word="FALSE",
)

DE_DE = SheetLocale(
    name="de_DE",
    decimal=",",
    group=".",
    typed_groups=".",
    argument_separators=";",
    day_first=True,
    date_separators="./-",
    two_digit_days=True,
    currency="€",
    currency_leads=False,
    default_patterns=_patterns(
        date="dd.mm.yyyy",
        time="hh:mm:ss",
        moment="dd.mm.yyyy hh:mm:ss",
        currency="#,##0.00\\ [$€-1]",
    ),
    months=_words(
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
    ),
    short_months=_words("Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez."),
    other_months=MappingProxyType({"mär": 3, "jun": 6, "jul": 7, "sep": 9, "jänner": 1}),
    weekdays=_words("Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag"),
    short_weekdays=_words("Mo. Di. Mi. Do. Fr. Sa. So."),
    true_word="WAHR",
    false_word="FALSCH",
)

FR_FR = SheetLocale(
    name="fr_FR",
    decimal=",",
    group=NARROW_NO_BREAK_SPACE,
    typed_groups=f"{NARROW_NO_BREAK_SPACE}{NO_BREAK_SPACE} ",
    argument_separators=";",
    day_first=True,
    date_separators="/-.",
    two_digit_days=True,
    currency="€",
    currency_leads=False,
    default_patterns=_patterns(
        date="dd/mm/yyyy",
        time="hh:mm:ss",
        moment="dd/mm/yyyy hh:mm:ss",
        currency="#,##0.00\\ [$€-1]",
    ),
    months=_words(
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
    ),
    short_months=_words("janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc."),
    other_months=MappingProxyType({"aout": 8, "fevrier": 2, "decembre": 12}),
    weekdays=_words("lundi mardi mercredi jeudi vendredi samedi dimanche"),
    short_weekdays=_words("lun. mar. mer. jeu. ven. sam. dim."),
    true_word="VRAI",
    false_word="FAUX",
)

_KNOWN = MappingProxyType({known.name: known for known in (EN_US, EN_GB, DE_DE, FR_FR)})
_BY_LANGUAGE = MappingProxyType({"en": EN_US, "de": DE_DE, "fr": FR_FR})


def sheet_locale(name: str) -> SheetLocale:
    """The facts of a locale; a relative of the same language, or en_US, for one not known here."""
    known = _KNOWN.get(name)
    if known is not None:
        return known
    language = name.replace("-", "_").split("_")[0].lower()
    return _BY_LANGUAGE.get(language, EN_US)
