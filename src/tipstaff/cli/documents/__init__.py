"""Reading what authors write: the title and the text of a document, and where in its file each letter stands."""
