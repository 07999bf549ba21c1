"""The marketers' shell: menu, frame, lists. It knows no room; rooms bring their entries and panels."""
