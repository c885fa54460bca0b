"""The chapters of the story. Each does on the stage what it tells of; nothing in it is made up."""
