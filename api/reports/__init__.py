"""Reports of a day and of a month (日报, 月报): one structure, told as JSON, page, CSV and PDF."""
