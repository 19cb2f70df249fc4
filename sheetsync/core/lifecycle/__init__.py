"""What people ask for, who must agree, and how orders move. Never: looks at invoices."""
