"""What the State defends a decision with: exhibits chosen from the history, numbered and named as courts ask."""
