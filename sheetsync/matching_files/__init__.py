"""Files instead of a spreadsheet: documents to be matched, results for people, lists for payment.

Reads JSON, CSV and .xlsx into the documents of `core/matching`, and writes what came of them. It
decides nothing: what an invoice may differ from its order is asked of `core/matching` alone.
"""
