"""The effect report: one plain document of what is published, given as a page, a tagged PDF and an editable .docx."""
