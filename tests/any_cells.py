"""Whatever may stand in a cell: what no form of sheet would hold, and what people do type."""

TYPED = (
    "PO-1 po-1 PO\N{EN DASH}1 new1 1 01 1.5 -1 12,5 1.234 3/4 2026-04-01 accept acept return EUR eur "
    "credit DEM €5 $5 ACME acme #REF! =1+1 NaN nan None <NA> 😀 مرحبا x"
)
STRANGE = (
    *(None, "", " ", True, False, 0, 1, -0.0, 1.5, 46_100, 1e300, float("nan"), float("inf")),
    *(10**400, "x" * 5_000, "\u202e12", "\ud800", "\x00", "\u200b", "a\nb"),
)
CELLS = (*STRANGE, *TYPED.split())
