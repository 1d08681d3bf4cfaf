"""The page's sections, one a file: each makes its own piece of HTML of a report."""
