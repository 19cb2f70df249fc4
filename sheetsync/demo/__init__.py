"""A working day on the local Sheets server, played by people and worker; see `play`.

People act through unchanged gspread, each with a key of their own; the worker runs cycles between
their acts. Never: reaches anything but 127.0.0.1.
"""
