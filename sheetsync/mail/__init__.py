"""Mails, rendered and handed over: by SMTP, or into a folder. Never decides who is told what."""
