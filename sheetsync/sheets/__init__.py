"""Google Sheets, and nothing but: reading tabs, writing what still fits, laying a workbook out."""
