"""What every room rests on: settings, errors, periods, progress, the lock, the journal, SQL quoting and text."""
