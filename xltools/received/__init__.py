"""One file as received: read, held against the form as issued, its findings located, a copy of it marked."""
