"""Reading what authors write: title and text of a document, and where in its file each letter stands."""
