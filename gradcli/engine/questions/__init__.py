"""The questions, a file each: what it is called, asked with and answers, and how it is answered."""
