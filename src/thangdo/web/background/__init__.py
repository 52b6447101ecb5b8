"""Work that goes on while nobody waits for it: imports, reports, reminders; one table, one worker."""
